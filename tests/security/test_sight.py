"""Sight: nobody reads of people of other branches, or what is hidden, on any page.

Somebody gets a mark wherever the portal keeps a text about people: in names, notes,
reasons, comments, file names, letters, events, past versions.
"""

import pytest
from django.contrib.auth.models import Permission

from tests.accounts.limited import limited_staff
from tests.conftest import make_staff
from tests.portal.pages import MODELS, label, page
from tests.security.sight.pages import addresses, lists, shown
from tests.security.sight.person import BORN, MARK, NEAR, NOTE, PHONE, marked_person
from tests.security.sizes import size

pytestmark = pytest.mark.django_db

# The first sees the most of them.
ROLES = ("Manager", "Auditor", "Importer", "Front desk")[: size("roles that look")]
HIDDEN = {"notes": {NOTE}, "birth date": set(BORN), "phone": set(PHONE)}


@pytest.fixture
def far(root, settings):
    return marked_person(root, settings)


def told(client, far, texts):
    """Page, list or search → which of these texts it shows, if any."""
    asked = [*((address, "") for address in addresses(far)), *lists()]
    found = {each: shown(client, texts, *each) for each in asked}
    return {each: texts for each, texts in found.items() if texts}


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_anything_of_another_branch(client, far, role, figure):
    client.force_login(limited_staff("limited", role, "NORTH"))

    found = told(client, far, [MARK, NOTE, NEAR])

    assert set().union(*found.values()) == {NEAR}
    assert len(found) > 3
    figure(f"pages asked by {role} of another branch", len(addresses(far)))


def test_no_page_shows_what_is_hidden(client, far):
    """To who has every right but those to personal fields."""
    staff = make_staff("curious")
    personal = ("view_birth_date", "view_phone", "view_notes")
    staff.user_permissions.set(Permission.objects.exclude(codename__in=personal))
    client.force_login(staff)

    assert told(client, far, set().union(*HIDDEN.values())) == {}


def test_who_sees_everybody_finds_it_on_many_pages(client, far, root):
    """Else the others would look for what is nowhere."""
    client.force_login(root)
    pages = told(client, far, [MARK, *set().union(*HIDDEN.values())])
    marked = {address for (address, _query), texts in pages.items() if MARK in texts}
    models = {label(model) for model in MODELS if page(model, "changelist") in marked}
    read = set().union(*pages.values())

    assert len(marked) > 40
    assert models >= {
        "accounts.user",
        "portal.changeset",
        "portal.importjob",
        "portal.letter",
        "portal.securityevent",
    }
    assert all(texts & read for texts in HIDDEN.values())
