"""Signs of life of the workers."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from portal import heartbeats
from portal.models import Heartbeat
from portal.watching import Watch


@pytest.mark.django_db
def test_worker_has_one_row_however_often_it_beats():
    heartbeats.beat()
    first = heartbeats.newest().beat_at
    heartbeats.beat()

    assert Heartbeat.objects.count() == 1
    assert heartbeats.newest().beat_at > first


@pytest.mark.django_db
def test_silence_is_that_of_the_worker_heard_last():
    assert heartbeats.silence() is None
    for minutes in (5, 50):
        then = timezone.now() - timedelta(minutes=minutes)
        Heartbeat.objects.create(process=f"desk, process {minutes}", beat_at=then)

    assert timedelta(minutes=5) <= heartbeats.silence() < timedelta(minutes=6)


@pytest.mark.django_db
def test_killed_workers_are_forgotten_and_living_ones_are_not():
    then = timezone.now() - timedelta(days=2)
    Heartbeat.objects.create(process="killed", beat_at=then)
    heartbeats.beat()
    heartbeats.forget()

    assert heartbeats.newest().process != "killed"
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_watch_beats_while_it_runs_and_leaves_nothing_when_it_ends():
    watch = Watch()
    watch.start()
    deadline = time.monotonic() + 20
    while not (seen := Heartbeat.objects.exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    watch.end()

    assert seen
    assert not Heartbeat.objects.exists()
