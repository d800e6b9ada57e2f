"""Every page in both themes, wide and on a phone: no error, nothing cut off."""

import pytest

from tests.import_steps import check, import_people, newest_job, uploaded

PAGES = [
    "index",
    "accounts_user_changelist",
    "accounts_user_add",
    "accounts_user_import",
    "accounts_user_export",
    "auth_group_changelist",
    "readers_branch_changelist",
    "readers_category_changelist",
    "portal_changeset_changelist",
    "portal_securityevent_changelist",
    "portal_letter_changelist",
    "portal_review",
    "portal_importjob_changelist",
    "password_change",
]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_fit_and_log_no_error(
    page, visit, sign_in, manager, reader_user, theme, size
):
    width, height = SIZES[size]
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": height})
    sign_in(manager)

    for name in PAGES:
        assert visit(name).status == 200, name
        is_wider = "document.documentElement.scrollWidth > window.innerWidth"
        assert not page.evaluate(is_wider), f"{name} scrolls sideways"


def test_person_pages_fit_on_a_phone(page, visit, sign_in, manager, reader_user):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(manager)

    for name in ("change", "history", "delete"):
        assert visit(f"accounts_user_{name}", reader_user.pk).status == 200
        is_wider = "document.documentElement.scrollWidth > window.innerWidth"
        assert not page.evaluate(is_wider), f"{name} scrolls sideways"


def test_pages_of_an_import_fit_on_a_phone(page, visit, sign_in, client, manager):
    page.set_viewport_size({"width": 390, "height": 844})
    client.force_login(manager)
    word, name = "Donaudampfschifffahrt" * 5, f"{'people-of-june' * 10}.csv"
    file = (
        f"username,first_name,email\n{word},{word},x@example.org\na b,{word},{word}\n"
    )
    columns = uploaded(client, file, name)
    check(client, file, name)
    review = newest_job()
    result = import_people(client, file, name, rows="good")
    sign_in(manager)

    for step, *args in (
        ("columns", columns.pk),
        ("review", review.pk),
        ("row", review.pk, 3),
        ("result", result.pk),
    ):
        assert visit(f"accounts_user_{step}_import", *args).status == 200
        assert page.url.endswith(f"/{step}/") or step == "row"
        is_wider = "document.documentElement.scrollWidth > window.innerWidth"
        assert not page.evaluate(is_wider), f"{step} scrolls sideways"
