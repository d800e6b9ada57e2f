"""Stored payloads: on no page does a text become a dialog, an element or a report."""

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from tests.portal.pages import first_of, named_addresses
from tests.security.payloads import CHOSEN, PROBE, RESULT
from tests.security.payloads.storing import holds_a_payload, store_all
from tests.security.sizes import size

# The browser keeps an event loop in its process, so this file comes last.
pytestmark = pytest.mark.e2e

DOMAIN = {"portal", "readers", "accounts", "auth"}
# Where no text of a person's comes to stand, and why.
MADE_BY_US = {
    "actor_name": "a username",
    "owner_name": "a username",
    "person_name": "a username",
    "subject_name": "a username",
    "base_url": "an address of ours",
    "path": "an address, quoted",
    "portal.Letter.kind": "a name of ours",
    "device": "words of ours for a browser",
    "process": "a machine and a number",
    "request_id": "letters, digits and hyphens alone",
    "sight": "keys and fields' names",
    "origin": "an address of ours, or a command",
    "details": "usernames and counts",
    "clashes": "usernames and numbers of rows",
    "remarks": "usernames and numbers of rows",
    "username": "letters, digits and @.+-_ alone",
    "email": "an address, which is checked",
    "password": "a hash",
    "phone": "a number, which is checked",
    "card_number": "letters and digits alone",
    "version": "a digest",
    "digest": "a digest",
    "content": "a digest",
    "sha256": "a digest",
    "likeness": "letters alone",
    "format": "a choice",
    "target": "a choice",
    "model": "a model's name",
    "field": "a field's name",
    "fields": "fields' names",
    "auth.Permission.name": "of the code",
    "accounts.HistoricalGroup.relations": "permissions' names",
    "codename": "of the code",
    "reading": "choices",
}
LOOK = f"""() => ({{
    elements: document.querySelectorAll("[{PROBE}]").length,
    sums: document.documentElement.outerHTML.split("{RESULT}").length - 1,
    reports: window.reports,
}})"""
LISTEN = """
window.reports = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.reports.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
CLEAN = {"elements": 0, "sums": 0, "reports": []}


@pytest.fixture
def stored(client, root):
    client.force_login(root)
    store_all(client, root)


@pytest.mark.django_db
def test_every_field_that_keeps_a_text_holds_a_payload(stored):
    empty = [
        str(field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if keeps_text(model, field) and not holds_a_payload(model, field.name)
    ]

    assert empty == []


def keeps_text(model, field):
    kinds = (models.CharField, models.TextField, models.JSONField)
    return (
        model._meta.app_label in DOMAIN
        and isinstance(field, kinds)
        and not field.choices
        and MADE_BY_US.keys().isdisjoint({field.name, str(field)})
        and (field.name != "relations" or model.tracked_relations)
    )


@pytest.fixture
def watched(page, client, live_server, stored):
    """The browser as root, and all that happens in it which must not."""
    wrong = []
    page.context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": live_server.url}
            for name, morsel in client.cookies.items()
        ]
    )
    page.add_init_script(LISTEN)
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return page, wrong


def addresses(page, root):
    """Each page once; of the objects, as many as there are payloads to look at.

    Asked by the browser: beside its event loop, no view may have one of its own.
    """
    found = {}
    for number in range(size("payloads on pages of their own")):
        found |= dict.fromkeys(url for _name, url in named_addresses(nth(number)))
    out = reverse("admin:logout")
    every = max(1, len(found) // size("pages with payloads"))
    chosen = [url for url in sorted(found) if url != out][::every]
    return [url for url in chosen if is_page(page.request.get(root + url))]


def is_page(answer):
    """Not a file, nor a refusal without a body."""
    is_html = answer.headers.get("content-type", "").startswith("text/html")
    is_file = "content-disposition" in answer.headers
    return is_html and not is_file and bool(answer.body())


def nth(number):
    """Chooses the object that has the payload of this number, where there is one."""

    def choose(model):
        objects = model._base_manager.order_by("-pk")
        return objects[number : number + 1].first() or first_of(model)

    return choose


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
def test_no_page_makes_anything_of_a_payload(watched, live_server, figure):
    page, wrong = watched
    shown, opened = 0, addresses(page, live_server.url)
    for url in opened:
        page.goto(live_server.url + url)
        shown += PROBE in page.content()
        assert (url, page.evaluate(LOOK), wrong) == (url, CLEAN, [])
    figure("payloads", len(CHOSEN))
    figure("pages opened in Chromium", len(opened))
    figure("of them with a payload", shown)
    figure("dialogs, reports and elements", 0)
    assert shown
