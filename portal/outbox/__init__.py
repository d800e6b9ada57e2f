"""The outbox: letters that are ordered with an act, and sent once it is committed.

`post` is the one way to order them. The worker writes and sends them, at least once: a
worker that is killed between the mail server's «yes» and its own note of it leaves a
letter that is sent again, under the same Message-ID.
"""

from portal.outbox.posting import post, post_many

__all__ = ["post", "post_many"]
