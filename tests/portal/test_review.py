"""The queue of sensitive change sets: looked at, marked reviewed, flagged, recorded."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.history import guard
from portal.history import seal as sealing
from portal.history.acts import change_set
from portal.history.verify import verify
from portal.models import ChangeSet, Review
from portal.theme import waiting_badge
from tests.conftest import make_staff
from tests.import_steps import text_of
from tests.portal.pages import all_rows

pytestmark = pytest.mark.django_db

QUEUE = reverse("admin:portal_review")
RIGHTS = ["review_history", "view_history", "view_changeset"]


@pytest.fixture(autouse=True)
def cast(auditor, manager, reader_user):
    """Making the staff was sensitive; here it has been reviewed."""
    make_staff("clerk")
    settle()


@pytest.fixture
def waiting(manager):
    """One sensitive change set, by the manager."""
    return sensitive(manager)


def settle():
    act = ChangeSet.objects.create(kind="action")
    for made in ChangeSet.objects.waiting().filter(actor_id=None):
        Review.objects.create(change_set=made, verdict="reviewed", by=act)


def sensitive(actor, person=None, **options):
    """An act of `actor` that waits for a review: somebody's e-mail changed."""
    person = person or User.objects.get(username="anna.berg")
    person.email = f"anna-{ChangeSet.objects.count()}@example.org"
    with change_set(actor=actor, kind="form", subject=f"Person {person}", **options):
        person.save()
    return ChangeSet.objects.first()


def key(made):
    newest = made.reviews.last()
    return f"{made.pk}:{newest.pk if newest else ''}"


def post(client, chosen, verdict="reviewed", comment="", follow=True):
    keys = [each if isinstance(each, str) else key(each) for each in chosen]
    sent = {"chosen": keys, "verdict": verdict, "change_reason": comment}
    return client.post(QUEUE, sent, follow=follow)


def page_of(made, name="change"):
    return reverse(f"admin:portal_changeset_{name}", args=[made.pk])


def said(response):
    return " ".join(str(each) for each in response.context["messages"])


def state(made):
    """Which of the three lists it stands in, all of those."""
    found = ChangeSet.objects.filter(pk=made.pk)
    lists = ("waiting", "flagged", "reviewed", "open")
    return {name for name in lists if getattr(found, name)().exists()}


# --- Refusals ---------------------------------------------------------------------


def holder_of(*codenames):
    user = make_staff("holder")
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    settle()
    return user


@pytest.mark.parametrize("missing", RIGHTS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_review_needs_each_of_its_rights(client, waiting, missing, method):
    client.force_login(holder_of(*(name for name in RIGHTS if name != missing)))
    sent = {"chosen": key(waiting), "verdict": "reviewed", "change_reason": "x"}

    for url in (QUEUE, page_of(waiting, "review")):
        assert getattr(client, method)(url, sent).status_code == 403
    assert state(waiting) == {"waiting", "open"}


@pytest.mark.parametrize("who", ["clerk", "front_desk", "importer"])
def test_review_is_closed_to_other_roles(client, request, waiting, who):
    user = User.objects.filter(username=who).first() or request.getfixturevalue(who)
    client.force_login(user)

    assert client.get(QUEUE).status_code == 403
    assert post(client, [waiting]).status_code == 403
    assert QUEUE not in client.get(reverse("admin:index")).content.decode()


def test_right_to_review_is_enough_with_those_to_look(client, waiting):
    client.force_login(holder_of(*RIGHTS))
    post(client, [waiting])

    assert state(waiting) == {"reviewed"}


def test_change_set_page_offers_no_verdict_without_the_right(client, waiting):
    client.force_login(holder_of("view_history", "view_changeset"))
    page = client.get(page_of(waiting)).content.decode()

    assert 'name="verdict"' not in page and "E-mail of 1 person" in page


def test_review_needs_a_token(waiting, auditor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(auditor)
    sent = {"chosen": key(waiting), "verdict": "reviewed"}

    for url in (QUEUE, page_of(waiting, "review")):
        assert strict.post(url, sent).status_code == 403
    assert state(waiting) == {"waiting", "open"}


def test_looking_changes_nothing(client, waiting, auditor):
    client.force_login(auditor)
    before = all_rows()
    sent = {"chosen": key(waiting), "verdict": "reviewed"}
    for url in (QUEUE, page_of(waiting), page_of(waiting, "review")):
        client.get(url, sent)

    assert all_rows() == before


@pytest.mark.parametrize("verdict", ["", "approved", "\0", None])
def test_no_other_verdict_is_taken(client, waiting, auditor, verdict):
    client.force_login(auditor)
    sent = {"chosen": key(waiting), "change_reason": "x"}
    sent |= {"verdict": verdict} if verdict is not None else {}

    assert client.post(QUEUE, sent).status_code == 400
    assert state(waiting) == {"waiting", "open"}


@pytest.mark.parametrize(
    "forged", ["", "abc", "0:", "-1:", "9" * 30 + ":", "١:", ":", "1:x", "\0"]
)
def test_forged_keys_choose_nothing(client, waiting, auditor, forged):
    client.force_login(auditor)
    before = ChangeSet.objects.count()

    assert post(client, [forged]).status_code == 200
    assert ChangeSet.objects.count() == before


def test_unknown_change_set_is_left_out_of_the_others(client, waiting, auditor):
    client.force_login(auditor)
    post(client, [f"{waiting.pk + 500}:", waiting])

    assert ChangeSet.objects.first().subject == f"Reviewed change set {waiting.pk}"


@pytest.mark.parametrize("key", ["0", "abc", "9" * 25, "_00"])
def test_verdict_on_what_is_not_there_is_not_found(client, auditor, key):
    client.force_login(auditor)
    url = reverse("admin:portal_changeset_review", args=[key])

    assert client.post(url, {"verdict": "reviewed"}).status_code == 404


def test_page_of_one_takes_no_verdict_on_another(client, waiting, auditor, manager):
    other = sensitive(manager)
    client.force_login(auditor)
    sent = {"chosen": key(other), "verdict": "reviewed"}
    client.post(page_of(waiting, "review"), sent)

    assert state(other) == state(waiting) == {"waiting", "open"}


def test_nothing_chosen_is_said(client, waiting, auditor):
    client.force_login(auditor)

    assert "Nothing was selected" in said(post(client, []))


@pytest.mark.parametrize("comment", ["", "   ", "\0", "\n\t"])
def test_flag_needs_a_comment_and_keeps_what_was_chosen(
    client, waiting, auditor, comment
):
    client.force_login(auditor)
    response = post(client, [waiting], "flagged", comment)

    assert "a flag needs a comment" in said(response)
    assert [item["is_chosen"] for item in response.context["items"]] == [True]
    assert state(waiting) == {"waiting", "open"}


@pytest.mark.parametrize("who", ["manager", "root"])
def test_nobody_reviews_their_own_change_set(client, request, who, auditor):
    user = request.getfixturevalue(who)
    own, other = sensitive(user), sensitive(auditor)
    client.force_login(user)
    response = post(client, [own, other])

    assert f"somebody else must: change set {own.pk}" in said(response)
    assert state(own) == {"waiting", "open"}
    assert state(other) == {"reviewed"}, "the rest is done"


def test_own_change_set_has_no_button_to_mark_it(client, waiting, manager):
    client.force_login(manager)
    page = client.get(page_of(waiting)).content.decode()

    assert "somebody else must review it" in page
    assert 'value="reviewed"' not in page and 'value="flagged"' in page


def test_own_flagged_change_set_is_not_settled_by_oneself(
    client, waiting, auditor, manager
):
    client.force_login(auditor)
    post(client, [waiting], "flagged", "Whose address is that?")
    client.force_login(manager)
    post(client, [waiting])

    assert state(waiting) == {"flagged", "open"}


def test_ordinary_change_set_needs_no_review(client, branch, auditor):
    client.force_login(auditor)
    made = ChangeSet.objects.first()

    assert "needs no review" in said(post(client, [made]))
    assert state(made) == set()


def test_reviewed_once_is_enough(client, waiting, auditor):
    client.force_login(auditor)
    post(client, [waiting])

    assert "needs no review" in said(post(client, [waiting]))
    assert waiting.reviews.count() == 1


@pytest.mark.parametrize("verdict", ["reviewed", "flagged"])
def test_verdict_on_what_got_one_meanwhile_is_refused(
    client, waiting, auditor, verdict
):
    """Whoever did not see the flag must not settle it."""
    client.force_login(auditor)
    shown = key(waiting)
    post(client, [waiting], "flagged", "Not hers")
    response = post(client, [shown], verdict, "All is well")

    assert "meanwhile" in said(response)
    assert "All is well" in response.content.decode(), "nothing typed is lost"
    assert state(waiting) == {"flagged", "open"}
    assert waiting.reviews.count() == 1


def test_meanwhile_on_the_page_keeps_the_comment(client, waiting, auditor):
    client.force_login(auditor)
    sent = {"chosen": key(waiting), "verdict": "flagged", "change_reason": "Odd one"}
    post(client, [waiting], "flagged", "Not hers")
    response = client.post(page_of(waiting, "review"), sent)

    assert response.status_code == 200
    assert 'value="Odd one"' in response.content.decode()
    assert "Not hers" in response.content.decode()


# --- What comes of it -------------------------------------------------------------


def test_review_is_a_change_set_of_its_own(client, waiting, auditor):
    client.force_login(auditor)
    response = post(client, [waiting], comment=" Asked  her ")
    act = ChangeSet.objects.first()

    assert (act.kind, act.actor_id, act.actor_name) == ("action", auditor.pk, "auditor")
    assert (act.subject, act.reason) == (
        f"Reviewed change set {waiting.pk}",
        "Asked her",
    )
    assert (act.origin, act.is_sensitive) == (QUEUE, False)
    assert [(r.verdict, r.by) for r in waiting.reviews.all()] == [("reviewed", act)]
    assert "1 change set is marked reviewed" in said(response)


def test_many_are_reviewed_in_one_act(client, auditor, manager):
    chosen = [sensitive(manager) for _ in range(3)]
    client.force_login(auditor)
    before = ChangeSet.objects.count()
    post(client, chosen, comment="The new mail host")

    act = ChangeSet.objects.first()
    assert ChangeSet.objects.count() == before + 1
    assert act.subject == "Reviewed 3 change sets"
    assert list(act.verdicts.values_list("change_set", flat=True)) == [
        made.pk for made in chosen
    ]
    assert not ChangeSet.objects.open().exists()


def test_flag_is_recorded_with_its_comment(client, waiting, auditor):
    client.force_login(auditor)
    post(client, [waiting], "flagged", "Not her address")

    act = ChangeSet.objects.first()
    assert act.subject == f"Flagged change set {waiting.pk}"
    assert act.reason == waiting.reviews.get().comment == "Not her address"
    assert state(waiting) == {"flagged", "open"}


def test_latest_verdict_counts(client, waiting, auditor):
    client.force_login(auditor)
    post(client, [waiting], "flagged", "Not her address")
    post(client, [waiting], "reviewed", "It is, she wrote")
    assert state(waiting) == {"reviewed"}

    post(client, [waiting], "flagged", "Another wrote that")
    assert state(waiting) == {"flagged", "open"}
    assert [each.verdict for each in waiting.reviews.all()] == [
        "flagged",
        "reviewed",
        "flagged",
    ]


def test_own_and_ordinary_change_sets_may_be_flagged(client, waiting, manager, branch):
    ordinary = ChangeSet.objects.first()
    client.force_login(manager)
    post(client, [waiting, ordinary], "flagged", "I was tired")

    assert state(waiting) == state(ordinary) == {"flagged", "open"}


def test_flagged_ordinary_change_set_is_settled_by_a_review(client, auditor, branch):
    made = ChangeSet.objects.first()
    client.force_login(auditor)
    post(client, [made], "flagged", "Twice the same name")
    post(client, [made])

    assert state(made) == {"reviewed"}


def test_change_of_the_system_is_reviewed_by_anybody(client, auditor):
    made = sensitive(None)
    client.force_login(auditor)
    post(client, [made])

    assert state(made) == {"reviewed"}


def test_verdict_on_the_page_of_a_change_set(client, waiting, auditor, manager):
    after = sensitive(manager)
    client.force_login(auditor)
    assert f'value="{key(waiting)}"' in client.get(page_of(waiting)).content.decode()
    sent = {"chosen": key(waiting), "verdict": "reviewed", "change_reason": "Fine"}
    response = client.post(page_of(waiting, "review"), sent, follow=True)

    page = text_of(response)
    assert response.redirect_chain == [(page_of(waiting), 302)]
    assert "auditor reviewed it" in page and "Fine" in page
    assert response.context["next_waiting"] == after


def test_next_waiting_goes_round_and_leaves_out_own(client, auditor, manager):
    first, own, last = sensitive(manager), sensitive(auditor), sensitive(manager)
    client.force_login(auditor)

    def after(made):
        return client.get(page_of(made)).context["next_waiting"]

    assert (after(first), after(last), after(own)) == (last, first, last)


def test_page_of_a_review_names_what_it_reviewed_and_offers_no_revert(
    client, waiting, auditor, manager
):
    client.force_login(auditor)
    post(client, [waiting], comment="Asked her")
    act = ChangeSet.objects.first()
    client.force_login(manager)
    page = client.get(page_of(act)).content.decode()

    assert page_of(waiting) in page
    assert page_of(act, "revert") not in page


# --- The queue --------------------------------------------------------------------


def listed(client, **query):
    return [item["change_set"] for item in client.get(QUEUE, query).context["items"]]


def test_queue_has_the_oldest_first_and_filters(client, auditor, manager):
    one, two, three = (sensitive(manager) for _ in range(3))
    client.force_login(auditor)
    post(client, [one], "flagged", "Odd")
    post(client, [two])

    assert listed(client) == [one, three]
    assert listed(client, show="waiting") == [three]
    assert listed(client, show="flagged") == [one]
    assert listed(client, show="reviewed")[0] == two
    assert listed(client, show="nonsense") == [one, three]


def test_reviewed_lately_has_the_last_verdict_first_and_each_once(
    client, auditor, manager
):
    one, two = sensitive(manager), sensitive(manager)
    client.force_login(auditor)
    post(client, [one], "flagged", "Odd")
    post(client, [two])
    post(client, [one])

    assert listed(client, show="reviewed")[:2] == [one, two]


def test_queue_tells_who_what_why_and_how_long(client, auditor, manager):
    long_ago = timezone.now() - timedelta(days=3)
    sensitive(manager, reason="She <b>moved</b>", at=long_ago)
    client.force_login(auditor)
    page = text_of(client.get(QUEUE)).replace("\xa0", " ")

    assert "manager" in page and "Changed E-mail of Person Anna Berg" in page
    assert "E-mail of 1 person" in page and "waits for 3 days" in page
    assert "&lt;b&gt;moved&lt;/b&gt;" in page


def test_queue_shows_old_and_new_values_of_small_ones(client, auditor, manager):
    made = sensitive(manager)
    with change_set(actor=manager):
        User.objects.update(email="")
    client.force_login(auditor)
    shown = client.get(QUEUE).context["items"]

    assert shown[0]["change_set"] == made
    [[small], big] = [item["changes"] for item in shown]
    assert small.changes[0].old == "anna@example.org"
    assert small.changes[0].new == User.history.get(change_set=made).email
    assert big == []


def test_queue_shows_values_only_of_what_one_may_view(client, waiting):
    client.force_login(holder_of(*RIGHTS))
    response = client.get(QUEUE)

    assert [item["changes"] for item in response.context["items"]] == [[]]
    assert "@example.org" not in response.content.decode().split('id="main"')[1]


@pytest.mark.parametrize("show", ["", "waiting", "flagged"])
def test_empty_queue_is_pleasant(client, auditor, show):
    client.force_login(auditor)
    page = client.get(QUEUE, {"show": show}).content.decode()

    assert "rr-empty" in page and 'name="verdict"' not in page


def test_queue_has_pages_and_keeps_its_place(client, auditor, manager):
    chosen = [sensitive(manager) for _ in range(30)]
    client.force_login(auditor)
    url = f"{QUEUE}?show=waiting&p=2"
    assert listed(client, show="waiting", p=2) == chosen[25:]

    sent = {"chosen": key(chosen[29]), "verdict": "reviewed"}
    assert client.post(url, sent)["Location"] == url


def test_cost_of_the_pages_does_not_grow(client, auditor, manager):
    client.force_login(auditor)

    def costs():
        found = []
        for url in (QUEUE, page_of(ChangeSet.objects.waiting().first())):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            found.append(len(queries))
        return found

    for _ in range(2):
        sensitive(manager)
    post(client, [sensitive(manager)], "flagged", "Odd")
    of_few = costs()
    more = [sensitive(manager) for _ in range(18)]
    post(client, more[:9], "flagged", "Odd")

    assert costs() == of_few


def test_sidebar_counts_what_waits_for_who_may_review(client, auditor, manager):
    sensitive(manager)
    sensitive(manager)
    client.force_login(auditor)
    page = client.get(reverse("admin:portal_changeset_changelist"))
    items = [i for group in page.context["sidebar_navigation"] for i in group["items"]]
    [item] = [item for item in items if item["link"] == QUEUE]

    assert str(item["badge_callback"]) == "2"


def test_sidebar_counts_no_further_than_it_tells(rf, auditor):
    ChangeSet.objects.bulk_create(ChangeSet(is_sensitive=True) for _ in range(100))
    request = rf.get("/")
    request.user = auditor

    assert waiting_badge(request) == "99+"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("open", {0, 1}), ("flagged", {1}), ("reviewed", {2}), ("nonsense", {0, 1, 2})],
)
def test_history_is_filtered_by_review(client, auditor, manager, value, expected):
    made = [sensitive(manager) for _ in range(3)]
    client.force_login(auditor)
    post(client, [made[1]], "flagged", "Odd")
    post(client, [made[2]])
    query = {"review": value, "field": "accounts.user.email"}
    page = client.get(reverse("admin:portal_changeset_changelist"), query)

    assert set(page.context["cl"].result_list) == {made[n] for n in expected}


# --- Kept and sealed --------------------------------------------------------------


@pytest.fixture
def reviewed(client, waiting, auditor):
    client.force_login(auditor)
    post(client, [waiting], comment="Asked her")
    sealing.seal_all()
    return waiting


@pytest.fixture
def behind(reviewed):
    guard.remove(connection)
    yield
    guard.install(connection)


def test_reviews_are_append_only(reviewed):
    with pytest.raises(IntegrityError, match="refuses"), transaction.atomic():
        Review.objects.update(verdict="flagged")
    with pytest.raises(IntegrityError, match="refuses"), transaction.atomic():
        reviewed.reviews.all().delete()


def test_database_takes_one_first_review_and_one_after_each(reviewed):
    first = reviewed.reviews.get()
    second = {"change_set": reviewed, "verdict": "flagged", "by": first.by}
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(**second)
    Review.objects.create(**second, follows=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(**second, follows=first)


def names_the_act(act):
    return [
        (finding.problem, finding.keys)
        for finding in verify()
        if finding.about == "portal.ChangeSet"
    ] == [("was changed after it was sealed", [act.pk])]


@pytest.mark.parametrize("how", ["edited", "moved", "removed", "added"])
def test_review_tampered_with_is_named_by_its_act(reviewed, behind, branch, how):
    [kept] = reviewed.reviews.all()
    if how == "edited":
        Review.objects.filter(pk=kept.pk).update(verdict="flagged")
    elif how == "moved":
        Review.objects.filter(pk=kept.pk).update(
            change_set=branch.history.get().change_set
        )
    elif how == "removed":
        kept.delete()
    else:
        Review.objects.create(
            change_set=reviewed, verdict="flagged", by=kept.by, follows=kept
        )

    assert names_the_act(kept.by)


def test_history_with_reviews_holds(client, reviewed, auditor):
    post(client, [reviewed], "flagged", "After all")
    sealing.seal_all()

    assert verify() == []
