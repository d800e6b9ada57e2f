"""Security events: what happened at the portal's doors, kept and logged.

`portal.security.events.record_event` is the one way to write them.
"""
