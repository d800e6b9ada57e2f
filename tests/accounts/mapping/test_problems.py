"""What speaks against a choice of options."""

import pytest

from accounts.imports.mapping.problems import problems_with
from accounts.imports.options import ColumnChoice, ImportOptions

pytestmark = pytest.mark.django_db


def options(*columns, **kwargs):
    choices = [ColumnChoice(f"My {column}", column) for column in columns]
    return ImportOptions(tuple(choices), **kwargs)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (options(), "No column is imported"),
        (options("", ""), "No column is imported"),
        (
            options("username", "email", "email"),
            "«My email», «My email» are all imported as email; choose one.",
        ),
        (options("email"), "matched by username, and no column"),
        (
            options("last_name", username_template="{last}"),
            "matched by username, and no column",
        ),
        (
            options("email", mode="create", match="card_number"),
            "matched by card number, and no column",
        ),
        (
            options("username", match="card_number"),
            "matched by card number, and no column of the file is imported as card_",
        ),
        (options("email", match="email"), "New people need a username"),
        (
            options("email", match="email", username_template="{first"),
            "brace stands alone",
        ),
        (
            options("email", match="email", username_template="{first}{card}"),
            "takes {card}, {first}, and no column",
        ),
        (
            options("username", defaults={"branch": "XYZ"}),
            "The default of branch: There is no branch «XYZ»",
        ),
        (
            options("username", defaults={"joined_on": "03/04/2024"}),
            "The default of joined_on: «03/04/2024» may be 3 April 2024 or",
        ),
        (
            options("username", defaults={"card_number": "1"}),
            "card_number cannot have a default",
        ),
        (options("username", invites=True), "Invitations go by e-mail"),
    ],
)
def test_what_cannot_be_is_told(chosen, message):
    assert message in problems_with(chosen)[0]


def test_inviting_needs_its_right(bystander):
    [problem] = problems_with(options("username", "email", invites=True), bystander)

    assert "right «Can send invitations»" in problem


def test_every_problem_is_told_at_once():
    chosen = options("email", "email", invites=True, defaults={"phone": "12"})

    assert len(problems_with(chosen)) == 3


@pytest.mark.parametrize(
    "chosen",
    [
        options("username"),
        options("", "username", ""),
        options("username", "last_name", username_template="{first}.{last}"),
        options("last_name", mode="create", username_template="{last}"),
        options("email", match="email", mode="update"),
        options("email", "last_name", match="email", username_template="{last}"),
        options("username", defaults={"branch": "main", "joined_on": "", "notes": "x"}),
        options("username", "email", invites=True),
    ],
)
def test_what_can_be_is_not_hindered(branch, root, chosen):
    assert problems_with(chosen, root) == []
