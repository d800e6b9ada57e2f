import json
import zipfile
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connections

from portal.exports import storage as exports
from portal.history.seal import seal_all
from portal.imports import storage as imports
from portal.models import ExportJob, Heartbeat, ImportJob
from tests.portal.pages import all_rows

# Nobody goes on with a session of then, and no worker of then is alive.
NOT_RESTORED = {Session._meta.label, Heartbeat._meta.label}
UPLOAD = b"username\nanna.berg\n"


@pytest.fixture
def filled(rows):
    """A row of each model, a file that waits for its import, and one to download."""
    job = ImportJob.objects.filter(state="ready").get()
    job.sha256, job.size = imports.keep(job, [UPLOAD])
    job.save(update_fields=["sha256", "size"])
    exports.keep_keys(ExportJob.objects.get(), [1, 2, 3])
    seal_all()
    return job


@pytest.fixture
def made(filled, tmp_path):
    """A backup of that."""
    path = tmp_path / "made.zip"
    call_command("backup", path)
    connections.close_all()
    return path


def told():
    """Every row that a backup must bring back."""
    found = {
        name: rows for name, rows in all_rows().items() if name not in NOT_RESTORED
    }
    connections.close_all()
    return found


@pytest.fixture
def rewritten(made, tmp_path):
    """Writes the backup anew, after `change` had its manifest and its parts."""

    def rewritten(change):
        with zipfile.ZipFile(made) as file:
            parts = {name: file.read(name) for name in file.namelist()}
        manifest = json.loads(parts.pop("manifest.json"))
        change(SimpleNamespace(manifest=manifest, parts=parts))
        path = tmp_path / "rewritten.zip"
        with zipfile.ZipFile(path, "w") as file:
            for name, content in parts.items():
                file.writestr(name, content)
            file.writestr("manifest.json", json.dumps(manifest))
        return path

    return rewritten
