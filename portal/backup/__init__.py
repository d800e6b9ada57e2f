"""Backups of everything that the portal keeps, and the way back.

A backup is one zip file: the database as of one moment, the files that wait for an
import or an export, and a manifest that says what there is and what it must look like.
"""

from portal.backup.making import make_backup
from portal.backup.problems import BackupError
from portal.backup.restoring import look, restore

__all__ = ["BackupError", "look", "make_backup", "restore"]
