"""The style elements that the policy names are those that the pages hold, no others."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from config.csp import STYLE_ELEMENTS

ELEMENT = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
CONSTANTS = {
    "Q.config.indicatorClass": "htmx-indicator",
    "Q.config.requestClass": "htmx-request",
}


def hashed(text):
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def htmx_style():
    """What htmx puts together of texts and its settings, when it starts."""
    source = Path(finders.find("unfold/js/htmx/htmx.js")).read_text()
    written = re.search(r'"<style"\+e\+">(.*?)</style>"', source)[1]
    for name, value in CONSTANTS.items():
        assert f'{name.rpartition(".")[2]}:"{value}"' in source
        written = written.replace(f'"+{name}+"', value)
    return written


@pytest.mark.django_db
def test_policy_names_each_style_element_and_no_other(client):
    page = client.get(reverse("account_login")).content.decode()
    found = [hashed(text) for text in [*ELEMENT.findall(page), htmx_style()]]

    assert found == STYLE_ELEMENTS, "Write these hashes into config/csp.py."


def test_error_pages_hold_the_same_style_element(client):
    page = client.get("/no/such/page/").content.decode()

    assert [hashed(text) for text in ELEMENT.findall(page)] == STYLE_ELEMENTS[:1]


def test_scripts_run_from_files_of_ours_alone():
    assert settings.SECURE_CSP["script-src"] == ["'self'", "'unsafe-eval'"]
    assert not any("unsafe-inline" in each for each in STYLE_ELEMENTS)
