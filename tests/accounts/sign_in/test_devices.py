"""One's own sessions, and signing out elsewhere."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
DEVICES = reverse("usersessions_list")
INDEX = reverse("admin:index")


@pytest.fixture
def telephone(front_desk):
    other = Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Safari/1"})
    sign_in(other, "front_desk")
    return other


def test_signing_out_elsewhere_leaves_others_alone(client, telephone, manager):
    sign_in(client, "manager")
    client.post(DEVICES)

    assert telephone.get(INDEX).status_code == 200


def test_signing_out_elsewhere_ends_the_other_sessions(client, telephone):
    sign_in(client, "front_desk")
    client.post(DEVICES)

    assert telephone.get(INDEX).status_code == 302
    assert client.get(INDEX).status_code == 200


def test_page_tells_the_own_devices_in_words(client, telephone, manager):
    sign_in(Client(headers={"user-agent": "Firefox Windows"}), "manager")
    sign_in(client, "front_desk")

    page = client.get(DEVICES).content.decode()

    assert "Safari on iPhone" in page
    assert "Firefox on Windows" not in page
    assert page.count("This device") == 1
