from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.tasks.signals import task_finished, task_started

from portal.logs.context import begin_task, end_task


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        # Checks register themselves on import.
        from portal import checks  # noqa: F401
        from portal.history.guard import install_after_migrate
        from portal.history.related import record_related_writes
        from portal.history.uncounted import count_uncounted
        from portal.security import signals
        from portal.sqlite import fold_case_in_unicode

        record_related_writes()
        for signal, receiver in (
            (user_logged_in, signals.record_sign_in),
            (user_login_failed, signals.record_failure),
            (user_logged_out, signals.record_sign_out),
        ):
            signal.connect(receiver, dispatch_uid=f"portal.{receiver.__name__}")
        connection_created.connect(
            fold_case_in_unicode, dispatch_uid="portal.fold_case_in_unicode"
        )
        task_started.connect(begin_task, dispatch_uid="portal.begin_task_log")
        task_finished.connect(end_task, dispatch_uid="portal.end_task_log")
        post_migrate.connect(
            install_after_migrate, dispatch_uid="portal.install_history_guard"
        )
        post_migrate.connect(
            count_uncounted, sender=self, dispatch_uid="portal.count_uncounted"
        )


class PortalAdminConfig(SimpleAdminConfig):
    """Makes the portal's own site `django.contrib.admin.site`.

    It shows the pages of the portal's own apps. Those that libraries bring along
    (Django's users and groups, the task queue) know none of our rules.
    """

    default_site = "portal.admin.site.PortalAdminSite"

    def ready(self) -> None:
        super().ready()
        for app in settings.PORTAL_APPS:
            import_module(f"{app}.admin")
