"""System checks of the portal's own settings and surroundings, by subject.

Django runs what registers itself on import; `portal.apps` imports these.
"""

from portal.checks import (
    database,
    files,
    health,
    history,
    limits,
    permissions,
    production,
)

__all__ = [
    "database",
    "files",
    "health",
    "history",
    "limits",
    "permissions",
    "production",
]
