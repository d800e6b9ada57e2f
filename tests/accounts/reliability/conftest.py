import pytest


@pytest.fixture(autouse=True)
def queue_without_worker(settings):
    """Nothing runs until the test lets it."""
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }


@pytest.fixture
def small_chunks(monkeypatch):
    """Many steps for few rows."""
    monkeypatch.setattr("accounts.imports.people.CHUNK", 10)
    monkeypatch.setattr("accounts.imports.naming.CHUNK", 5)
