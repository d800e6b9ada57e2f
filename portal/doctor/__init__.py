"""What is wrong with an installation, in one table.

Each subject is a small function, marked with `examines`. Other apps have theirs in a
module named `doctor`, which is found by its name.
"""

from importlib import import_module

from portal.doctor.registry import Finding, State, examine, examines

# In the order of the table.
for name in (
    "software",
    "system",
    "database",
    "clock",
    "history",
    "files",
    "work",
    "mail",
):
    import_module(f"portal.doctor.{name}")

__all__ = ["Finding", "State", "examine", "examines"]
