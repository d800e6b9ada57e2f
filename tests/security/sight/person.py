"""A person who gets a mark wherever the portal keeps a text about people."""

from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.models import ChangeSet, ImportJob, RevertJob
from readers.models import Category
from tests.accounts.limited import branch_named, person_of
from tests.import_steps import check, import_people, uploaded
from tests.posts import errors_of, posted, seen_plan

# Long enough to stand in no token by chance. Searches for «far» find it.
MARK = "zqxfaraway"
NOTE = "zqxowesabook"
# As they are kept, and as they are shown.
# Of somebody of North; else a page that opens for nobody would show nothing as well.
NEAR = "zqxnearby"
BORN = ("1931-07-17", "17 Jul 1931")
PHONE = ("+493012345678", "30 12345678")


def marked_person(root, settings):
    """Of South, with a past, all of it done by one who sees everybody."""
    # Exports of any size leave a job.
    settings.EXPORT_NOW_ROWS = 0
    client = Client()
    client.force_login(root)
    person = person_of("SOUTH", f"{MARK}.far")
    Category.objects.create(name="Adult")
    change(client, person, f"{MARK} moved")
    change(client, person, f"{MARK} moved again", phone="")
    client.post(url("invite", person.pk), {"confirm": "1"})
    bring_in(client)
    export(client)
    delete(client)
    revert(client, person)
    flag()
    order_revert(root)
    Client().post(reverse("account_login"), {"login": person.username, "password": "x"})
    person_of("NORTH", NEAR)
    return User.objects.get(pk=person.pk)


def url(name, *args):
    return reverse(f"admin:accounts_user_{name}", args=args)


def change(client, person, reason, **reader):
    address = url("change", person.pk)
    texts = {"first_name": f"{MARK} far", "change_reason": reason}
    reader = {"notes": NOTE, "birth_date": BORN[0], "phone": PHONE[0]} | reader
    texts |= {f"reader__0__{name}": value for name, value in reader.items()}
    sent = client.post(address, posted(client.get(address), **texts))
    assert sent.status_code == 302, errors_of(sent)


def bring_in(client):
    """One that is done, one that waits for a review, and one at its first step.

    Somebody of another branch is in the first: it is seen in part there.
    """
    branch_named("NORTH")
    rows = f"username,last_name,branch,notes\n{MARK}.new,{MARK} far,SOUTH,{NOTE}\n"
    near = f"{rows}near.new,Near,NORTH,\n"
    assert import_people(client, near, f"{MARK}.csv").state == ImportJob.State.DONE
    check(client, rows.replace("new", "other"), f"{MARK}2.csv")
    uploaded(client, rows, f"{MARK}3.csv")


def export(client):
    sent = {"format": "csv", "columns": ["username", "first_name", "notes"]}
    assert client.post(url("export"), sent).status_code == 302


def delete(client):
    gone = person_of("SOUTH", f"{MARK}.gone", first_name=f"{MARK} far")
    change(client, gone, f"{MARK} came")
    sent = {"post": "yes", "change_reason": f"{MARK} left"}
    assert client.post(url("delete", gone.pk), sent).status_code == 302
    assert not User.objects.filter(pk=gone.pk).exists()


def revert(client, person):
    row = person.history.first()
    address = url("revert", person.pk, "user", person.history.last().history_id)
    sent = {"change_reason": f"{MARK} was right"} | seen_plan(client, address)
    client.post(address, sent)
    assert person.history.first() != row


def flag():
    """By another one: nobody reviews their own acts."""
    client = Client()
    client.force_login(User.objects.create_superuser("second"))
    moved = ChangeSet.objects.filter(reason__startswith=MARK).latest("pk")
    address = reverse("admin:portal_changeset_review", args=[moved.pk])
    said = {"verdict": "flagged", "change_reason": f"{MARK} asks why"}
    sent = client.post(address, {"chosen": f"{moved.pk}:"} | said)
    assert sent.status_code == 302


def order_revert(owner):
    """As a worker would find it: only thousands of rows are reverted by one."""
    moved = ChangeSet.objects.filter(reason__startswith=MARK).latest("pk")
    said = {"subject": f"{MARK} moved", "reason": f"{MARK} was right"}
    RevertJob.objects.create(
        owner=owner, owner_name=owner.username, reverts=moved, **said
    )
