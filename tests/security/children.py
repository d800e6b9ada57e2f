"""Processes of their own that work until the test has seen enough."""

import multiprocessing
import warnings
from contextlib import contextmanager

from django.db import connections

fork = multiprocessing.get_context("fork")


@contextmanager
def at_work(*works):
    """Forked, so that each costs little; ended between two commits or in the middle."""
    # A child must not share the parent's connection.
    connections.close_all()
    with warnings.catch_warnings():
        # pytest-xdist has a thread, which does not concern the children.
        warnings.simplefilter("ignore", DeprecationWarning)
        children = [fork.Process(target=work) for work in works]
        for child in children:
            child.start()
    try:
        yield children
    finally:
        for child in children:
            child.kill()
        for child in children:
            child.join()
