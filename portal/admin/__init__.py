"""The admin site, the base of its pages, and the pages of the portal's own models."""

from portal.admin.change_sets import ChangeSetAdmin
from portal.admin.export_jobs import ExportJobAdmin
from portal.admin.import_jobs import ImportJobAdmin
from portal.admin.letters import LetterAdmin
from portal.admin.revert_jobs import RevertJobAdmin
from portal.admin.security_events import SecurityEventAdmin

__all__ = [
    "ChangeSetAdmin",
    "ExportJobAdmin",
    "ImportJobAdmin",
    "LetterAdmin",
    "RevertJobAdmin",
    "SecurityEventAdmin",
]
