"""The page of the chain's head, and the head as a file."""

import pytest
from django.urls import reverse

from portal.history.chain import breaks
from portal.history.seal import head, seal_all
from readers.models import Branch

pytestmark = pytest.mark.django_db

PROOF = reverse("admin:portal_proof")
FILE = reverse("admin:portal_proof_head")


@pytest.mark.parametrize("address", [PROOF, FILE])
@pytest.mark.parametrize("who", ["bystander", "front_desk", "importer"])
def test_proof_needs_the_right(request, client, who, address):
    client.force_login(request.getfixturevalue(who))

    assert client.get(address).status_code == 403


def test_installation_without_seals_says_so(client, auditor):
    client.force_login(auditor)

    assert "Nothing is sealed yet" in client.get(PROOF).content.decode()
    assert client.get(FILE).content == b"\n"


def test_head_is_shown_with_what_is_not_sealed_yet(client, auditor):
    seal_all()
    Branch.objects.create(code="N", name="North")
    client.force_login(auditor)
    page = client.get(PROOF)

    assert page.context["head"] == head()
    assert page.context["waiting"] == 1
    assert str(head()) in page.content.decode()


def test_file_holds_what_the_check_takes(client, auditor, branch):
    seal_all()
    client.force_login(auditor)
    kept = client.get(FILE).content.decode().strip()
    Branch.objects.create(code="N", name="North")
    seal_all()

    assert list(breaks(kept)) == []
    assert [each.problem for each in breaks(kept + "0")] == [
        "differs from the head that was kept"
    ]


def test_looking_seals_nothing(client, auditor, branch):
    client.force_login(auditor)
    client.get(PROOF)

    assert head() is None
