"""Each registered page opens, whatever the address asks."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from tests.portal.pages import MODELS, all_rows, every_address, label, page

pytestmark = pytest.mark.django_db
each_model = pytest.mark.parametrize("model", MODELS, ids=label)

TERMS = ["a", "%", "_", "'", '"', "\\", "\0", "a\0b", "x" * 300, "Ä ä", "😀", "a " * 50]
ODD_VALUES = ["", "abc", "-1", "9" * 25, "\0", "'", "2026-99-99", "True", "é" * 300]
ODD_QUERIES = [
    "p=abc",
    "p=0",
    "p=99",
    "p=" + "9" * 25,
    "o=99",
    "o=abc",
    "o=1.1.-1",
    "o=%00",
    "id=%00",
    "e=1",
    "unknown=1",
    "unknown=1&e=1",
    "_popup=1",
    "_to_field=password",
    "_facets=1",
    "all=",
    "pk__in=1,a",
    "id__isnull=maybe",
    "q=a&q=b",
    "reader-page=abc",
]
ODD_KEYS = ["abc", "0", "-1", "9" * 25, "_00", "_5F", "a/b", "é", "1 OR 1=1"]


@pytest.fixture(autouse=True)
def signed_in(client, root):
    client.force_login(root)


def opens(client, url, data=None):
    """The page, which must open at once or after going back to the plain list."""
    response = client.get(url, data, follow=True)
    assert response.status_code in (200, 400), (url, data, response.status_code)
    return response


# --- Lists -----------------------------------------------------------------------


@each_model
def test_list_opens_and_searches_for_anything(client, rows, model):
    assert client.get(page(model, "changelist")).status_code == 200
    for term in TERMS if admin.site._registry[model].search_fields else ():
        found = client.get(page(model, "changelist"), {"q": term})
        assert found.status_code == (400 if "\0" in term else 200), term


@each_model
def test_list_sorts_by_each_column_both_ways(client, rows, model):
    shown = client.get(page(model, "changelist")).context["cl"]
    columns = [
        number
        for number, name in enumerate(shown.list_display)
        if shown.get_ordering_field(name)
    ]

    assert columns
    for number in columns:
        there, back = (
            client.get(page(model, "changelist"), {"o": f"{sign}{number}"})
            for sign in ("", "-")
        )
        assert (there.status_code, back.status_code) == (200, 200)
        assert len(there.context["cl"].result_list) == shown.result_count


@each_model
def test_list_filters_by_each_choice(client, rows, model):
    shown = client.get(page(model, "changelist")).context["cl"]
    for spec in shown.filter_specs:
        for parameter in spec.expected_parameters():
            for value in choices_of(spec, parameter):
                response = client.get(page(model, "changelist"), {parameter: value})
                assert response.status_code == 200, (parameter, value)


def choices_of(spec, parameter):
    """What a filter offers; a range or a yes-or-no says so only in its form."""
    if "_from" in parameter or "_to" in parameter:
        return ["2026-01-15"]
    field = getattr(spec, "field", None)
    choices = getattr(spec, "lookup_choices", None) or getattr(field, "flatchoices", ())
    return [value for value, _title in choices] or ["1", "0"]


@each_model
def test_list_bears_odd_values_of_its_filters(client, rows, model):
    shown = client.get(page(model, "changelist")).context["cl"]
    parameters = {p for spec in shown.filter_specs for p in spec.expected_parameters()}
    for value in ODD_VALUES:
        opens(client, page(model, "changelist"), dict.fromkeys(parameters, value))
    for parameter in parameters:
        opens(client, page(model, "changelist"), {parameter: "abc"})


@each_model
def test_list_bears_odd_queries(client, rows, model):
    for query in ODD_QUERIES if model is User else ODD_QUERIES[::3]:
        opens(client, f"{page(model, 'changelist')}?{query}")


@each_model
def test_pages_of_an_object_bear_odd_queries(client, rows, model):
    obj = model._base_manager.first()
    pages = [page(model, name, obj.pk) for name in ("change", "history", "delete")]
    for url in [page(model, "add"), *pages]:
        for query in ("p=abc&_popup=1&reader-page=0", "_changelist_filters=%3D&id=x"):
            assert client.get(f"{url}?{query}").status_code in (200, 403), url


# --- Objects ---------------------------------------------------------------------


@each_model
def test_add_change_delete_and_history_pages_open(client, rows, model):
    obj = model._base_manager.first()
    may = admin.site._registry[model].has_add_permission
    request = client.get(reverse("admin:index")).wsgi_request
    expected = 200 if may(request) else 403

    assert client.get(page(model, "add")).status_code == expected
    assert client.get(page(model, "change", obj.pk)).status_code == 200
    assert client.get(page(model, "history", obj.pk)).status_code == 200
    assert client.get(page(model, "delete", obj.pk)).status_code in (200, 403)


@each_model
def test_odd_keys_find_nothing_and_crash_nothing(client, rows, model):
    for key in ODD_KEYS:
        for name in ("change", "history", "delete"):
            # Away from where nothing is, or refused before anything was looked for.
            response = client.get(page(model, name, key))
            assert response.status_code in (302, 400, 403, 404), key


@pytest.mark.parametrize("action", ["deactivate", "delete_selected", "no_such", ""])
def test_action_on_odd_keys_changes_and_crashes_nothing(client, rows, action):
    before = all_rows()
    for key in ["abc", "9" * 25, "\0", "", "-1", "1,2"]:
        sent = {"action": action, "_selected_action": key, "confirm": 1, "post": "yes"}
        response = client.post(page(User, "changelist"), sent)
        assert response.status_code in (200, 302), key

    assert all_rows() == before


# --- All addresses ---------------------------------------------------------------


# Behind these stands nothing but the sign-in and what belongs to it.
OPEN_TO_ALL = (
    "/account/2fa/authenticate/",
    "/account/2fa/webauthn/login/",
    "/account/inactive/",
    "/account/login/",
    "/account/logout/",
    "/account/password/reset/",
    "/account/sso/cancelled/",
    "/account/sso/error/",
    "/admin/login/",
    "/admin/logout/",
    "/health/",
    "/invitation/",
)
# The portal has no such page, for anybody, or has it only with a single sign-on.
NOT_THERE = ("/account/closed/", "/account/sso/")
# One's own account, which every member of staff keeps for themselves.
OPEN_TO_STAFF = {
    "/",
    "/admin/",
    "/admin/search/",
    # What one may do oneself; of the roles it shows nothing without their right.
    "/admin/auth/group/overview/",
    "/admin/jsi18n/",
    "/admin/password_change/",
    "/admin/password_change/done/",
}
OWN_ACCOUNT = "/account/"


SIGN_IN = (reverse("admin:login"), reverse("account_login"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_each_address_sends_strangers_to_the_sign_in(client, rows, method):
    client.logout()
    for url in sorted(set(every_address()) - {"/"}):
        response = getattr(client, method)(url)
        if url.startswith(OPEN_TO_ALL):
            assert "_auth_user_id" not in client.session, url
        elif url.startswith(NOT_THERE):
            assert response.status_code == 404, url
        elif url == reverse("account"):
            assert response["Location"] == reverse("mfa_index")
        else:
            assert response.status_code == 302, url
            assert response["Location"].startswith(SIGN_IN), url


@pytest.mark.parametrize("method", ["get", "post"])
def test_each_address_is_closed_to_staff_without_a_right(
    client, rows, bystander, method
):
    client.force_login(bystander)
    for url in sorted(set(every_address()) - OPEN_TO_STAFF):
        if not url.startswith((*OPEN_TO_ALL, OWN_ACCOUNT)):
            response = getattr(client, method)(url, follow=True)
            assert response.status_code in (403, 404, 405), url
