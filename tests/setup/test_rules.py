"""The rules in .ci/semgrep.yml can fail: each has lines that it finds, and others."""

import re

import pytest
from django.conf import settings

CI = settings.BASE_DIR / ".ci"
RULES = re.findall(r"^  - id: (.+)$", (CI / "semgrep.yml").read_text(), re.MULTILINE)
EXAMPLES = "".join(each.read_text() for each in (CI / "semgrep-examples").iterdir())


def test_there_are_rules():
    assert len(RULES) >= 10


@pytest.mark.parametrize("rule", RULES)
def test_rule_has_a_bad_and_a_good_example(rule):
    assert f"ruleid: {rule}\n" in EXAMPLES.replace(" -->", "")
    assert f"ok: {rule}\n" in EXAMPLES.replace(" -->", "")


def test_places_that_a_rule_leaves_out_are_there():
    text = (CI / "semgrep.yml").read_text()
    named = re.findall(r"((?:portal|accounts|readers)/[\w/]+(?:\.py|/))", text)

    assert named
    assert [each for each in named if not (settings.BASE_DIR / each).exists()] == []


def test_checks_run_bandit_and_the_rules():
    check = (CI / "check").read_text()

    assert "bandit -q -c pyproject.toml" in check
    assert "bash .ci/semgrep" in check
