from portal.models.change_set import ChangeSet
from portal.models.import_job import ImportJob

__all__ = ["ChangeSet", "ImportJob"]
