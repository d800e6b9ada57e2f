"""The demo: refused where people are, and worth looking at where they are not."""

import unicodedata
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from portal.history.snapshot import history_model_of
from portal.history.verify import verify
from portal.models import ChangeSet, ImportJob
from readers.models import Branch, Category, Reader

pytestmark = pytest.mark.django_db

STAFF = {
    "front-desk": "Front desk",
    "importer": "Importer",
    "auditor": "Auditor",
    "manager": "Manager",
}


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo, written once for the tests that only look at it; what it printed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield run()
        transaction.set_rollback(True)


def run(**options):
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


# --- Refusals ---------------------------------------------------------------------


def test_database_with_users_is_refused(outsider):
    with pytest.raises(CommandError, match="There are users in this database already"):
        run()
    assert User.objects.count() == 1


def test_when_new_leaves_a_used_database_alone(outsider, settings):
    settings.DEBUG = True

    assert run(when_new=True) == ""
    assert User.objects.count() == 1


def test_when_new_makes_no_invented_people_in_production(settings):
    settings.DEBUG = False

    assert run(when_new=True) == ""
    assert not User.objects.exists()


def test_when_new_fills_a_new_database(settings):
    settings.DEBUG = True

    assert "240 people" in run(when_new=True)


# --- How it is made --------------------------------------------------------------


def test_password_can_be_chosen(client):
    run(password="a password for the show")

    assert client.login(username="manager", password="a password for the show")


def test_two_runs_make_the_same_people():
    def state():
        fields = ("user__username", "card_number", "phone", "joined_on", "notes")
        return sorted(Reader.objects.values_list(*fields))

    run()
    first = state()
    ImportJob.objects.all().delete()
    User.objects.all().delete()
    Branch.objects.all().delete()
    Category.objects.all().delete()
    run()

    assert state() == first


def test_staff_sign_in_with_the_printed_password_and_hold_their_role(client):
    printed = run()

    password = printed.split("password ")[1].split()[0]
    for username, role in STAFF.items():
        assert client.login(username=username, password=password)
        user = User.objects.get(username=username)
        assert user.is_staff and not user.is_superuser
        assert [group.name for group in user.groups.all()] == [role]
        assert f"{username:<12} {role}" in printed


# --- What it makes ---------------------------------------------------------------


def test_nobody_else_can_sign_in(demo):
    people = User.objects.filter(is_staff=False)
    assert not any(person.has_usable_password() for person in people)
    assert not User.objects.filter(is_superuser=True).exists()


def test_every_person_would_pass_the_forms(demo):
    for person in User.objects.with_reader():
        person.full_clean(exclude=["password"])
        person.reader.full_clean()
    assert User.objects.count() == Reader.objects.count() == 240
    assert (Branch.objects.count(), Category.objects.count()) == (5, 6)


def test_names_come_in_many_scripts_and_usernames_in_one(demo):
    letters = "".join(User.objects.values_list("last_name", flat=True))
    scripts = Counter(unicodedata.name(c).split()[0] for c in letters if c.isalpha())
    assert len([s for s, count in scripts.items() if count >= 8]) >= 14
    assert all(name.isascii() for name in User.objects.values_list("username", flat=1))


def test_mail_and_telephone_reach_nobody(demo):
    mails = User.objects.exclude(email="").values_list("email", flat=True)
    assert {mail.split("@")[1] for mail in mails} <= {"example.org", "example.net"}
    phones = {str(r.phone.as_e164)[:7] for r in Reader.objects.exclude(phone="")}
    assert phones <= {"+493023", "+331990", "+442079", "+467017", "+120255"}


def test_cards_are_in_every_state(demo):
    assert Reader.objects.expiring().filter(user__is_active=True).count() >= 10
    assert Reader.objects.expired().count() >= 15
    assert Reader.objects.filter(expires_on=None).exists()
    assert User.objects.filter(is_active=False).count() >= 5
    assert User.objects.filter(email="").exists()
    assert Reader.objects.exclude(notes="").exists()


def test_people_joined_over_years_and_in_each_of_the_last_months(demo):
    joined = list(Reader.objects.values_list("joined_on", flat=True))
    today = timezone.localdate()
    assert min(joined) < today - timedelta(days=730)
    ages = {(today - day).days // 30 for day in joined}
    assert set(range(12)) <= ages


def test_history_is_in_the_order_of_time_and_months_long(demo):
    made = ChangeSet.objects.exclude(origin="migrate").order_by("pk")
    times = [change.started_at for change in made]
    assert times == sorted(times)
    assert times[-1] < timezone.now()
    assert times[-1] - times[0] > timedelta(days=270)


def test_history_rows_bear_the_time_of_their_change_set(demo):
    for model in (User, Reader, Branch, Category):
        rows = history_model_of(model).objects.select_related("change_set")
        assert all(row.history_date == row.change_set.started_at for row in rows)


def test_history_has_acts_of_every_kind_by_staff_with_reasons(demo):
    made = ChangeSet.objects.exclude(origin__in=["migrate", "demo"])
    assert set(made.values_list("kind", flat=True)) == {
        "form",
        "action",
        "import",
        "revert",
    }
    assert set(made.values_list("actor_name", flat=True)) <= set(STAFF)
    assert made.exclude(reason="").count() > made.count() / 2
    assert made.filter(reverts__isnull=False).count() == 2
    assert made.filter(deleted_count=2).exists()


def test_history_misses_nothing(demo):
    assert verify() == []


def test_imports_are_listed_with_their_change_sets(demo):
    committed = ImportJob.objects.filter(state="done")
    assert committed.count() == 3
    for job in committed.select_related("change_set"):
        assert job.change_set.subject == job.file_name
        assert job.created_at < job.finished_at < timezone.now()
    assert set(ImportJob.objects.values_list("state", flat=True)) == {
        "done",
        "failed",
        "cancelled",
    }


def test_most_that_is_sensitive_is_reviewed_and_some_waits(demo):
    auditor = User.objects.get(username="auditor")
    assert ChangeSet.objects.reviewed().count() > 10
    assert 0 < ChangeSet.objects.waiting().count() < 6
    assert ChangeSet.objects.flagged().count() == 1
    assert not ChangeSet.objects.reviewed().filter(actor_id=auditor.pk).exists()
