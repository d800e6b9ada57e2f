"""The History page: one line for each change set, filters, search, opened lines."""

import re
from itertools import chain

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.admin.change_sets import ChangeSetAdmin
from portal.admin.paging import LimitedPaginator
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Branch, Category, Reader

pytestmark = pytest.mark.django_db

LIST = reverse("admin:portal_changeset_changelist")
LINE = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)


def grant(user, *names):
    for name in names:
        app_label, codename = name.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app_label, codename=codename)
        )
    return User.objects.get(pk=user.pk)


@pytest.fixture
def signed_in(client, auditor):
    client.force_login(auditor)
    return client


def lines(client, **query):
    """The lines of the list, newest first, without their badges."""
    page = client.get(LIST, query)
    assert page.status_code == 200
    found = LINE.findall(page.content.decode())
    return [re.sub(r"<span.*?</span>", "", line).strip() for line in found]


def act(kind, actor=None, subject="", reason=""):
    return change_set(kind=kind, actor=actor, subject=subject, reason=reason)


# --- Refusals -----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["bystander", "front_desk", "importer"])
def test_list_and_opened_lines_need_the_right(request, client, branch, who):
    client.force_login(request.getfixturevalue(who))
    made = ChangeSet.objects.latest("pk")

    assert client.get(LIST).status_code == 403
    opened = client.get(reverse("admin:portal_changeset_objects", args=[made.pk]))
    assert opened.status_code == 403


@pytest.mark.parametrize("key", ["0", "999999", "x", "1/2", "9" * 30])
def test_opening_what_is_not_there_is_not_found(signed_in, key):
    url = LIST + f"{key}/objects/"

    assert signed_in.get(url).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "no-such"},
        {"object": "no.such"},
        {"field": "accounts.user.password"},
        {"field": "x"},
        {"sensitive": "maybe"},
        {"actor": "\0"},
        {"q": "\0"},
        {"q": "%" * 500},
        {"started_at_from_0": "yesterday"},
        {"p": "-1"},
        {"no_such_filter": "1"},
        {"change_set__counts__field": "x"},
    ],
)
def test_strange_filters_break_nothing(signed_in, query):
    assert signed_in.get(LIST, query).status_code in (200, 302, 400)


# --- Words --------------------------------------------------------------------------


def test_creation_and_changes_are_told_with_their_fields(signed_in, manager):
    with act("form", manager, "Person Anna Berg"):
        anna = User.objects.create(username="a", first_name="Anna", last_name="Berg")
    with act("form", manager, "Person Anna Berg"):
        User.objects.filter(pk=anna.pk).update(email="a@example.org")
        Reader.objects.filter(user=anna).update(phone="+4930901820")
    with act("form", manager, "Person Anna Berg"):
        User.objects.filter(pk=anna.pk).update(email="b@example.org", last_name="B")
        Reader.objects.filter(user=anna).update(phone="", notes="Moved")
    with act("form", manager, "Person Anna B"):
        anna.delete()

    assert lines(signed_in)[:4] == [
        "Deleted Person Anna B",
        "Changed 4 fields of Person Anna Berg",
        "Changed E-mail and Phone of Person Anna Berg",
        "Created Person Anna Berg",
    ]


def test_import_is_told_by_people_and_file(signed_in, importer, branch):
    with act("import", importer, "june.xlsx"):
        User.objects.bulk_create(User(username=f"u{n}") for n in range(1204))
    with act("import", importer, "july.csv"):
        User.objects.bulk_create(User(username=f"v{n}") for n in range(2))
        User.objects.filter(username__in=["u1", "u2", "u3"]).update(first_name="Jo")

    assert lines(signed_in)[:2] == [
        "Imported 5 people from july.csv: 2 people created, 3 people changed",
        "Imported 1,204 people from june.xlsx",
    ]


def test_actions_reverts_and_commands_are_told(signed_in, manager):
    with act("action", manager, "Deactivate people"):
        User.objects.bulk_create([User(username="a"), User(username="b")])
    with act("revert", manager, "Change set 12"):
        Branch.objects.create(code="N", name="North")
    with act("restore", manager, "Person Anna"):
        Category.objects.create(name="Kids", loan_period=7)
    with change_set(kind="command", origin="demo"):
        Branch.objects.bulk_create(Branch(code=f"B{n}", name=str(n)) for n in range(9))

    assert lines(signed_in)[:4] == [
        "demo: 9 branches created",
        "Restored Person Anna: 1 category created",
        "Reverted Change set 12: 1 branch created",
        "Deactivate people: 2 people created",
    ]


def test_subject_is_text_and_not_markup(signed_in):
    with act("form", None, "Person <b>Anna</b>"):
        Branch.objects.create(code="N", name="North")

    assert lines(signed_in)[0] == "Created Person &lt;b&gt;Anna&lt;/b&gt;"


# --- Filters ------------------------------------------------------------------------


@pytest.fixture
def told(manager, importer, reader_user, branch):
    """Acts of different kinds, each known by its subject."""
    with act("form", manager, "mail"):
        User.objects.filter(pk=reader_user.pk).update(email="new@example.org")
    with act("action", manager, "name"):
        User.objects.filter(pk=reader_user.pk).update(last_name="Borg")
    with act("import", importer, "branches"):
        Branch.objects.filter(pk=branch.pk).update(name="Centre")
    with act("command", None, "staff"):
        User.objects.create(username="chief", is_staff=True)
    with act("command", None, "plain"):
        User.objects.create(username="reader")


def subjects(client, **query):
    """Which of `told` the list shows; newest first."""
    page = client.get(LIST, query)
    names = {"mail", "name", "branches", "staff", "plain"}
    found = page.context["cl"].result_list
    return [made.subject for made in found if made.subject in names]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["plain", "staff", "branches", "name", "mail"]),
        ({"actor": "manager"}, ["name", "mail"]),
        ({"actor": " MANAGER "}, ["name", "mail"]),
        ({"actor": "nobody"}, []),
        ({"actor": "system"}, ["plain", "staff"]),
        ({"kind": "import"}, ["branches"]),
        ({"kind": ["import", "action"]}, ["branches", "name"]),
        ({"object": "readers.branch"}, ["branches"]),
        ({"object": "accounts.user"}, ["plain", "staff", "name", "mail"]),
        ({"field": "accounts.user.email"}, ["mail"]),
        ({"field": "accounts.user.last_name"}, ["name"]),
        # A right counts when it is given at the creation, too.
        ({"field": "accounts.user.is_staff"}, ["staff"]),
        ({"field": "readers.branch.name"}, ["branches"]),
        ({"sensitive": "yes"}, ["staff", "mail"]),
        ({"sensitive": "no"}, ["plain", "branches", "name"]),
        ({"field": "accounts.user.email", "actor": "importer"}, []),
        ({"object": "accounts.user", "sensitive": "no"}, ["plain", "name"]),
    ],
)
def test_filters(signed_in, told, query, expected):
    assert subjects(signed_in, **query) == expected


def test_actor_is_found_by_the_name_now_and_the_name_then(signed_in, told, manager):
    User.objects.filter(pk=manager.pk).update(username="chief.of.all")

    assert subjects(signed_in, actor="manager") == ["name", "mail"]
    assert subjects(signed_in, actor="chief.of.all") == ["name", "mail"]


def test_actor_is_found_after_the_account_is_gone(signed_in, told, importer):
    importer.delete()

    assert subjects(signed_in, actor="importer") == ["branches"]


def test_days_are_a_range(signed_in, told, branch):
    past = timezone.now() - timezone.timedelta(days=40)
    with change_set(kind="form", subject="mail", at=past):
        Branch.objects.filter(pk=branch.pk).update(code="C")
    day = past.date().isoformat()

    query = {"started_at_from_0": day, "started_at_to_0": day}
    query |= {"started_at_from_1": "00:00:00", "started_at_to_1": "23:59:59"}
    assert subjects(signed_in, **query) == ["mail"]


# --- Free text ----------------------------------------------------------------------


@pytest.fixture
def named(manager):
    """What happened to Änne Groß, and to somebody else."""
    with act("form", manager, "mail", reason="Asked by phone"):
        anne = User.objects.create(username="x", first_name="Änne", last_name="Groß")
    with act("import", manager, "branches", reason="Monthly LIST"):
        Reader.objects.filter(user=anne).update(notes="Large print")
    with act("form", manager, "name"):
        User.objects.create(username="y", first_name="Anna", last_name="Grün")
    return anne


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("asked", ["mail"]),
        ("ASKED phone", ["mail"]),
        ("monthly list", ["branches"]),
        # By the name of the person, what happened to the Reader too.
        ("änne", ["branches", "mail"]),
        ("ÄNNE groß", ["branches", "mail"]),
        ("anna", ["name"]),
        ("gr", ["name", "branches", "mail"]),
        ("änne grün", []),
        ("100% _", []),
        ("nobody", []),
    ],
)
def test_free_text_finds_reasons_and_names(signed_in, named, term, expected):
    assert subjects(signed_in, q=term) == expected


def test_card_number_finds_the_person(signed_in, named):
    card = named.reader.card_number

    assert subjects(signed_in, q=card.lower()) == ["branches", "mail"]


def test_old_name_finds_what_happened_later(signed_in, named):
    User.objects.filter(pk=named.pk).update(first_name="Maria", last_name="Meyer")
    with act("form", None, "staff"):
        User.objects.filter(pk=named.pk).update(email="m@example.org")

    assert subjects(signed_in, q="änne") == ["staff", "branches", "mail"]


def test_names_that_one_may_not_view_are_not_searched(client, bystander, named):
    rights = ["portal.view_changeset", "portal.view_history", "readers.view_branch"]
    client.force_login(grant(bystander, *rights))

    assert subjects(client, q="änne") == []
    assert subjects(client, q="asked") == ["mail"]


# --- Opened lines and the page of one -------------------------------------------------


def test_line_opens_to_old_and_new_values(signed_in, told):
    made = ChangeSet.objects.get(subject="mail")

    page = signed_in.get(reverse("admin:portal_changeset_objects", args=[made.pk]))

    text = page.content.decode()
    assert "anna@example.org" in text and "new@example.org" in text
    assert reverse("admin:portal_changeset_change", args=[made.pk]) in text
    assert "<html" not in text


def test_opened_line_keeps_back_what_one_may_not_view(client, bystander, told):
    rights = ["portal.view_changeset", "portal.view_history"]
    client.force_login(grant(bystander, *rights))
    made = ChangeSet.objects.get(subject="mail")

    page = client.get(reverse("admin:portal_changeset_objects", args=[made.pk]))

    text = page.content.decode()
    assert "new@example.org" not in text
    assert "no objects that you may view" in text


@pytest.fixture
def big(importer):
    with act("import", importer, "june.xlsx"):
        people = [User(username=f"u{n:03}") for n in range(120)]
        User.objects.bulk_create(people)
    return ChangeSet.objects.get(subject="june.xlsx")


def names_on(client, made, **query):
    page = client.get(reverse("admin:portal_changeset_change", args=[made.pk]), query)
    return [change.name for change in page.context["objects"].changes]


def test_big_change_set_is_paged_to_its_last_object(signed_in, big):
    pages = [names_on(signed_in, big, p=number) for number in (1, 2, 3)]

    assert [len(names) for names in pages] == [50, 50, 20]
    assert [*chain(*pages)] == [f"u{n:03}" for n in range(120)]


def test_big_change_set_has_a_tab_for_each_kind_of_object(signed_in, big):
    cards = set(
        Reader.objects.filter(user__username__startswith="u0").values_list(
            "card_number", flat=True
        )
    )

    assert set(names_on(signed_in, big, kind="reader")) <= cards
    assert names_on(signed_in, big, kind="no-such", p="x")[0] == "u000"


@pytest.mark.breaks_history("takes history rows out")
def test_pruned_change_set_says_so(signed_in, big):
    from portal.history import guard

    with guard.unlocked("a test"):
        User.history.filter(change_set=big).delete()
        Reader.history.filter(change_set=big).delete()

    page = signed_in.get(reverse("admin:portal_changeset_change", args=[big.pk]))

    assert "no longer kept" in page.content.decode()


# --- Cost ---------------------------------------------------------------------------


def test_queries_do_not_grow_with_the_list(
    signed_in, manager, django_assert_max_num_queries
):
    def cost():
        with django_assert_max_num_queries(60) as queries:
            lines(signed_in)
        return len(queries)

    for n in range(3):
        Branch.objects.create(code=f"A{n}", name=f"A{n}")
    few = cost()
    for n in range(60):
        Branch.objects.create(code=f"B{n}", name=f"B{n}")
    with act("import", manager, "june.xlsx"):
        User.objects.bulk_create(User(username=f"u{n}") for n in range(300))

    assert cost() == few


def test_list_counts_no_further_than_it_can_be_paged(signed_in, told, monkeypatch):
    monkeypatch.setattr(LimitedPaginator, "LIMIT", 3)
    monkeypatch.setattr(ChangeSetAdmin, "list_per_page", 2)

    page = signed_in.get(LIST, {"p": 2})

    assert page.context["cl"].result_count == 3
    assert "narrow the list down" in page.content.decode()
    assert len(page.context["cl"].result_list) == 1


# --- What is counted ----------------------------------------------------------------


def counts(made):
    found = made.counts.values_list(
        "model", "field", "created_count", "changed_count", "deleted_count"
    )
    return sorted(found)


def test_each_change_set_counts_objects_and_fields(db):
    with act("import"):
        User.objects.bulk_create([User(username="a"), User(username="b")])
    with act("action"):
        User.objects.filter(username="a").update(first_name="A", email="a@example.org")
        User.objects.filter(username="b").update(first_name="B")
        Group.objects.get(name="Auditor").user_set.add(User.objects.get(username="b"))
    with act("form"):
        User.objects.get(username="b").delete()
    first, second, third = ChangeSet.objects.order_by("pk").reverse()[:3][::-1]

    assert counts(first) == [
        ("accounts.user", "", 2, 0, 0),
        ("readers.reader", "", 2, 0, 0),
    ]
    assert counts(second) == [
        ("accounts.user", "", 0, 2, 0),
        ("accounts.user", "email", 0, 1, 0),
        ("accounts.user", "first_name", 0, 2, 0),
        ("accounts.user", "groups", 0, 1, 0),
    ]
    assert counts(third) == [
        ("accounts.user", "", 0, 0, 1),
        ("accounts.user", "groups", 0, 0, 1),
        ("readers.reader", "", 0, 0, 1),
    ]


def test_what_migrations_wrote_is_counted_too(db):
    from django.apps import apps

    from portal.history import guard
    from portal.history.uncounted import count_uncounted

    made = ChangeSet.objects.filter(origin="migrate").earliest("pk")
    with guard.unlocked("a test"):
        made.counts.all().delete()

    count_uncounted(sender=apps.get_app_config("portal"))

    assert counts(made) == [("auth.group", "", 4, 0, 0)]
