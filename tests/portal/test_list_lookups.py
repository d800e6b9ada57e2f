"""What lists that nobody edits may be asked for by their addresses: no more than they
offer, for a line tells more than its page shows to some."""

import pytest
from django.urls import reverse

from tests.portal.limited import change, history_page, staff_of

pytestmark = pytest.mark.django_db

REFUSED = {
    "changeset": [
        *("created_count", "changed_count__gte", "deleted_count__lt"),
        *("subject__startswith", "origin", "reviews__isnull", "counts__isnull"),
        *("is_sensitive", "kind__in", "no_such", "reverts__changed_count__gte"),
    ],
    "securityevent": ["details__file__startswith", "details__count__gte", "path"],
    "importjob": ["created_count__gte", "sha256__startswith", "owner__password"],
    "exportjob": ["total__gte", "filters__contains", "query__contains"],
    "revertjob": ["total__gte", "subject__contains", "reverts__changed_count__gte"],
    "letter": ["details__isnull", "person_id", "job__created_count__gte"],
}
RANGE = ("from_0", "from_1", "to_0", "to_1")
OFFERED = {
    "changeset": [
        *("actor", "kind", "object", "field", "sensitive", "review", "pk"),
        *(f"started_at_{end}" for end in RANGE),
    ],
    "securityevent": ["kind", "actor", "person", "address", "at_from_0", "at_to_1"],
    "importjob": ["state__exact", "created_at_from_0", "created_at_to_1"],
    "exportjob": ["state__exact", "created_at_from_0", "created_at_to_1"],
    "revertjob": ["status__exact"],
    "letter": ["state__exact", "kind", "created_at_from_0"],
}


def each(offers):
    return [(name, lookup) for name, lookups in offers.items() for lookup in lookups]


@pytest.mark.parametrize(("name", "lookup"), each(REFUSED))
def test_list_refuses_what_it_does_not_offer(client, root, name, lookup):
    client.force_login(root)
    asked = client.get(history_page(f"{name}_changelist", **{lookup: "1"}))

    assert asked.status_code == 400


@pytest.mark.parametrize(("name", "lookup"), each(OFFERED))
def test_list_answers_what_it_offers(client, root, name, lookup):
    client.force_login(root)
    asked = client.get(history_page(f"{name}_changelist", **{lookup: "1"}))

    assert asked.status_code == 200


@pytest.mark.parametrize("page", ["changelist", "export"])
def test_figures_of_the_whole_are_no_filter_for_limited_staff(
    client, north, nora, mike, page
):
    change("Cards for all", nora, mike, notes="Has a new card")
    client.force_login(staff_of(north, "Auditor"))
    keys = ["csv"] if page == "export" else []
    address = reverse(f"admin:portal_changeset_{page}", args=keys)

    assert client.get(address, {"changed_count__gte": "2"}).status_code == 400
    assert client.get(address, {"changed_count__gte": "3"}).status_code == 400
