"""One history row per changed object, in one change set, whatever wrote it."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Branch, Reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def since():
    """The change sets made after this fixture, oldest first."""
    last = ChangeSet.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return lambda: list(ChangeSet.objects.filter(pk__gt=last).order_by("pk"))


def test_new_user_and_its_reader_are_one_change_set(since):
    user = User.objects.create_user("anna")

    [made] = since()
    assert made.created_count == 2
    assert [r.change_set for r in user.history.all()] == [made]
    assert [r.change_set for r in user.reader.history.all()] == [made]


def test_save_without_a_change_leaves_no_trace(reader_user, since):
    reader_user.save()
    reader_user.reader.save()

    assert since() == []


def test_sign_in_and_password_leave_no_trace(reader_user, client, since):
    client.force_login(reader_user)
    reader_user.set_password("something else entirely")
    reader_user.save()

    assert since() == []
    fields = {f.name for f in User.history.model._meta.get_fields()}
    assert not {"password", "last_login"} & fields


def test_failed_transaction_leaves_nothing(reader_user, since):
    with pytest.raises(IntegrityError), transaction.atomic():
        reader_user.first_name = "Changed"
        reader_user.save()
        User.objects.create(username="ANNA.BERG")

    assert since() == []
    assert User.history.filter(username="ANNA.BERG").count() == 0


def test_many_writes_in_one_act_are_one_net_row(reader_user, since):
    desk = Group.objects.get(name="Front desk")
    audit = Group.objects.get(name="Auditor")
    with change_set(reason="as asked"):
        for name in ("A", "B", "C"):
            reader_user.first_name = name
            reader_user.save()
        reader_user.groups.add(desk, audit)
        reader_user.groups.remove(desk)

    [made] = since()
    assert (made.changed_count, made.reason) == (1, "as asked")
    newest = reader_user.history.first()
    assert (newest.history_type, newest.first_name) == ("~", "C")
    assert newest.relations["groups"] == [[audit.pk, audit.name]]


def test_change_and_back_in_one_act_leaves_nothing(reader_user, since):
    with change_set():
        reader_user.first_name = "Else"
        reader_user.save()
        reader_user.first_name = "Anna"
        reader_user.save()

    assert since() == []


def test_relation_changed_from_the_other_side_is_recorded(reader_user):
    group = Group.objects.get(name="Auditor")
    group.user_set.add(reader_user)
    assert reader_user.history.first().relations["groups"] == [[group.pk, "Auditor"]]

    group.user_set.clear()
    assert reader_user.history.first().relations["groups"] == []


def test_deleting_a_role_is_recorded_on_whoever_had_it(reader_user, since):
    group = Group.objects.create(name="Helpers")
    reader_user.groups.add(group)
    before = len(since())
    group.delete()

    assert reader_user.history.first().relations["groups"] == []
    assert group.history.model.objects.filter(name="Helpers", history_type="-").exists()
    assert len(since()) > before


def test_permission_of_a_role_is_recorded_by_name():
    group = Group.objects.get(name="Auditor")
    permission = group.permissions.first()
    group.permissions.remove(permission)

    newest = group.history.first()
    assert newest.history_type == "~"
    assert permission.pk not in [pk for pk, _name in newest.relations["permissions"]]


def test_renaming_a_role_rewrites_and_adds_nothing_on_its_members(reader_user):
    group = Group.objects.get(name="Auditor")
    reader_user.groups.add(group)
    rows = list(reader_user.history.values_list("history_id", "relations"))
    group.name = "Controller"
    group.save()
    reader_user.save()

    assert list(reader_user.history.values_list("history_id", "relations")) == rows


def test_deletion_keeps_the_last_state_of_user_and_reader(reader_user, since):
    group = Group.objects.get(name="Auditor")
    reader_user.groups.add(group)
    card, pk = reader_user.reader.card_number, reader_user.pk
    reader_user.delete()

    made = since()[-1]
    assert made.deleted_count == 2
    gone = User.history.get(id=pk, history_type="-")
    assert gone.relations["groups"] == [[group.pk, "Auditor"]]
    assert Reader.history.get(user_id=pk, history_type="-").card_number == card


def test_queryset_update_and_delete_are_recorded(since):
    Branch.objects.create(code="A", name="A")
    Branch.objects.create(code="B", name="B")
    Branch.objects.update(name="Same")
    Branch.objects.all().delete()

    updated, deleted = since()[-2:]
    assert (updated.changed_count, deleted.deleted_count) == (2, 2)


def test_bulk_create_is_recorded_and_gives_readers(since):
    User.objects.bulk_create([User(username="one"), User(username="two")])

    [made] = since()
    assert made.created_count == 4
    assert Reader.objects.filter(user__username__in=["one", "two"]).count() == 2


def test_bulk_update_is_recorded(since):
    branches = Branch.objects.bulk_create([Branch(code="A", name="A")])
    branches[0].name = "Z"
    Branch.objects.bulk_update(branches, ["name"])

    assert since()[-1].changed_count == 1


def test_upsert_is_refused_rather_than_unrecorded():
    with pytest.raises(ValueError, match="cannot record history"):
        Branch.objects.bulk_create([Branch(code="A", name="A")], ignore_conflicts=True)


def test_actor_survives_the_deletion_of_the_account(manager, reader_user):
    with change_set(actor=manager):
        reader_user.first_name = "New"
        reader_user.save()
    made, pk = reader_user.history.first().change_set, manager.pk
    manager.delete()

    made.refresh_from_db()
    assert (made.actor_id, made.actor_name) == (pk, "manager")


def test_created_and_deleted_in_one_act_leaves_nothing(since):
    with change_set():
        Branch.objects.create(code="X", name="X").delete()

    assert since() == []
