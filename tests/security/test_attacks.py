"""Known attacks: each is refused, and the rows stay as they were.

Each function is one attack, as a browser or a script would send it. The oracle is the
tables: whatever was sent, no account, role or profile may differ afterwards from what
it was when the office had settled.
"""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import RoleLimit, User
from portal.models import ChangeSet, ExportJob, ImportJob, Review
from readers.models import Branch, Reader
from tests.conftest import PASSWORD, make_staff
from tests.import_steps import check, newest_job, page_of
from tests.posts import posted, seen_plan

pytestmark = pytest.mark.django_db

LIST = "admin:accounts_user_changelist"
CHANGE = "admin:accounts_user_change"
ATTACKS: list[Callable] = []


def attack(function):
    ATTACKS.append(function)
    return function


class Office:
    """Staff of every rank, two branches, and a client signed in as each."""

    def __init__(self):
        self.north = Branch.objects.create(code="NORTH", name="North")
        self.south = Branch.objects.create(code="SOUTH", name="South")
        self.root = User.objects.create_superuser("root", "root@example.org", PASSWORD)
        self.people = {"root": self.root}
        for name, role in (
            ("desk", "Front desk"),
            ("importer", "Importer"),
            ("auditor", "Auditor"),
            ("manager", "Manager"),
            ("north", "North desk"),
            ("bystander", "No role"),
        ):
            self.people[name] = make_staff(name, role)
        self.reader = User.objects.create_user("reader", "reader@example.org")
        self.southern = User.objects.create_user("south", "south@example.org")
        Reader.objects.filter(user=self.reader).update(branch=self.north)
        Reader.objects.filter(user=self.southern).update(branch=self.south)
        self.director = Group.objects.create(name="Director")
        self.director.permissions.set(Permission.objects.all())
        limited = Group.objects.create(name="North desk")
        desk = Group.objects.get(name="Front desk")
        limited.permissions.set(desk.permissions.all())
        RoleLimit.objects.create(role=limited).branches.set([self.north])
        self.people["north"].groups.add(limited)
        self.settle()

    def client(self, who, **options):
        client = Client(**options)
        client.force_login(User.objects.get(pk=self.people[who].pk))
        return client

    def give(self, who, *codenames):
        found = Permission.objects.filter(codename__in=codenames)
        self.people[who].user_permissions.add(*found)

        self.settle()

    def add_to(self, role, *codenames):
        found = Permission.objects.filter(codename__in=codenames)
        Group.objects.get(name=role).permissions.add(*found)
        self.settle()

    def take(self, role, *codenames):
        found = Permission.objects.filter(codename__in=codenames)
        Group.objects.get(name=role).permissions.remove(*found)
        self.settle()

    def settle(self):
        """From here on nothing may move."""
        self.before = tables()


@pytest.fixture
def office(db):
    return Office()


def send(client, person, **changed):
    """The person's form, with values that the page need not have offered."""
    address = reverse(CHANGE, args=[person.pk])
    page = client.get(address)
    form = page.status_code == 200 and page.context and "adminform" in page.context
    data = posted(page) if form else bare_form(person)
    return client.post(address, {**data, **changed})


def bare_form(person):
    """For who does not even see the page."""
    return {
        "username": person.username,
        "first_name": "Taken",
        "email": "taken@example.org",
        "is_active": "on",
        "reader-TOTAL_FORMS": 1,
        "reader-INITIAL_FORMS": 1,
        "reader-0-id": person.reader.pk,
        "reader-0-user": person.pk,
        "reader-0-card_number": person.reader.card_number,
        "reader-0-joined_on": str(person.reader.joined_on),
    }


def act(client, action, *people, **data):
    sent = {
        "action": action,
        "_selected_action": [person.pk for person in people],
        "confirm": "1",
        "post": "yes",
        "change_reason": "x",
    }
    return client.post(reverse(LIST), sent | data)


def permission(codename):
    return Permission.objects.get(codename=codename)


# --- Rights on the person form ----------------------------------------------------


@attack
def superuser_flag_for_another(office):
    return send(office.client("manager"), office.reader, is_superuser="on")


@attack
def superuser_flag_for_oneself(office):
    manager = office.people["manager"]
    return send(office.client("manager"), manager, is_superuser="on")


@attack
def staff_flag_by_somebody_who_does_not_manage_staff(office):
    return send(office.client("desk"), office.reader, is_staff="on")


@attack
def role_by_somebody_who_does_not_manage_staff(office):
    role = Group.objects.get(name="Front desk")
    return send(office.client("desk"), office.reader, groups=[role.pk])


@attack
def role_for_oneself(office):
    desk = office.people["desk"]
    return send(office.client("desk"), desk, groups=[office.director.pk])


@attack
def role_that_holds_more_than_its_giver(office):
    return send(office.client("manager"), office.reader, groups=[office.director.pk])


@attack
def permission_that_its_giver_lacks(office):
    lacked = permission("view_session")
    return send(office.client("manager"), office.reader, user_permissions=[lacked.pk])


@attack
def permission_for_oneself(office):
    manager = office.people["manager"]
    held = permission("view_user")
    return send(office.client("manager"), manager, user_permissions=[held.pk])


@attack
def rights_of_oneself_by_a_superuser(office):
    return send(office.client("root"), office.root, groups=[office.director.pk])


@attack
def unlimited_role_by_a_limited_manager(office):
    office.add_to("North desk", "manage_staff")
    desk = Group.objects.get(name="Front desk")
    return send(office.client("north"), office.reader, groups=[desk.pk])


@attack
def direct_permission_by_a_limited_manager(office):
    office.add_to("North desk", "manage_staff")
    held = permission("view_user")
    return send(office.client("north"), office.reader, user_permissions=[held.pk])


# --- Roles ------------------------------------------------------------------------


def send_role(client, role, **changed):
    address = reverse("admin:auth_group_change", args=[role.pk])
    page = client.get(address)
    form = page.status_code == 200 and page.context and "adminform" in page.context
    data = posted(page) if form else {"name": role.name}
    return client.post(address, {**data, **changed})


@attack
def permission_put_into_a_role_by_who_lacks_it(office):
    role = Group.objects.get(name="Front desk")
    keys = [permission("view_session").pk]
    return send_role(office.client("manager"), role, permissions=keys)


@attack
def own_role_changed(office):
    role = Group.objects.get(name="Manager")
    keys = list(role.permissions.values_list("pk", flat=True)[:3])
    return send_role(office.client("manager"), role, permissions=keys)


@attack
def role_changed_without_managing_staff(office):
    office.give("desk", "change_group", "view_group")
    role = Group.objects.get(name="Auditor")
    keys = [permission("view_user").pk]
    return send_role(office.client("desk"), role, permissions=keys)


@attack
def role_that_holds_more_renamed(office):
    return send_role(office.client("manager"), office.director, name="Mine")


@attack
def role_that_holds_more_deleted(office):
    address = reverse("admin:auth_group_delete", args=[office.director.pk])
    return office.client("manager").post(address, {"post": "yes", "change_reason": "x"})


@attack
def limit_taken_off_the_own_role(office):
    office.give("north", "change_group", "view_group", "manage_staff")
    role = Group.objects.get(name="North desk")
    return send_role(office.client("north"), role, is_limited="")


# --- Accounts that stand above ----------------------------------------------------


@attack
def email_of_a_superuser_changed(office):
    return send(office.client("desk"), office.root, email="taken@example.org")


@attack
def email_of_a_superuser_changed_by_a_manager(office):
    return send(office.client("manager"), office.root, email="taken@example.org")


@attack
def email_of_a_colleague_changed(office):
    manager = office.people["manager"]
    return send(office.client("desk"), manager, email="taken@example.org")


@attack
def superuser_switched_off(office):
    return act(office.client("manager"), "deactivate", office.root)


@attack
def superuser_switched_off_among_all(office):
    User.objects.exclude(pk=office.root.pk).update(is_active=False)
    User.objects.filter(username="manager").update(is_active=True)
    office.settle()
    return act(office.client("manager"), "deactivate", office.root, select_across=1)


@attack
def superuser_deleted(office):
    address = reverse("admin:accounts_user_delete", args=[office.root.pk])
    return office.client("manager").post(address, {"post": "yes", "change_reason": "x"})


@attack
def superuser_deleted_among_chosen(office):
    return act(office.client("manager"), "delete_selected", office.root)


@attack
def own_account_deleted(office):
    manager = office.people["manager"]
    return act(office.client("manager"), "delete_selected", manager)


@attack
def password_of_another_set(office):
    address = f"/admin/accounts/user/{office.root.pk}/password/"
    sent = {"password1": "new password 1", "password2": "new password 1"}
    return office.client("manager").post(address, sent)


@attack
def link_sent_to_a_superuser(office):
    address = reverse("admin:accounts_user_invite", args=[office.root.pk])
    response = office.client("desk").post(address, {"confirm": "1"})
    assert mail.outbox == []
    return response


@attack
def profile_of_a_superuser_changed(office):
    return send(office.client("desk"), office.root, **{"reader-0-notes": "Taken"})


@attack
def profile_of_another_slipped_into_a_form(office):
    slipped = {"reader-0-id": office.root.reader.pk, "reader-0-notes": "Taken"}
    return send(office.client("desk"), office.reader, **slipped)


@attack
def profile_moved_to_another_person(office):
    slipped = {"reader-0-user": office.root.pk}
    send(office.client("desk"), office.reader, **slipped)


# --- Imports ----------------------------------------------------------------------


def bring_in(client, text):
    check(client, text)
    job = newest_job()
    if job and job.state == ImportJob.State.READY:
        client.post(page_of(job, "commit"), {"rows": "all", "change_reason": "x"})


@attack
def superuser_flag_in_a_file(office):
    bring_in(office.client("importer"), "username,is_superuser\nreader,1\n")


@attack
def role_in_a_file(office):
    bring_in(office.client("importer"), "username,groups\nreader,Director\n")


@attack
def key_in_a_file(office):
    text = f"id,username\n{office.root.pk},taken\n"
    check(office.client("importer"), text, mode="update")


@attack
def superuser_in_a_file(office):
    bring_in(office.client("importer"), "username,email\nroot,taken@example.org\n")


@attack
def file_from_somebody_who_may_not_import(office):
    file = SimpleUploadedFile("people.csv", b"username\nnew.one\n")
    address = reverse("admin:accounts_user_import")
    return office.client("desk").post(address, {"import_file": file})


@attack
def import_of_another_confirmed(office):
    check(office.client("importer"), "username\nnew.one\n")
    address = page_of(newest_job(), "commit")
    return office.client("manager").post(address, {"rows": "all"})


@attack
def file_confirmed_past_the_check(office):
    address = "/admin/accounts/user/process_import/"
    sent = {"import_file_name": "people.csv", "input_format": "0", "resource": ""}
    return office.client("importer").post(address, sent)


# --- Exports ----------------------------------------------------------------------


@attack
def export_without_the_right(office):
    address = reverse("admin:accounts_user_export")
    sent = {"format": "csv", "columns": ["username"]}
    return office.client("desk").post(address, sent)


@attack
def export_of_passwords(office):
    address = reverse("admin:accounts_user_export")
    sent = {"format": "csv", "columns": ["username", "password"]}
    response = office.client("importer").post(address, sent)
    assert "md5$" not in response.content.decode()


@attack
def export_of_another_downloaded(office):
    job = ExportJob.objects.create(
        target="accounts.user",
        owner=office.root,
        owner_name="root",
        file_name="all.csv",
        state=ExportJob.State.DONE,
    )
    address = reverse("admin:portal_exportjob_download", args=[job.pk])
    return office.client("manager").get(address)


# --- History ----------------------------------------------------------------------


@attack
def version_saved_as_a_form(office):
    office.reader.first_name = "Later"
    office.reader.save()
    office.settle()
    first = office.reader.history.last()
    address = f"/admin/accounts/user/{office.reader.pk}/history/{first.history_id}/"
    return office.client("auditor").post(address, bare_form(office.reader))


def go_back(client, person, row):
    address = reverse(
        "admin:accounts_user_revert", args=[person.pk, "user", row.history_id]
    )
    return client.post(address, {"change_reason": "x"} | seen_plan(client, address))


@attack
def version_with_a_flag_brought_back(office):
    User.objects.filter(pk=office.reader.pk).update(is_superuser=True)
    row = office.reader.history.first()
    User.objects.filter(pk=office.reader.pk).update(is_superuser=False)
    office.settle()
    return go_back(office.client("manager"), office.reader, row)


@attack
def version_with_a_role_brought_back(office):
    office.reader.groups.add(office.director)
    row = office.reader.history.first()
    office.reader.groups.clear()
    office.settle()
    return go_back(office.client("manager"), office.reader, row)


@attack
def superuser_taken_back_to_a_version(office):
    User.objects.filter(pk=office.root.pk).update(email="now@example.org")
    office.settle()
    return go_back(office.client("manager"), office.root, office.root.history.last())


@attack
def version_brought_back_without_the_right(office):
    User.objects.filter(pk=office.reader.pk).update(first_name="Now")
    office.settle()
    return go_back(office.client("desk"), office.reader, office.reader.history.last())


@attack
def deleted_superuser_restored(office):
    chief = User.objects.create_superuser("chief")
    chief.delete()
    office.settle()
    client = office.client("manager")
    items = client.get(reverse("admin:portal_deleted")).context["items"]
    address = reverse("admin:portal_restore")
    for key in [item["key"] for item in items]:
        seen = client.get(address, {"chosen": key}).context
        sent = {"chosen": key, "digest": seen["plan"].digest, "change_reason": "x"}
        client.post(address, sent)


@attack
def change_set_written_by_hand(office):
    address = reverse("admin:portal_changeset_add")
    return office.client("root").post(address, {"kind": "form", "actor_name": "x"})


@attack
def change_set_deleted(office):
    newest = ChangeSet.objects.latest("pk")
    address = reverse("admin:portal_changeset_delete", args=[newest.pk])
    return office.client("root").post(address, {"post": "yes"})


@attack
def own_change_reviewed(office):
    client = office.client("manager")
    send(client, office.reader, email="other@example.org")
    newest = ChangeSet.objects.latest("pk")
    office.settle()
    address = reverse("admin:portal_changeset_review", args=[newest.pk])
    client.post(address, {"verdict": "reviewed", "comment": "Fine"})
    assert not Review.objects.exists()


# --- Requests ---------------------------------------------------------------------


@attack
def action_by_following_a_link(office):
    sent = {"action": "deactivate", "_selected_action": office.reader.pk, "confirm": 1}
    office.client("manager").get(reverse(LIST), sent)


@attack
def form_without_its_token(office):
    client = office.client("manager", enforce_csrf_checks=True)
    address = reverse(CHANGE, args=[office.reader.pk])
    return client.post(address, bare_form(office.reader))


@attack
def method_told_by_a_header(office):
    address = reverse(CHANGE, args=[office.reader.pk])
    headers = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    office.client("manager").post(address, {"_method": "DELETE"}, headers=headers)


@attack
def hash_guessed_letter_by_letter(office):
    hidden = {"password__startswith": "md5$"}
    response = office.client("manager").get(reverse(LIST), hidden)
    assert "e=1" in response.get("Location", "") or response.status_code == 400


@attack
def hash_guessed_through_a_relation(office):
    hidden = {"reader__user__password__startswith": "md5$"}
    response = office.client("manager").get(reverse(LIST), hidden)
    assert "e=1" in response.get("Location", "") or response.status_code == 400


@attack
def hash_named_as_the_key_of_a_popup(office):
    hidden = {"_popup": 1, "_to_field": "password"}
    return office.client("manager").get(reverse(LIST), hidden)


@attack
def people_found_by_autocomplete_without_the_right(office):
    asked = {
        "app_label": "readers",
        "model_name": "reader",
        "field_name": "user",
        "term": "root",
    }
    response = office.client("bystander").get(reverse("admin:autocomplete"), asked)
    assert response.status_code == 403


@attack
def people_found_by_search_without_the_right(office):
    response = office.client("bystander").get(reverse("admin:search"), {"s": "reader"})
    assert "reader@example.org" not in response.content.decode()
    assert str(office.reader.reader.card_number) not in response.content.decode()


@attack
def request_of_who_was_switched_off(office):
    client = office.client("manager")
    User.objects.filter(username="manager").update(is_active=False)
    office.settle()
    return send(client, office.reader, first_name="Taken")


@attack
def request_after_the_password_was_changed(office):
    client = office.client("manager")
    manager = User.objects.get(username="manager")
    manager.set_password("another long password")
    manager.save()
    office.settle()
    return send(client, office.reader, first_name="Taken")


@attack
def host_that_is_not_ours(office):
    address = reverse(CHANGE, args=[office.reader.pk])
    sent = bare_form(office.reader)
    return office.client("manager").post(address, sent, headers={"host": "evil.test"})


# --- Branches and personal fields -------------------------------------------------


@attack
def person_of_another_branch_changed(office):
    return send(office.client("north"), office.southern, first_name="Taken")


@attack
def person_of_another_branch_switched_off(office):
    return act(office.client("north"), "deactivate", office.southern)


@attack
def person_moved_out_of_ones_branch(office):
    moved = {"reader-0-branch": office.south.pk}
    return send(office.client("north"), office.reader, **moved)


@attack
def person_of_another_branch_in_a_file(office):
    office.add_to("North desk", "import_user", "view_importjob")
    bring_in(office.client("north"), "username,first_name\nsouth,Taken\n")


@attack
def hidden_field_changed(office):
    office.take("Front desk", "view_phone")
    hidden = {"reader-0-phone": "+442079460958"}
    send(office.client("desk"), office.reader, **hidden)


@attack
def hidden_field_searched(office):
    office.take("Front desk", "view_phone")
    Reader.objects.filter(user=office.reader).update(phone="+442079460958")
    office.settle()
    asked = {"reader__phone__startswith": "+4420"}
    response = office.client("desk").get(reverse(LIST), asked)
    assert "reader@example.org" not in response.content.decode()


# --- The oracle -------------------------------------------------------------------


def tables():
    """All that an attack could be after."""
    people = User.objects.order_by("pk").values()
    return {
        # To sign in is no attack.
        "people": [
            {k: v for k, v in row.items() if k != "last_login"} for row in people
        ],
        "profiles": list(Reader.objects.order_by("pk").values()),
        "roles of people": sorted(User.groups.through.objects.values_list()),
        "rights of people": sorted(User.user_permissions.through.objects.values_list()),
        "roles": sorted(Group.objects.values_list("pk", "name")),
        "rights of roles": sorted(Group.permissions.through.objects.values_list()),
        "limits": sorted(RoleLimit.branches.through.objects.values_list()),
    }


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_attack_is_refused_and_no_row_moves(office, attack):
    response = attack(office)

    assert response is None or response.status_code < 500
    assert tables() == office.before


def test_there_are_more_than_fifty_attacks(figure):
    figure("attacks refused", len(ATTACKS))

    assert len({attack.__name__ for attack in ATTACKS}) > 50
