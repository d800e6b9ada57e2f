from portal.models.change_count import ChangeCount
from portal.models.change_set import ChangeSet, Verdict
from portal.models.export_job import ExportJob
from portal.models.heartbeat import Heartbeat
from portal.models.import_job import ImportJob
from portal.models.import_recipe import ImportRecipe
from portal.models.import_row import ImportRow, Outcome
from portal.models.letter import Letter
from portal.models.redaction import Redaction
from portal.models.revert_job import RevertJob
from portal.models.review import Review
from portal.models.seal import Seal, SealScope
from portal.models.security_event import SecurityEvent

__all__ = [
    "ChangeCount",
    "ChangeSet",
    "ExportJob",
    "Heartbeat",
    "ImportJob",
    "ImportRecipe",
    "ImportRow",
    "Letter",
    "Outcome",
    "Redaction",
    "RevertJob",
    "Review",
    "Seal",
    "SealScope",
    "SecurityEvent",
    "Verdict",
]
