"""Two browsers at the same moment."""

import threading
import time

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
