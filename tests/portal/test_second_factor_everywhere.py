"""Whoever needs a second factor, and has shown none, opens nothing of the portal."""

import pytest
from django.urls import is_valid_path, reverse

from tests.portal.pages import every_address

pytestmark = [pytest.mark.django_db, pytest.mark.bare_sign_in]

# They lead to the factor, or out.
OPEN = {
    reverse(name)
    for name in (
        *("admin:logout", "account_logout", "account_reauthenticate"),
        *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn"),
    )
}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["root", "auditor"])
def test_every_address_leads_to_enrolment(request, client, rows, who, method):
    client.force_login(request.getfixturevalue(who))
    for url in sorted(filter(is_valid_path, set(every_address()) - OPEN)):
        # Probes sign in as nobody, and are told nothing about people.
        if url.startswith("/health/"):
            continue
        response = getattr(client, method)(url)
        assert response.status_code == 302, url
        assert response["Location"].startswith(reverse("mfa_activate_totp")), url
