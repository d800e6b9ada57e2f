"""The timeline: one field's history, two points compared, a person as of a date."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.history.acts import change_set
from portal.history.redaction import prune
from portal.models import ChangeSet
from readers.models import Branch, Category, Reader
from tests.conftest import make_staff

pytestmark = pytest.mark.django_db


def day(number, hour=12):
    return datetime(2026, 3, number, hour, 30, tzinfo=UTC)


def page(name, obj, **query):
    opts = obj._meta
    viewname = f"admin:{opts.app_label}_{opts.model_name}_{name}"
    return reverse(viewname, args=[obj.pk], query=query)


def read(client, url):
    """The page's text, whichever page it ends on."""
    response = client.get(url, follow=True)
    assert response.status_code == 200, url
    return response.content.decode()


def act(actor, number, reason=""):
    return change_set(actor=actor, reason=reason, kind="form", at=day(number))


def rename(obj, name):
    obj.name = name
    obj.save()


def points(*objects):
    """The change sets of the story, oldest first."""
    found = {row.change_set_id for each in objects for row in each.history.all()}
    return sorted(found)


@pytest.fixture
def anna(db, front_desk, branch):
    """Made on the 1st, moved on the 5th, renamed on the 10th, given a role after."""
    with act(front_desk, 1, "Signed up"):
        anna = User.objects.create_user("anna.berg", first_name="Anna")
    north = Branch.objects.create(code="N", name="North")
    with act(front_desk, 5, "Moved house"):
        Reader.objects.filter(user=anna).update(branch=branch)
    with act(front_desk, 10, "Typing error"):
        User.objects.filter(pk=anna.pk).update(first_name="Hanna")
        Reader.objects.filter(user=anna).update(branch=north)
    with act(front_desk, 15, "Helps out"):
        anna.groups.add(Group.objects.get(name="Importer"))
    return User.objects.get(pk=anna.pk)


@pytest.fixture
def clerk(db):
    """May read the history of people, and no Reader."""
    clerk = make_staff("clerk")
    names = ["view_user", "view_history", "view_changeset"]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
    return clerk


def each_page(anna):
    first = points(anna)[0]
    yield page("history", anna, field="user.first_name")
    yield page("history", anna, part="reader")
    yield page("compare", anna, one=first, other="now")
    yield page("as_of", anna, at="2026-03-12")


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("outsider", 302),
        ("bystander", 403),
        ("front_desk", 403),
        ("importer", 403),
        ("auditor", 200),
    ],
)
def test_each_page_needs_the_right_to_read_history(request, client, anna, who, status):
    client.force_login(request.getfixturevalue(who))
    for url in each_page(anna):
        assert client.get(url).status_code == status, url


@pytest.mark.parametrize("name", ["compare", "as_of"])
def test_nobody_there_is_not_found(client, auditor, name):
    client.force_login(auditor)
    assert client.get(page(name, User(pk=987654))).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"field": "reader.branch"},
        {"field": "user.password"},
        {"field": "user.id"},
        {"field": "nothing"},
        {"field": "user."},
        {"part": "reader"},
        {"part": "nothing"},
        {"compare": "0"},
        {"compare": "٣" * 30},
    ],
)
def test_what_is_not_in_the_story_is_said_so(client, clerk, anna, query):
    """Nor what the clerk may not view: that is no different to them."""
    client.force_login(clerk)
    response = client.get(page("history", anna, **query), follow=True)

    assert response.redirect_chain == [(page("history", anna), 302)]
    assert len(response.context["messages"]) == 1


def test_points_that_are_none_are_said_so(client, clerk, anna):
    client.force_login(clerk)
    first, moved = points(anna)[0], anna.reader.history.all()[1].change_set_id
    other = ChangeSet.objects.exclude(pk__in=points(anna, anna.reader)).first().pk
    for one, two in [
        ("", ""),
        ("now", "now"),
        (first, ""),
        (first, "x"),
        (first, "9" * 30),
        (first, other),
        (first, moved),
    ]:
        response = client.get(page("compare", anna, one=one, other=two), follow=True)
        assert "no point of this history" in response.content.decode(), (one, two)


@pytest.mark.parametrize(
    "typed", ["yesterday", "2026-02-30", "2026-03-01T25:00", "9999-12-31", "x" * 99]
)
def test_what_is_no_date_is_said_so(client, auditor, anna, typed):
    client.force_login(auditor)
    shown = read(client, page("as_of", anna, at=typed))

    assert "This is not a date" in shown and "2026-01-31" in shown
    assert typed[:40] in shown and "Anna<" not in shown


def test_date_to_come_is_said_so(client, auditor, anna):
    client.force_login(auditor)
    for typed in ("2999-01-01", "9998-12-31T23:59"):
        assert "has not come yet" in read(client, page("as_of", anna, at=typed))


def test_reader_is_kept_from_who_may_not_view_it(client, clerk, anna):
    client.force_login(clerk)
    for url in (
        page("compare", anna, one=points(anna)[0], other="now"),
        page("as_of", anna, at="2026-03-12"),
    ):
        shown = read(client, url)
        assert "Hanna" in shown
        assert "North" not in shown and "Main library" not in shown
        assert anna.reader.card_number not in shown


# --- One field -------------------------------------------------------------------


def test_each_field_leads_to_its_history(client, auditor, anna):
    client.force_login(auditor)
    shown = read(client, page("history", anna))

    for key in ("user.first_name", "user.groups", "reader.branch"):
        assert page("history", anna, field=key) in shown


def test_field_has_its_changes_alone_newest_first(client, auditor, anna):
    client.force_login(auditor)
    shown = read(client, page("history", anna, field="user.first_name"))

    assert "Moved house" not in shown and "Main library" not in shown
    assert shown.index("Typing error") < shown.index("Signed up")
    assert '<del class="rr-old">Anna</del>' in shown
    assert '<ins class="rr-new">Hanna</ins>' in shown
    assert "<dd>Hanna</dd>" in shown


def test_field_that_points_elsewhere_shows_names(client, auditor, anna):
    client.force_login(auditor)
    shown = read(client, page("history", anna, field="reader.branch"))

    assert '<del class="rr-old">Main library</del>' in shown
    assert "<dd>North</dd>" in shown and "Signed up" not in shown


def test_relation_has_a_history_that_no_renaming_makes_longer(client, auditor, anna):
    rename(Group.objects.get(name="Importer"), "Bringer")
    anna.first_name = "Johanna"
    anna.save()
    client.force_login(auditor)
    shown = read(client, page("history", anna, field="user.groups"))

    assert shown.count('class="rr-value"') == 1
    assert '<ins class="rr-new">Importer</ins>' in shown and "<dd>Bringer</dd>" in shown


def test_field_that_never_changed_says_so(client, auditor, anna):
    client.force_login(auditor)
    assert "Never changed" in read(
        client, page("history", anna, field="reader.category")
    )


def test_history_of_a_field_is_paged(client, manager, anna):
    for number in range(30):
        Reader.objects.filter(user=anna).update(notes=f"Note {number}.")
    client.force_login(manager)
    first = read(client, page("history", anna, field="reader.notes"))
    second = read(client, page("history", anna, field="reader.notes", p=2))

    assert first.count('class="rr-value"') == 25
    assert second.count('class="rr-value"') == 5
    assert '<ins class="rr-new">Note 0.</ins>' in second


def test_story_is_limited_to_a_part(client, auditor, anna):
    client.force_login(auditor)
    shown = read(client, page("history", anna, part="reader"))

    assert "Moved house" in shown and "Helps out" not in shown
    assert "Person changed" not in shown and "Reader changed" in shown


# --- Two points ------------------------------------------------------------------


def test_points_are_compared_by_what_is_left(client, auditor, anna):
    client.force_login(auditor)
    made, _moved, _renamed, helps = points(anna, anna.reader)
    for one, other in ((made, helps), (helps, made), (made, "now")):
        shown = read(client, page("compare", anna, one=one, other=other))
        assert '<td class="rr-old">Anna</td>' in shown
        assert '<td class="rr-new">Hanna</td>' in shown
        assert '<td class="rr-new">North</td>' in shown
        assert '<td class="rr-new">Importer</td>' in shown
        assert "Main library" not in shown
        assert "Signed up" in shown and ("Helps out" in shown) == (other != "now")


def test_points_without_a_difference_say_so(client, auditor, anna):
    client.force_login(auditor)
    last = points(anna)[-1]

    assert "No difference" in read(client, page("compare", anna, one=last, other="now"))


def test_two_points_are_chosen_one_after_the_other(client, auditor, anna):
    client.force_login(auditor)
    made, *_between, helps = points(anna, anna.reader)
    assert f"?compare={made}" in read(client, page("history", anna))
    shown = read(client, page("history", anna, compare=made))

    assert page("compare", anna, one=made, other=helps).replace("&", "&amp;") in shown
    assert page("compare", anna, one=made, other="now").replace("&", "&amp;") in shown


# --- A moment --------------------------------------------------------------------


def test_person_is_shown_as_they_were(client, auditor, anna):
    client.force_login(auditor)
    shown = read(client, page("as_of", anna, at="2026-03-07"))

    assert "<dd>Anna</dd>" in shown and "<dd>Main library</dd>" in shown
    assert "Importer" not in shown
    assert "Moved house" in shown and "front_desk" in shown


def test_names_of_roles_are_those_of_then(client, auditor, anna):
    rename(Group.objects.get(name="Importer"), "Bringer")
    client.force_login(auditor)

    assert "<dd>Importer</dd>" in read(client, page("as_of", anna, at="2026-03-20"))


def test_name_of_a_branch_is_that_of_then(client, auditor, front_desk):
    with act(front_desk, 1):
        north = Branch.objects.create(code="N", name="North")
        anna = User.objects.create_user("anna")
        Reader.objects.filter(user=anna).update(branch=north)
    rename(north, "Far north")
    client.force_login(auditor)

    assert "<dd>North</dd>" in read(client, page("as_of", anna, at="2026-03-02"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("2026-03-10", "Hanna"),
        ("2026-03-09", "Anna"),
        ("2026-03-10 12:29", "Anna"),
        ("2026-03-10T12:30", "Hanna"),
        ("2026-03-10T12:29:59", "Anna"),
        ("2026-03-10T14:30+02:00", "Hanna"),
        ("2026-03-10T12:30+02:00", "Anna"),
    ],
)
def test_end_of_what_was_typed_is_meant(client, auditor, anna, typed, name):
    client.force_login(auditor)
    assert f"<dd>{name}</dd>" in read(client, page("as_of", anna, at=typed))


def test_person_who_was_not_there_yet(client, auditor, anna):
    client.force_login(auditor)
    shown = read(client, page("as_of", anna, at="2026-02-27"))

    assert shown.count("It was not there yet") == 2
    assert "Anna<" not in shown and "back to this" not in shown


def test_person_who_was_deleted_then(client, auditor, anna, manager):
    with act(manager, 20, "Moved away"):
        anna.delete()
    client.force_login(manager)
    gone = reverse("admin:portal_deleted")
    [item] = client.get(gone).context["items"]
    restore = reverse("admin:portal_restore")
    digest = client.get(restore, {"chosen": item["key"]}).context["plan"].digest
    sent = {"chosen": item["key"], "digest": digest, "change_reason": "By mistake"}
    client.post(restore, sent)
    back = User.objects.get(username="anna.berg")
    shown = read(client, page("as_of", back, at="2026-03-25"))

    assert shown.count("manager had deleted it") == 2
    assert "Moved away" in shown and "back to this" not in shown


def test_state_that_was_dropped_is_not_called_absence(client, auditor, anna):
    prune(day(12), reason="Too old")
    client.force_login(auditor)
    shown = read(client, page("as_of", anna, at="2026-03-02"))

    assert "has been dropped" in shown and "not there yet" not in shown


# --- Everywhere ------------------------------------------------------------------


def test_reader_leads_to_the_story(client, auditor, anna):
    client.force_login(auditor)
    shown = read(client, page("change", anna))

    assert page("history", anna) in shown
    assert page("history", anna, part="reader") in shown


@pytest.mark.parametrize("who", ["front_desk", "importer"])
def test_reader_leads_nowhere_without_the_right(request, client, anna, who):
    client.force_login(request.getfixturevalue(who))
    assert page("history", anna) not in read(client, page("change", anna))


@pytest.mark.parametrize(
    ("make", "field", "value"),
    [
        (lambda: Branch.objects.create(code="S", name="South"), "branch.name", "West"),
        (
            lambda: Category.objects.create(name="Adult", loan_period=28),
            "category.name",
            "Grown-up",
        ),
        (lambda: Group.objects.create(name="Helper"), "group.name", "Assistant"),
    ],
)
def test_other_things_have_the_same_pages(client, root, make, field, value):
    obj = make()
    before = str(obj)
    rename(obj, value)
    client.force_login(root)
    first = points(obj)[0]

    for url in (
        page("history", obj, field=field),
        page("compare", obj, one=first, other="now"),
    ):
        shown = read(client, url)
        assert value in shown and f">{before}<" in shown
    assert f"<dd>{value}</dd>" in read(
        client, page("as_of", obj, at=timezone.localdate().isoformat())
    )


def test_pages_cost_the_same_for_a_long_story(
    client, auditor, anna, django_assert_max_num_queries
):
    def costs():
        for url in (page("history", anna), *each_page(anna)):
            client.get(url)
            with django_assert_max_num_queries(40) as captured:
                client.get(url)
            yield len(captured)

    # As long as the page, so that both find keys of every kind.
    def lengthen(number):
        for each in range(number):
            branch = Branch.objects.create(code=f"B{number}.{each}")
            with change_set():
                Reader.objects.filter(user=anna).update(branch=branch)
                User.objects.filter(pk=anna.pk).update(first_name=f"Anna {each}")
                anna.groups.set(Group.objects.all()[: each % 3])

    client.force_login(auditor)
    lengthen(3)
    short = list(costs())
    lengthen(40)

    assert list(costs()) == short
