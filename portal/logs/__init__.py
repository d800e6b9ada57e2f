"""Logs: one line for each event, with the request or task that it belongs to.

The standard library's logging with a filter and two formatters of our own. django-guid
keeps an id and writes no line for a request; django-structlog writes the whole address,
with the secrets of links and what was searched for, takes whatever a stranger sends as
the request's id, and needs two more packages. Both leave the masking to us.
"""
