"""The lines of the table for what people do on the pages of the portal."""

import json
from datetime import timedelta

from django.contrib.auth.models import Group, Permission
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.imports.options import ColumnChoice, ImportOptions
from accounts.models import RoleLimit, User
from accounts.tokens import invitation_link
from portal.history.acts import change_set
from portal.models import ChangeSet, ExportJob, ImportRecipe, Letter, RevertJob
from portal.outbox import post
from readers.models import Branch, Category, Reader
from tests.import_steps import choice_of, newest_job, page_of
from tests.portal.writes.table import Cast, Left, action, form, write_path
from tests.posts import seen_plan

CHOSEN = "seventeen green herons"
PEOPLE = "username,first_name\nanna.berg,Anne\nnew.one,Zoë\n"


# --- Forms -----------------------------------------------------------------------


@write_path(
    "page accounts_user_add",
    form("+user +reader", subject="Person New One", origin="/admin/accounts/user/add/"),
    case="inline filled",
)
def add_person(cast: Cast):
    cast.send(
        "accounts_user_add",
        first_name="New",
        last_name="One",
        username="new.one",
        access="invitation",
        email="new.one@example.org",
        groups=[cast.role.pk],
        reader__0__notes="Kind",
    )


@write_path("page accounts_user_add", form("+user +reader"), case="inline blank")
def add_person_with_blank_inline(cast: Cast):
    cast.send("accounts_user_add", first_name="New", last_name="One", access="none")


@write_path("page accounts_user_change", form("~user", subject="Person Hanna Berg"))
def change_person(cast: Cast):
    cast.send("accounts_user_change", cast.anna.pk, first_name="Hanna")


@write_path("page accounts_user_change", case="nothing changed")
def save_person_unchanged(cast: Cast):
    cast.send("accounts_user_change", cast.anna.pk)


@write_path("page accounts_user_change", form("~user"), case="name, role and right")
def change_name_and_rights(cast: Cast):
    right = Permission.objects.get(codename="view_branch")
    manager = Group.objects.get(name="Manager")
    cast.send(
        "accounts_user_change",
        cast.anna.pk,
        first_name="Hanna",
        groups=[manager.pk],
        user_permissions=[right.pk],
    )


@write_path("page accounts_user_change", form("~user ~reader"), case="and the inline")
def change_person_and_reader(cast: Cast):
    cast.send(
        "accounts_user_change",
        cast.anna.pk,
        first_name="Hanna",
        reader__0__notes="Kind",
    )


@write_path("inline accounts.user readers.reader", form("~reader"))
def change_inline_alone(cast: Cast):
    cast.send("accounts_user_change", cast.anna.pk, reader__0__notes="Kind")


@write_path(
    "inline accounts.user readers.reader",
    form("+reader"),
    case="for who has none",
)
def add_inline_alone(cast: Cast):
    Reader.objects.filter(user=cast.anna).delete()
    yield
    cast.send("accounts_user_change", cast.anna.pk)


@write_path("page accounts_user_delete", form("-user -reader"), case="with its Reader")
def delete_person(cast: Cast):
    cast.delete("accounts_user", cast.anna)


@write_path("page readers_branch_add", form("+branch", subject="Branch North"))
def add_branch(cast: Cast):
    cast.send("readers_branch_add", code="N", name="North")


@write_path("page readers_branch_change", form("~branch"))
def change_branch(cast: Cast):
    cast.send("readers_branch_change", cast.branch.pk, name="Old library")


@write_path("page readers_branch_delete", form("-branch"))
def delete_branch(cast: Cast):
    Reader.objects.update(branch=None)
    yield
    cast.delete("readers_branch", cast.branch)


@write_path("page readers_branch_delete", case="in use")
def delete_branch_in_use(cast: Cast):
    cast.delete("readers_branch", cast.branch)


@write_path("page readers_category_add", form("+category"))
def add_category(cast: Cast):
    cast.send("readers_category_add", name="Child", loan_period=14)


@write_path("page readers_category_change", form("~category"))
def change_category(cast: Cast):
    cast.send("readers_category_change", cast.category.pk, loan_period=14)


@write_path("page readers_category_delete", form("-category"))
def delete_category(cast: Cast):
    Reader.objects.update(category=None)
    yield
    cast.delete("readers_category", cast.category)


@write_path("page auth_group_add", form("+group", subject="Role Guides"))
def add_role(cast: Cast):
    right = Permission.objects.get(codename="view_branch")
    cast.send("auth_group_add", name="Guides", permissions=[right.pk])


@write_path("page auth_group_change", form("~group"), case="name and permissions")
def change_role(cast: Cast):
    right = Permission.objects.get(codename="view_branch")
    cast.send("auth_group_change", cast.role.pk, name="G", permissions=[right.pk])


@write_path("page auth_group_change", form("+rolelimit"), case="limited to a branch")
def limit_role(cast: Cast):
    chosen = {"is_limited": "on", "branches": [cast.branch.pk]}
    cast.send("auth_group_change", cast.role.pk, **chosen)


@write_path("page auth_group_change", form("-rolelimit"), case="limited no more")
def lift_limit(cast: Cast):
    RoleLimit.objects.limit(cast.role, [cast.branch])
    yield
    cast.send("auth_group_change", cast.role.pk, is_limited=None)


@write_path("page auth_group_delete", form("-group ~user"), case="and its member")
def delete_role(cast: Cast):
    cast.delete("auth_group", cast.role)


# --- Actions ---------------------------------------------------------------------


@write_path(
    "action accounts.user deactivate",
    action("2~user", subject="Deactivate people", origin="/admin/accounts/user/"),
)
def deactivate(cast: Cast):
    other = User.objects.create_user("other")
    yield
    cast.act("accounts_user", "deactivate", [cast.anna, other], confirm="1")


@write_path("action accounts.user deactivate", case="the look")
def look_at_deactivate(cast: Cast):
    cast.act("accounts_user", "deactivate", [cast.anna])


@write_path("action accounts.user activate", action("~user"))
def activate(cast: Cast):
    User.objects.filter(pk=cast.anna.pk).update(is_active=False)
    yield
    cast.act("accounts_user", "activate", [cast.anna], confirm="1")


@write_path("action accounts.user extend_expiry", action("~reader"))
def extend_expiry(cast: Cast):
    until = str(timezone.localdate() + timedelta(days=40))
    sent = {"until": until, "shown_until": until, "confirm": "1"}
    cast.act("accounts_user", "extend_expiry", [cast.anna], **sent)


@write_path("action accounts.user send_invitations")
def send_invitations(cast: Cast):
    cast.act("accounts_user", "send_invitations", [cast.anna], confirm="1")


@write_path("action portal.letter send_again")
def send_letters_again(cast: Cast):
    letter = post("invitation", person=cast.anna, actor=cast.anna)
    Letter.objects.all().cancel("Asked to")
    cast.act("portal_letter", "send_again", [letter], confirm="1")
    letter.refresh_from_db()
    assert (letter.state, letter.actor_name) == ("sent", "root")


@write_path("action portal.letter stop")
def stop_letters(cast: Cast):
    letter = post("invitation", person=cast.anna, actor=cast.anna)
    cast.act("portal_letter", "stop", [letter], confirm="1")
    letter.refresh_from_db()
    assert letter.state == "cancelled"


@write_path("action accounts.user delete_selected", action("-user -reader"))
def delete_selected_people(cast: Cast):
    cast.act("accounts_user", "delete_selected", [cast.anna], post="yes")


@write_path("action readers.branch delete_selected", action("2-branch"))
def delete_selected_branches(cast: Cast):
    two = [Branch.objects.create(code=name, name=name) for name in "AB"]
    yield
    cast.act("readers_branch", "delete_selected", two, post="yes")


@write_path("action readers.category delete_selected", action("-category"))
def delete_selected_categories(cast: Cast):
    other = Category.objects.create(name="Child")
    yield
    cast.act("readers_category", "delete_selected", [other], post="yes")


@write_path("action auth.group delete_selected", action("2-group ~user"))
def delete_selected_roles(cast: Cast):
    other = Group.objects.create(name="Guides")
    cast.anna.groups.add(other)
    yield
    cast.act("auth_group", "delete_selected", [cast.role, other], post="yes")


# --- Sign-in ---------------------------------------------------------------------


@write_path("page logout")
def sign_out_of_the_admin(cast: Cast):
    cast.post(reverse("admin:logout"), {})


@write_path("page accounts_user_invite")
def invite(cast: Cast):
    url = reverse("admin:accounts_user_invite", args=[cast.anna.pk])
    assert cast.post(url, {"confirm": "1"}).status_code == 302


@write_path("page accounts_user_sessions")
def end_sessions(cast: Cast):
    url = reverse("admin:accounts_user_sessions", args=[cast.anna.pk])
    assert cast.post(url, {"session": "all"}).status_code == 302


@write_path("page accounts_user_reset_factor")
def reset_factor(cast: Cast):
    url = reverse("admin:accounts_user_reset_factor", args=[cast.anna.pk])
    assert cast.post(url, {}).status_code == 302


@write_path("page accounts_user_unlink")
def remove_link(cast: Cast):
    url = reverse("admin:accounts_user_unlink", args=[cast.anna.pk])
    assert cast.post(url, {}).status_code == 302


@write_path("page invitation")
def accept_invitation(cast: Cast):
    cast.client.logout()
    opened = cast.client.get(invitation_link(cast.anna, ""), follow=True)
    [(address, _status)] = opened.redirect_chain
    cast.post(address, {"new_password1": CHOSEN, "new_password2": CHOSEN})
    assert User.objects.get(pk=cast.anna.pk).check_password(CHOSEN)


# --- Imports ---------------------------------------------------------------------


def upload(cast: Cast, content: str, name: str = "people.csv"):
    path = cast.tmp_path / name
    path.write_text(content)
    with path.open("rb") as file:
        cast.post(reverse("admin:accounts_user_import"), {"import_file": file})
    return newest_job()


def press(cast: Cast, name: str, job, *args, **sent):
    """Post to one of the job's pages; the worker does at once what it orders."""
    cast.post(page_of(job, name, *args), sent)
    job.refresh_from_db()


def checked(cast: Cast, content: str, **chosen):
    """A file that waits for its review, with the columns as they are proposed."""
    job = upload(cast, content)
    press(cast, "columns", job, **choice_of(cast.client, job, **chosen))
    assert job.state == "ready", job.error
    return job


def imported(cast: Cast, content: str, **sent):
    job = checked(cast, content)
    press(cast, "commit", job, **sent)
    assert job.state == "done", job.error
    return job


def importing(rows: str) -> Left:
    return Left("import", rows, actor="root", subject="people.csv")


@write_path("page accounts_user_import", case="the upload")
def upload_people(cast: Cast):
    upload(cast, PEOPLE)


@write_path("page accounts_user_reading_import")
def read_otherwise(cast: Cast):
    job = upload(cast, f"People of June\n{PEOPLE}")
    read = {"encoding": "utf-8", "delimiter": ",", "header_row": 2}
    press(cast, "reading", job, **read)
    assert job.reading == {"header_row": 2}


@write_path("page accounts_user_recipe_import")
def apply_recipe(cast: Cast):
    options = ImportOptions((ColumnChoice("username", "username"),)).to_json()
    recipe = ImportRecipe.objects.create(
        target="accounts.user",
        name="School",
        owner=User.objects.get(username="root"),
        options=options,
    )
    job = upload(cast, PEOPLE)
    press(cast, "recipe", job, recipe=recipe.pk)
    assert job.options


@write_path("page accounts_user_columns_import", case="and the check")
def check_import(cast: Cast):
    checked(cast, PEOPLE)


@write_path("page accounts_user_columns_import", case="a recipe")
def save_recipe(cast: Cast):
    job = upload(cast, PEOPLE)
    chosen = choice_of(cast.client, job, save_recipe="1", recipe_name="School")
    press(cast, "columns", job, **chosen)
    assert ImportRecipe.objects.exists()


@write_path("page accounts_user_check_import")
def check_again(cast: Cast):
    job = checked(cast, PEOPLE)
    press(cast, "check", job)
    assert job.to_write == 2


@write_path("page accounts_user_ticks_import")
def leave_a_row_out(cast: Cast):
    job = checked(cast, PEOPLE)
    press(cast, "ticks", job, shown=[2, 3], row=[3])
    assert job.to_write == 1


@write_path("page accounts_user_row_import")
def mend_a_row(cast: Cast):
    job = checked(cast, PEOPLE.replace("new.one", "new one"))
    press(cast, "row", job, 3, **{"cell-0": "new.one"})
    assert job.error_count == 0


@write_path(
    "page accounts_user_commit_import",
    importing("+user ~user +reader"),
    case="all rows",
)
def commit_import(cast: Cast):
    imported(cast, PEOPLE, rows="all", change_reason="As the office asked")


@write_path(
    "page accounts_user_commit_import", importing("~user ~reader"), case="good rows"
)
def commit_good_rows(cast: Cast):
    file = "username,first_name,notes\nanna.berg,Anne,Kind\nnew one,Zoë,\n"
    assert imported(cast, file, rows="good").error_count == 1


@write_path("page accounts_user_commit_import", case="rows in error")
def commit_all_or_nothing(cast: Cast):
    job = checked(cast, PEOPLE.replace("new.one", "new one"))
    press(cast, "commit", job, rows="all")
    assert job.state == "ready"


@write_path("page accounts_user_commit_import", case="nothing new")
def commit_import_of_what_is_there(cast: Cast):
    imported(cast, "username,first_name\nanna.berg,Anna\n", rows="all")


@write_path("page accounts_user_cancel_import")
def cancel_import(cast: Cast):
    job = checked(cast, PEOPLE)
    press(cast, "cancel", job)
    assert job.state == "cancelled"


@write_path(
    "page accounts_user_repair_import", action("+reader", subject="people.json")
)
def repair_import(cast: Cast):
    rows = [{"model": "accounts.user", "fields": {"username": "zoe"}}]
    job = upload(cast, json.dumps(rows), "people.json")
    press(cast, "commit", job, rows="all")
    yield
    press(cast, "repair", job)


# --- Exports ---------------------------------------------------------------------


@write_path("action accounts.user export_selected")
def export_selected(cast: Cast):
    sent = {"format": "csv", "columns": ["username"]}
    cast.act("accounts_user", "export_selected", [cast.anna], **sent)
    assert ExportJob.objects.get().state == "done"


def large_export(**values) -> ExportJob:
    return ExportJob.objects.create(
        target="accounts.user",
        owner=User.objects.get(username="root"),
        owner_name="root",
        file_name="people.csv",
        format="csv",
        **values,
    )


@write_path("page portal_exportjob_cancel")
def cancel_export(cast: Cast):
    job = large_export()
    cast.post(reverse("admin:portal_exportjob_cancel", args=[job.pk]), {})


@write_path("page portal_exportjob_again")
def start_export_again(cast: Cast):
    long_ago = timezone.now() - timedelta(hours=1)
    job = large_export(state="running", heartbeat_at=long_ago)
    cast.post(reverse("admin:portal_exportjob_again", args=[job.pk]), {})


# --- Ways back -------------------------------------------------------------------


def revert_object(cast: Cast, table: str, obj, version=None):
    """Back to the first version of the object, or to that of another of its story."""
    row = version or obj.history.order_by("history_id").first()
    args = [obj.pk, row.instance_type._meta.model_name, row.history_id]
    go_back(cast, reverse(f"admin:{table}_revert", args=args))


def go_back(cast: Cast, url: str):
    """Confirm the plan that the page shows."""
    cast.post(url, seen_plan(cast.client, url) | {"change_reason": "By mistake"})


def reverting(rows: str, **said):
    return Left("revert", rows, actor="root", **said)


@write_path("page accounts_user_revert", reverting("~user", subject="Person Anna Berg"))
def revert_person(cast: Cast):
    revert_object(cast, "accounts_user", cast.anna)


@write_path("page accounts_user_revert", reverting("~reader"), case="its Reader")
def revert_reader(cast: Cast):
    first = cast.anna.reader.history.order_by("history_id").first()
    revert_object(cast, "accounts_user", cast.anna, first)


@write_path("page readers_branch_revert", reverting("~branch"))
def revert_branch(cast: Cast):
    Branch.objects.update(name="Old library")
    yield
    revert_object(cast, "readers_branch", cast.branch)


@write_path("page readers_category_revert", reverting("~category"))
def revert_category(cast: Cast):
    Category.objects.update(loan_period=3)
    yield
    revert_object(cast, "readers_category", cast.category)


@write_path("page auth_group_revert", reverting("~group"))
def revert_role(cast: Cast):
    cast.role.permissions.add(Permission.objects.get(codename="view_branch"))
    yield
    revert_object(cast, "auth_group", cast.role)


def edit_of(cast: Cast, table: str):
    """Edit one field of an object, and say which, and of what the story is."""
    if table == "accounts_user":
        cast.anna.last_name = "Borg"
        cast.anna.save()
        return cast.anna, "last_name"
    obj = {
        "readers_branch": cast.branch,
        "readers_category": cast.category,
        "auth_group": cast.role,
    }[table]
    obj.name = "Another name"
    obj.save()
    return obj, "name"


def back_by_field(table: str):
    def write(cast: Cast):
        obj, field = edit_of(cast, table)
        row = obj.history.order_by("-history_id")[1]
        yield
        args = [obj.pk, obj._meta.model_name, row.history_id, field]
        go_back(cast, reverse(f"admin:{table}_revert_field", args=args))

    return write


def back_as_a_whole(table: str):
    def write(cast: Cast):
        obj, _field = edit_of(cast, table)
        point = obj.history.order_by("-history_id")[1].change_set_id
        yield
        go_back(cast, reverse(f"admin:{table}_back", args=[obj.pk, point]))

    return write


for table, field_left, whole_left in (
    ("accounts_user", "~user", "~user ~reader"),
    ("readers_branch", "~branch", "~branch"),
    ("readers_category", "~category", "~category"),
    ("auth_group", "~group", "~group"),
):
    by_field, by_point = f"page {table}_revert_field", f"page {table}_back"
    write_path(by_field, reverting(field_left))(back_by_field(table))
    write_path(by_point, reverting(whole_left))(back_as_a_whole(table))


def address_of_revert():
    return reverse("admin:portal_changeset_revert", args=[ChangeSet.objects.first().pk])


def flag(cast: Cast, page: str, *, one: bool):
    cast.anna.email = "other@example.org"
    cast.anna.save()
    made = ChangeSet.objects.first()
    sent = {"chosen": f"{made.pk}:", "verdict": "flagged", "change_reason": "Why?"}
    yield
    cast.post(reverse(f"admin:{page}", args=[made.pk] if one else []), sent)


FLAGGED = action("")


@write_path("page portal_review", FLAGGED, case="of many")
def review_in_the_queue(cast: Cast):
    return flag(cast, "portal_review", one=False)


@write_path("page portal_changeset_review", FLAGGED)
def review_one(cast: Cast):
    return flag(cast, "portal_changeset_review", one=True)


@write_path("page portal_changeset_revert", reverting("-user -reader"))
def revert_change_set(cast: Cast):
    User.objects.create_user("other")
    yield
    url = address_of_revert()
    digest = cast.client.get(url).context["plan"].digest
    cast.post(url, {"digest": digest, "change_reason": "By mistake"})


@write_path(
    "page portal_changeset_revert", reverting("~user -user -reader"), case="an import"
)
def undo_import(cast: Cast):
    job = imported(cast, PEOPLE, rows="all")
    yield
    go_back(cast, address_of_revert())
    job.refresh_from_db()
    assert job.state == "undone"


@write_path("page portal_revert_actor", reverting("~user ~branch"))
def revert_all_by_one(cast: Cast):
    with change_set(actor=cast.anna):
        User.objects.filter(pk=cast.anna.pk).update(last_name="Borg")
    with change_set(actor=cast.anna):
        Branch.objects.filter(pk=cast.branch.pk).update(name="Old library")
    yield
    url = reverse("admin:portal_revert_actor")
    shown = cast.client.get(url, {"actor": f"#{cast.anna.pk}", "since": "2000-01-01"})
    sent = {"digest": shown.context["plan"].digest, "change_reason": "By mistake"}
    cast.post(url + shown.context["confirm_url"], sent)


@write_path(
    "page portal_changeset_revert", reverting("~user"), case="in the background"
)
def revert_in_the_background(cast: Cast):
    User.objects.filter(pk=cast.anna.pk).update(last_name="Borg")
    yield
    with override_settings(REVERT_IN_BACKGROUND_ROWS=0, REVERT_ONE_BY_ONE_ROWS=0):
        url = address_of_revert()
        go_back(cast, url)


@write_path(
    "page portal_revertjob_again", reverting("~user", subject="Again"), case="killed"
)
def start_a_revert_again(cast: Cast):
    User.objects.filter(pk=cast.anna.pk).update(last_name="Borg")
    made = ChangeSet.objects.first()
    digest = cast.client.get(address_of_revert()).context["plan"].digest
    job = RevertJob.objects.create(
        **{"owner": User.objects.get(username="root"), "owner_name": "root"},
        **{"subject": "Again", "reason": "By mistake", "reverts": made},
        **{"digest": digest, "total": 1, "status": RevertJob.Status.RUNNING},
    )
    old = timezone.now() - timedelta(hours=1)
    RevertJob.objects.filter(pk=job.pk).update(created_at=old, started_at=old)
    yield
    cast.post(reverse("admin:portal_revertjob_again", args=[job.pk]), {})


@write_path("page portal_changeset_revert", reverting("+user +reader"), case="undo")
def undo(cast: Cast):
    cast.anna.delete()
    yield
    cast.post(address_of_revert(), {"undo": "1"})


@write_path(
    "page portal_restore",
    Left("restore", "+user +reader +group", actor="root"),
    case="a person and a role",
)
def restore(cast: Cast):
    cast.anna.delete()
    cast.role.delete()
    gone = {"accounts.user": User, "auth.group": Group}
    keys = [f"{label}:{gone[label].history.first().pk}" for label in gone]
    yield
    url = reverse("admin:portal_restore")
    digest = cast.client.get(url, {"chosen": keys}).context["plan"].digest
    cast.post(url, {"chosen": keys, "digest": digest, "change_reason": "Came back"})
