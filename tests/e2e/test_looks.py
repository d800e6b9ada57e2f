"""Every page in both themes, wide and on a phone: no error, nothing cut off."""

import pytest

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
