"""Two browsers or workers at the same moment."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections


class Post(threading.Thread):
    """One form post from a browser of its own."""

    def __init__(self, browser, url, data):
        super().__init__()
        self.browser, self.url, self.data = browser, url, data
        self.response = self.error = None

    def run(self):
        try:
            self.response = self.browser.post(self.url, self.data)
        except Exception as error:
            self.error = error
        finally:
            connections.close_all()


def finish(*posts):
    for post in posts:
        post.join(timeout=30)
    assert [post.error for post in posts if post.error] == []


def wait_until_it_waits(post):
    """Until the other's write waits for ours (on SQLite: long enough to have begun)."""
    if connection.vendor == "sqlite":
        time.sleep(0.3)
        return
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError(f"The post did not wait: {post.response} {post.error}")


def in_threads(*calls):
    """Start all at the same moment, each with its own connection; their answers."""
    start = threading.Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
