"""Puts the payloads wherever people can put a text, by the portal's own pages."""

import csv
import io
from urllib.parse import quote

from django.contrib.auth.models import Group
from django.db.models import TextField
from django.db.models.functions import Cast
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.models import ChangeSet, ExportJob, ImportRecipe, Letter, RevertJob
from readers.models import Branch, Category
from tests.import_steps import check, choice_of, newest_job, press, upload, uploaded
from tests.import_steps import page_of as page_of_job
from tests.posts import errors_of, posted
from tests.security.payloads import ALL, CHOSEN, PROBE, SHORT

PERSON = (
    "username",
    "first_name",
    "last_name",
    "notes",
    "email",
    "branch",
    "birth_date",
)
FILE = f"{SHORT}{ALL[1]}.csv"
BORN = "1990-01-01"


def send(client, name, /, *args, **changed):
    """The form of an admin page, with some values changed."""
    url = reverse(f"admin:{name}", args=args)
    page = client.post(url, posted(client.get(url), **changed))
    assert page.status_code == 302, errors_of(page)


def store_all(client, user):
    """Returns nothing: whoever asks finds it in the tables."""
    for number, text in enumerate(CHOSEN):
        send(client, "readers_branch_add", code=f"{SHORT}{number}", name=text)
        send(client, "readers_category_add", name=text, loan_period=28)
        send(client, "auth_group_add", name=text)
    import_people(client)
    edit_people(client)
    # The newest import stays in review: it would change them back.
    check(client, table_of([*people(), bad_row()]), FILE)
    review(client)
    make_jobs(user)
    fail_to_sign_in()
    write_letters(user)


def import_people(client):
    """In names, notes, titles, cells and the reason, and in what an error quotes."""
    upload(client, b"", FILE)
    table = table_of([*people(), bad_row()])
    save_recipe(client, table)
    check(client, table, FILE)
    job = newest_job()
    sent = {"rows": "good", "change_reason": " ".join(CHOSEN)}
    press(client, page_of_job(job, "commit"), sent)
    assert newest_job().created_count == len(CHOSEN)


def people():
    for n, text in enumerate(CHOSEN):
        email = "" if n else "person0@example.org"
        yield [f"person{n}", text, text, f"{text}\n{text}", email, "", BORN, *CHOSEN]


def bad_row():
    return ["bad", "", "", "", "", f"{SHORT} is no branch", "", *CHOSEN]


def table_of(rows):
    table = io.StringIO()
    csv.writer(table).writerows([[*PERSON, *CHOSEN], *rows])
    return table.getvalue()


def save_recipe(client, table):
    job = uploaded(client, table, FILE)
    sent = choice_of(client, job, save_recipe="1", recipe_name=ALL[0])
    press(client, page_of_job(job), sent)
    assert ImportRecipe.objects.filter(name=ALL[0]).exists()


def edit_people(client):
    for number, text in enumerate(CHOSEN):
        send(
            client,
            "auth_group_change",
            Group.objects.get(name=text).pk,
            is_limited="on",
            branches=[Branch.objects.get(name=text).pk],
        )
        person = User.objects.get(username=f"person{number}")
        send(
            client,
            "accounts_user_change",
            person.pk,
            first_name=f"{text}.",
            reader__0__branch=Branch.objects.get(name=text).pk,
            reader__0__category=Category.objects.get(name=text).pk,
            groups=[Group.objects.get(name=text).pk],
            change_reason=text,
        )


def review(client):
    for made, text in zip(ChangeSet.objects.filter(kind="form"), CHOSEN, strict=False):
        sent = {"chosen": f"{made.pk}:", "verdict": "flagged", "change_reason": text}
        url = reverse("admin:portal_changeset_review", args=[made.pk])
        assert client.post(url, sent).status_code == 302


def make_jobs(user):
    """What a worker would keep of them: no page asks for these texts as they are."""
    said = {"owner": user, "owner_name": ALL[1], "error": ALL[2]}
    made = ChangeSet.objects.first()
    RevertJob.objects.create(
        reverts=made, subject=ALL[3], reason=ALL[4], origin=ALL[9], **said
    )
    ExportJob.objects.create(
        target="accounts.user",
        file_name=f"{ALL[1]}.csv",
        format="csv",
        columns=[ALL[5]],
        filters=ALL[6],
        query=f"q={ALL[7]}",
        **said,
    )


def fail_to_sign_in():
    """A stranger's words, in the security events."""
    for text in CHOSEN:
        sent = {"login": text, "password": "wrong"}
        browser = {"User-Agent": text.replace("\n", " ")}
        Client().post(f"/account/login/?{quote(text)}", sent, headers=browser)
        Client().get(f"/admin/{quote(text)}/", headers=browser)


def write_letters(user):
    """What a mail server answers is told with the letter."""
    Letter.objects.create(
        kind="notice", person_id=user.pk, person_name=user.username, error=ALL[2]
    )


def holds_a_payload(model, name):
    found = model._base_manager.annotate(text=Cast(name, TextField()))
    return found.filter(text__icontains=PROBE).exists()
