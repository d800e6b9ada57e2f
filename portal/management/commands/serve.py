"""The whole portal in one command: web server, worker of long jobs, sealer."""

import errno
import http.client
import signal
import socket
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS

from portal.processes import Child, end_children

WORKER_COMMAND = ["django", "work"]
SEALER_COMMAND = ["django", "seal_history", "--watch", "10"]
# Names what may be bound to, and binds nothing.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # nosec B104


class Command(BaseCommand):
    help = (
        "Serve the portal, with the worker of long jobs and the sealer of history "
        "beside it, until Ctrl-C. When one of them dies, all end, with exit status 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--workers", type=int, default=1, help="web processes (default: 1)"
        )
        parser.add_argument(
            "--threads",
            type=int,
            default=8,
            help="threads of each web process; each holds a database connection "
            "(default: 8)",
        )
        parser.add_argument(
            "--web-only",
            action="store_true",
            help="start neither worker nor sealer; run `manage.py work` and "
            "`manage.py seal_history --watch 10` elsewhere",
        )

    def get_check_kwargs(self, options: Any) -> Any:
        """Ask the database's checks too, and those of an installation in use.

        Django asks the former only where a database is named.
        """
        return super().get_check_kwargs(options) | {
            "databases": [DEFAULT_DB_ALIAS],
            "include_deployment_checks": not settings.DEBUG,
        }

    def handle(self, *args: Any, **options: Any) -> None:
        self.address, self.port = options["address"], options["port"]
        self.signals = 0
        self.refuse_taken_port()
        self.listen_to_signals()
        commands = {"web": web_command(options)}
        if not options["web_only"]:
            commands["worker"] = WORKER_COMMAND
            commands["sealer"] = SEALER_COMMAND
        children: list[Child] = []
        try:
            for name, command in commands.items():
                children.append(
                    Child(name, command, folder=settings.BASE_DIR, output=self.stdout)
                )
            self.watch(children)
        finally:
            self.stop(children)

    def refuse_taken_port(self) -> None:
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        place = f"{self.address}, port {self.port}"
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.address, self.port))
            except OSError as error:
                reason = error.strerror
                if error.errno == errno.EADDRINUSE:
                    reason = "something else does; end it, or choose another port"
                raise CommandError(f"Cannot listen on {place}: {reason}.") from error

    def listen_to_signals(self) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup has set SIGHUP to be ignored, on purpose.
            if signal.getsignal(signum) is not signal.SIG_IGN:
                signal.signal(signum, self.count_signal)

    def count_signal(self, signum: int, frame: FrameType | None) -> None:
        self.signals += 1

    def watch(self, children: list[Child]) -> None:
        """Return at a signal; raise when a child dies."""
        is_announced = False
        while not self.signals:
            for child in children:
                if not child.is_running():
                    raise CommandError(
                        f"The {child.name} ended by itself (exit status "
                        f"{child.process.returncode}), so the portal ends."
                    )
            if not is_announced and self.is_answering():
                is_announced = True
                self.announce()
            time.sleep(0.2)

    def stop(self, children: list[Child]) -> None:
        """A further Ctrl-C is for those who don't want to wait."""
        seen = self.signals

        def is_hurried() -> bool:
            nonlocal seen
            is_more, seen = self.signals > seen, self.signals
            return is_more

        end_children(children, is_hurried)

    def is_answering(self) -> bool:
        connection = http.client.HTTPConnection(
            LOOPBACK.get(self.address, self.address), self.port, timeout=2
        )
        try:
            connection.request("HEAD", "/", headers={"Host": accepted_host()})
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True

    def announce(self) -> None:
        host = LOOPBACK.get(self.address, self.address)
        if ":" in host:
            host = f"[{host}]"
        self.stdout.write(
            f"Reading Room is at http://{host}:{self.port}/ (Ctrl-C ends it)"
        )
        self.stdout.flush()


def web_command(options: dict[str, Any]) -> list[str]:
    command = ["granian", "--interface", "wsgi", "config.wsgi:application"]
    command += ["--host", options["address"], "--port", str(options["port"])]
    command += ["--workers", str(options["workers"])]
    command += ["--blocking-threads", str(options["threads"])]
    command += ["--workers-kill-timeout", "4"]
    # Its own log of requests would hold whole addresses, secrets of links included.
    # Not «warning»: granian warns of more threads than cores, but ours mostly wait.
    return [*command, "--log-level", "error"]


def accepted_host() -> str:
    """A host name that Django does not refuse, and log, as a foreign one."""
    name = next(iter(settings.ALLOWED_HOSTS), "*")
    return "localhost" if name == "*" else name.removeprefix(".")
