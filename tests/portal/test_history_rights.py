"""Each page of history needs its own rights: whoever lacks one of them is refused.

A page about history without a line in the table fails here.
"""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from portal.history.snapshot import is_tracked
from portal.models import ChangeSet
from tests.portal.pages import MODELS, address_of, all_patterns, label

pytestmark = pytest.mark.django_db

SEE = ["portal.view_changeset", "portal.view_history"]
NEEDED = {
    "portal_changeset_changelist": SEE,
    "portal_changeset_change": SEE,
    "portal_changeset_history": SEE,
    "portal_changeset_objects": SEE,
    "portal_changeset_export": [*SEE, "portal.export_history"],
    "portal_changeset_review": [*SEE, "portal.review_history"],
    "portal_proof": SEE,
    "portal_proof_head": [*SEE, "portal.export_history"],
    "portal_review": [*SEE, "portal.review_history"],
    "portal_revert_actor": [*SEE, "portal.revert_history"],
    "portal_changeset_revert": [*SEE, "portal.revert_history"],
    "portal_deleted": SEE,
    "portal_restore": [*SEE, "portal.restore_history"],
}
OBJECTS = {
    label(model).replace(".", "_"): model for model in MODELS if is_tracked(model)
}
for prefix, model in OBJECTS.items():
    rights = {
        verb: f"{model._meta.app_label}.{verb}_{model._meta.model_name}"
        for verb in ("view", "change")
    }
    NEEDED[f"{prefix}_history"] = ["portal.view_history", tuple(rights.values())]
    for page in ("compare", "as_of"):
        NEEDED[f"{prefix}_{page}"] = NEEDED[f"{prefix}_history"]
    for page in ("revert", "revert_field", "back"):
        NEEDED[f"{prefix}_{page}"] = [
            "portal.view_history",
            "portal.revert_history",
            rights["change"],
        ]

ENDINGS = (
    *("_history", "_compare", "_as_of"),
    *("_revert", "_revert_actor", "_revert_field", "_back"),
    *("_deleted", "_restore", "_review", "_proof", "_head"),
)
# A right to change is a right to view: those in brackets must be lacking together.
LACKING = [
    (name, (lacking,) if isinstance(lacking, str) else lacking)
    for name, needed in NEEDED.items()
    for lacking in needed
]


@pytest.fixture
def holder(client, rows):
    """Staff with every right, who is no superuser."""
    user = User.objects.create_user("holder", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    client.force_login(user)
    return user


def without(holder, rights):
    for right in rights:
        app, codename = right.split(".")
        held = holder.user_permissions
        held.remove(held.get(content_type__app_label=app, codename=codename))


def test_each_page_of_history_has_a_line():
    names = {str(pattern.name) for _before, pattern in all_patterns()}
    others = {"portal_changeset_add", "portal_changeset_delete"}
    others |= {f"portal_{kind}job_history" for kind in ("export", "import", "revert")}
    others |= {"portal_securityevent_history", "portal_letter_history"}
    about = {
        name
        for name in names
        if name.endswith(ENDINGS) or name.startswith("portal_changeset_")
    }

    assert about - others == set(NEEDED)


@pytest.mark.parametrize("name", NEEDED)
def test_page_opens_with_every_right(client, holder, name):
    assert client.get(address_of(name)).status_code in (200, 302)


@pytest.mark.parametrize(("name", "lacking"), LACKING, ids=str)
@pytest.mark.parametrize("method", ["get", "post"])
def test_page_is_refused_without_its_right(client, holder, name, lacking, method):
    address = address_of(name)
    without(holder, lacking)
    before = ChangeSet.objects.count()
    sent = {"change_reason": "Why not", "digest": "x", "seen": "1", "undo": "1"}
    response = getattr(client, method)(address, sent)

    # Whom one may not see is like nobody: not found, or back to the first page.
    is_away = response.get("Location") == reverse("admin:index")
    assert response.status_code in (403, 404) or is_away
    assert ChangeSet.objects.count() == before


@pytest.mark.parametrize("verb", ["add", "delete"])
def test_nobody_adds_or_deletes_change_sets(client, holder, verb):
    address = address_of(f"portal_changeset_{verb}")

    assert client.post(address, {"post": "yes"}).status_code == 403
    assert ChangeSet.objects.exists()
