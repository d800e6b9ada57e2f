"""A Front desk of one branch: whom its pages show, and whom they let it change."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from readers.models import Branch, Category, Reader
from tests.conftest import make_staff
from tests.posts import errors_of, posted

LIST = "admin:accounts_user_changelist"
ADD = "admin:accounts_user_add"
UNSEEN = ["southern", "nowhere"]


def url(name, *args):
    return reverse(f"admin:accounts_user_{name}", args=args)


@pytest.fixture
def desk(client, north_desk, people):
    """The client of a Front desk of North, signed in."""
    client.force_login(north_desk)
    return client


@pytest.fixture
def superior(north):
    """Stands above, in the same branch."""
    user = make_staff("superior", "Manager")
    Reader.objects.filter(user=user).update(branch=north)
    return user


def move(person, branch):
    Reader.objects.filter(user=person).update(branch=branch)


def listed(page):
    return {person.username for person in page.context["cl"].queryset}


def act(client, action, *targets, **data):
    chosen = {"action": action, ACTION_CHECKBOX_NAME: [each.pk for each in targets]}
    return client.post(reverse(LIST), chosen | data)


# --- The list and its filters ---------------------------------------------------------


def test_list_shows_the_people_of_ones_branches_and_oneself(desk, superior):
    page = desk.get(reverse(LIST))

    assert listed(page) == {"northern", "superior", "north_desk"}
    assert page.context["cl"].result_count == 3


def test_list_shows_everybody_to_unlimited_staff(client, front_desk, people):
    client.force_login(front_desk)

    assert listed(client.get(reverse(LIST))) == {*people, "front_desk"}


@pytest.mark.parametrize("name", UNSEEN)
def test_search_of_the_list_finds_nobody_beyond_the_reach(desk, name):
    assert listed(desk.get(reverse(LIST), {"q": name})) == set()
    assert listed(desk.get(reverse(LIST), {"q": f"{name}@example.org"})) == set()


@pytest.mark.parametrize(
    "query",
    [
        {"reader__branch__id__exact": "{south}"},
        {"reader__branch__isnull": "True"},
        {"is_active__exact": "1", "_facets": "True"},
        {"expiry": "never"},
        {"reader__isnull": "False"},
        {"pk": "{southern}"},
        {"id__in": "{southern}"},
        {"all": ""},
    ],
    ids=str,
)
def test_no_filter_reaches_further(desk, south, people, query):
    known = {"south": south.pk, "southern": people["southern"].pk}
    page = desk.get(
        reverse(LIST), {name: text.format(**known) for name, text in query.items()}
    )

    assert page.status_code in (200, 302)
    assert not page.context or listed(page) <= {"northern", "north_desk"}
    assert "southern" not in page.text


def test_branch_filter_offers_ones_branches(desk, limited_role, north_desk, north):
    assert "South" not in desk.get(reverse(LIST)).text
    west = Branch.objects.create(code="W", name="West side")
    north_desk.groups.add(limited_role("West desk", west))
    page = desk.get(reverse(LIST)).text

    assert "West side" in page and "South" not in page


@pytest.mark.parametrize(
    "lookup",
    ["birth_date", "phone", "notes", "phone__startswith", "notes__icontains"],
)
@pytest.mark.parametrize("table", ["accounts_user", "readers_branch", "auth_group"])
def test_personal_fields_are_no_filter(client, root, people, table, lookup):
    client.force_login(root)
    through = {"accounts_user": "", "readers_branch": "", "auth_group": "user__"}
    asked = {f"{through[table]}reader__{lookup}": "1"}
    page = client.get(reverse(f"admin:{table}_changelist"), asked)

    assert page.status_code == 400 or "e=1" in page["Location"]


def test_personal_fields_are_not_searched(client, root, reader_user):
    Reader.objects.filter(user=reader_user).update(notes="Owes", phone="+4930123456")
    client.force_login(root)

    for term in ("Owes", "4930123456", "+4930123456"):
        assert listed(client.get(reverse(LIST), {"q": term})) == set()


# --- Command search, suggestions, popups ----------------------------------------------


@pytest.mark.parametrize("name", UNSEEN)
def test_command_search_finds_nobody_beyond_the_reach(desk, name):
    assert name not in desk.get(reverse("admin:search"), {"s": name[:5]}).text


def test_command_search_finds_the_people_of_ones_branch(desk):
    assert "northern" in desk.get(reverse("admin:search"), {"s": "north"}).text


def test_suggestions_name_nobody_beyond_the_reach(desk):
    asked = {"app_label": "readers", "model_name": "reader", "field_name": "user"}
    answer = desk.get(reverse("admin:autocomplete"), asked | {"term": "er"})

    assert "northern" in answer.text and "southern" not in answer.text


@pytest.mark.parametrize("query", [{"_popup": "1"}, {"_popup": "1", "_to_field": "id"}])
def test_popup_list_shows_nobody_beyond_the_reach(desk, query):
    assert listed(desk.get(reverse(LIST), query)) == {"northern", "north_desk"}


# --- The pages of one person ----------------------------------------------------------


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.parametrize("page", ["change", "delete", "history", "invite"])
def test_page_of_who_is_beyond_is_like_that_of_nobody(desk, people, name, page):
    target = people[name]
    unseen = desk.get(url(page, target.pk))
    absent = desk.get(url(page, 999_999))

    assert unseen.status_code == absent.status_code
    assert name not in unseen.text


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.parametrize("key", ["{}", " {}", "{} ", "0{}"])
def test_who_is_beyond_is_not_changed(desk, people, name, key):
    target = people[name]
    data = {"username": name, "first_name": "Changed", "is_active": "on"}
    desk.post(url("change", key.format(target.pk)), data)

    assert User.objects.get(pk=target.pk).first_name == ""


def test_person_of_ones_branch_is_changed(desk, people):
    page = url("change", people["northern"].pk)
    response = desk.post(page, posted(desk.get(page), first_name="Nora"))

    assert response.status_code == 302
    assert User.objects.get(username="northern").first_name == "Nora"


def test_who_stands_above_in_ones_branch_is_seen_and_not_changed(desk, superior):
    page = url("change", superior.pk)
    data = {"username": "superior", "first_name": "Changed"}

    assert desk.get(page).status_code == 200
    assert desk.post(page, data).status_code == 403


def test_own_page_is_changed_and_one_stays_where_one_is(desk, north_desk, north):
    page = url("change", north_desk.pk)
    sent = posted(desk.get(page), first_name="Me") | {"reader-0-branch": north.pk}
    response = desk.post(page, sent)

    assert response.status_code == 302
    assert User.objects.get(pk=north_desk.pk).first_name == "Me"
    assert Reader.objects.get(user=north_desk).branch is None


@pytest.mark.parametrize("where", ["south", "none"])
def test_nobody_is_moved_beyond_the_reach(desk, people, south, where):
    page = url("change", people["northern"].pk)
    sent = posted(desk.get(page))
    sent["reader-0-branch"] = south.pk if where == "south" else ""
    response = desk.post(page, sent)

    assert response.status_code == 200 and errors_of(response)
    assert Reader.objects.get(user=people["northern"]).branch.name == "North"


def test_person_is_moved_between_ones_branches(
    desk, north_desk, limited_role, people, south
):
    north_desk.groups.add(limited_role("South desk", south))
    page = url("change", people["northern"].pk)
    response = desk.post(page, posted(desk.get(page), reader__0__branch=south.pk))

    assert response.status_code == 302
    assert Reader.objects.get(user=people["northern"]).branch == south


def test_unlimited_staff_take_the_branch_away(client, front_desk, people):
    client.force_login(front_desk)
    page = url("change", people["northern"].pk)
    client.post(page, posted(client.get(page), reader__0__branch=""))

    assert Reader.objects.get(user=people["northern"]).branch is None


def test_reader_of_somebody_else_is_not_changed_through_ones_own_page(desk, people):
    page = url("change", people["northern"].pk)
    sent = posted(desk.get(page), reader__0__id=people["southern"].reader.pk)
    desk.post(page, sent | {"reader-0-card_number": "MINE-1"})

    assert not Reader.objects.filter(card_number="MINE-1").exists()


# --- Adding ---------------------------------------------------------------------------


def added(client, **values):
    page = client.get(reverse(ADD))
    sent = posted(page, **{"username": "new", "access": "none"} | values)
    return client.post(reverse(ADD), sent)


def test_person_is_added_to_ones_only_branch(desk):
    assert added(desk).status_code == 302
    assert Reader.objects.get(user__username="new").branch.name == "North"


@pytest.mark.parametrize("where", ["south", "none", "999999", "x"])
def test_nobody_is_added_beyond_the_reach(desk, south, where):
    branch = {"south": south.pk, "none": ""}.get(where, where)
    response = added(desk, reader__0__branch=branch)

    assert response.status_code == 200 and errors_of(response)
    assert not User.objects.filter(username="new").exists()


def test_nobody_is_added_without_the_part_that_names_a_branch(desk):
    response = added(desk, reader__TOTAL_FORMS="0")

    assert "Choose the branch" in errors_of(response)
    assert not User.objects.filter(username="new").exists()


def test_save_as_new_adds_nobody_beyond_the_reach(desk, people, south):
    page = url("change", people["northern"].pk)
    sent = posted(desk.get(page), username="copy") | {"_saveasnew": "1"}
    desk.post(page, sent | {"reader-0-branch": south.pk, "access": "none"})

    assert not User.objects.filter(username="copy").exists()


def test_who_reaches_no_branch_adds_nobody(client, limited_role):
    clerk = make_staff("clerk")
    clerk.groups.add(limited_role("Nowhere"))
    client.force_login(clerk)

    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(reverse(ADD), {"username": "new"}).status_code == 403


# --- Actions and deletion -------------------------------------------------------------


@pytest.mark.parametrize("action", ["deactivate", "send_invitations", "extend_expiry"])
@pytest.mark.parametrize("across", ["0", "1"])
def test_action_never_names_who_is_beyond(desk, people, superior, action, across):
    page = act(desk, action, *people.values(), superior, select_across=across)

    assert "northern" in page.text
    assert "southern" not in page.text and "nowhere" not in page.text


@pytest.mark.parametrize("across", ["0", "1"])
def test_action_changes_the_people_of_ones_branch(desk, people, superior, across):
    everybody = [*people.values(), superior]
    act(desk, "deactivate", *everybody, confirm="1", select_across=across)

    off = set(User.objects.filter(is_active=False).values_list("username", flat=True))
    assert off == {"northern"}


def test_action_names_those_whom_one_sees_and_does_not_reach(desk, north_desk, people):
    north_desk.groups.add(Group.objects.get(name="Auditor"))
    page = act(desk, "deactivate", *people.values())
    act(desk, "deactivate", *people.values(), confirm="1")

    left = {group.title: group.count for group in page.context["plan"].left_out}
    assert left["Are not of your branches"] == 2
    off = set(User.objects.filter(is_active=False).values_list("username", flat=True))
    assert off == {"northern"}


def test_links_go_to_nobody_beyond_the_reach(desk, people, mailoutbox):
    act(desk, "send_invitations", *people.values(), confirm="1")
    for target in people.values():
        desk.post(url("invite", target.pk), {"confirm": "1"})

    written = {address for letter in mailoutbox for address in letter.to}
    assert written <= {"northern@example.org"}


def test_page_to_invite_is_not_offered_where_the_right_does_not_reach(
    desk, north_desk, people
):
    north_desk.groups.add(Group.objects.get(name="Auditor"))
    seen = desk.get(url("change", people["southern"].pk))

    assert url("invite", people["southern"].pk) not in seen.text
    assert url("invite", people["northern"].pk) in (
        desk.get(url("change", people["northern"].pk)).text
    )


@pytest.fixture
def north_boss(client, north, limited_role):
    """May delete people of one branch."""
    user = make_staff("north_boss")
    user.groups.add(limited_role("North managers", north, like="Manager"))
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", UNSEEN)
def test_nobody_beyond_is_deleted(north_boss, people, name):
    target = people[name]
    said = {"post": "yes", "change_reason": "Left"}
    north_boss.post(url("delete", target.pk), said)
    act(north_boss, "delete_selected", target, **said)
    act(north_boss, "delete_selected", target, select_across="1", **said)

    assert User.objects.filter(pk=target.pk).exists()


def test_person_of_ones_branch_is_deleted(north_boss, people):
    said = {"post": "yes", "change_reason": "Left"}
    north_boss.post(url("delete", people["northern"].pk), said)

    assert not User.objects.filter(username="northern").exists()
    # A page of somebody who is gone is that of nobody.
    assert north_boss.get(url("change", people["northern"].pk)).status_code == 302


# --- Messages -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "of"), [("username", "username"), ("email", "email")]
)
def test_clash_names_who_is_seen_alone(desk, people, field, of):
    User.objects.filter(username="northern").update(first_name="Nora")
    User.objects.filter(username="southern").update(first_name="Sara")

    seen = errors_of(added(desk, **{field: getattr(people["northern"], of).upper()}))
    unseen = errors_of(added(desk, **{field: getattr(people["southern"], of).upper()}))
    assert "is already that of Nora" in seen
    assert "Somebody has this" in unseen and "Sara" not in unseen


def test_clash_of_cards_names_who_is_seen_alone(desk, people):
    cards = {name: person.reader.card_number for name, person in people.items()}

    seen = errors_of(added(desk, reader__0__card_number=cards["northern"]))
    unseen = errors_of(added(desk, reader__0__card_number=cards["southern"]))
    assert "is already that of northern" in seen
    assert "is somebody&#x27;s already" in unseen and "southern" not in unseen


# --- Small tables and the dashboard ------------------------------------------------


@pytest.fixture
def tables(north_desk):
    """May see and delete branches, categories and roles, of no limit."""
    wanted = ["view_branch", "delete_branch", "view_category", "view_group"]
    north_desk.user_permissions.set(Permission.objects.filter(codename__in=wanted))


def counts(client, table, name):
    rows = client.get(reverse(f"admin:{table}_changelist")).context["cl"].result_list
    return {str(row): getattr(row, name) for row in rows}


def test_small_tables_count_whom_one_sees(desk, tables, people):
    Reader.objects.update(category=Category.objects.create(name="Adult"))

    assert counts(desk, "readers_branch", "readers") == {"North": 1, "South": 0}
    assert counts(desk, "readers_category", "readers") == {"Adult": 2}


def test_roles_count_whom_one_sees(desk, tables, people, superior, south):
    move(make_staff("colleague", "Manager"), south)

    assert counts(desk, "auth_group", "members")["Manager"] == 1
    role = Group.objects.get(name="Manager")
    page = desk.get(reverse("admin:auth_group_change", args=[role.pk])).text
    assert "superior" in page and "colleague" not in page


@pytest.mark.parametrize(
    ("table", "lookup"),
    [
        ("readers_branch", "reader"),
        ("readers_branch", "reader__id__exact"),
        ("readers_branch", "role_limits"),
        ("auth_group", "user"),
        ("auth_group", "user__id__exact"),
        ("auth_group", "limit__branches"),
    ],
)
def test_small_tables_do_not_tell_whose_they_are(desk, tables, people, table, lookup):
    page = desk.get(
        reverse(f"admin:{table}_changelist"), {lookup: people["southern"].pk}
    )

    assert page.status_code == 400 or "e=1" in page["Location"]


def test_branch_in_use_names_no_reader(desk, tables, people, south):
    card = people["southern"].reader.card_number
    page = desk.get(reverse("admin:readers_branch_delete", args=[south.pk])).text

    assert "Readers whom you do not see" in page
    assert card not in page and "southern" not in page


def test_dashboard_counts_and_names_whom_one_sees(desk, people, superior):
    Reader.objects.update(expires_on=timezone.localdate())
    page = desk.get(reverse("admin:index"))
    dashboard = page.context["dashboard"]

    assert dashboard["figures"][0]["value"] == 3
    assert dashboard["figures"][3]["value"] == 3
    assert sum(count for _day, count in dashboard["months"]) == 3
    assert "northern" in page.text and "southern" not in page.text
