"""Every way to write: exactly the change sets that it must leave, and no gap.

An action, an admin page, an inline, a page that takes a POST or a command without a
line in the table fails here: add it to `by_page`, `by_sign_in` or `by_command`.
"""

from importlib import import_module

import pytest
from django.contrib import admin
from django.core.management import get_commands
from django.urls import reverse

from portal.history.verify import verify
from portal.models import ChangeSet
from tests.portal.pages import MODELS, all_patterns, label, named_addresses
from tests.portal.writes.table import TABLE, do, rows_of, wanted_rows

for module in ("by_page", "by_sign_in", "by_command"):
    import_module(f"tests.portal.writes.{module}")

pytestmark = pytest.mark.django_db

# They show; a POST to them finds nothing to do.
LOOKS = {
    None,
    "accounts_user_export",
    "accounts_user_job_import",
    "accounts_user_progress_import",
    "accounts_user_refused_import",
    "accounts_user_result_import",
    "accounts_user_review_import",
    "accounts_user_state_import",
    "accounts_user_template_import",
    "app_list",
    "auth_group_overview",
    "autocomplete",
    "home",
    "index",
    "invitation_done",
    "jsi18n",
    "live",
    "password_change_done",
    "portal_changeset_export",
    "portal_changeset_objects",
    "portal_deleted",
    "portal_exportjob_download",
    "portal_exportjob_progress",
    "portal_proof",
    "portal_proof_head",
    "ready",
    "search",
    "view_on_site",
}
LOOKS |= {
    f"{table}_{page}"
    for table in ("accounts_user", "auth_group", "readers_branch", "readers_category")
    for page in ("as_of", "compare")
}
# They lead elsewhere, or they are the names of pages that the portal has not.
LOOKS |= {"login", "password_change", "account"}
LOOKS |= {
    "account_confirm_email",
    "account_confirm_login_code",
    "account_confirm_reauthentication_code",
    "account_email",
    "account_email_verification_sent",
    "account_request_login_code",
    "account_request_reauthentication_code",
    "account_set_password",
    "account_signup",
    "socialaccount_signup",
}
LOOKS |= {
    "account_inactive",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "mfa_download_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_view_recovery_codes",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
}
# To the provider and back, by links: tests/e2e/test_single_sign_on.py.
LOOKS |= {"openid_connect_callback", "openid_connect_login"}
# They start the others or carry out what those order, and write nothing themselves.
STARTERS = {"serve", "work"}
# It brings a whole other database, with its own history: see tests/portal/backup.
REPLACERS = {"restore"}
OURS = {"portal", "readers", "accounts"}


@pytest.mark.parametrize("path", TABLE, ids=str)
def test_path_leaves_exactly_its_change_sets_and_no_gap(path, cast):
    left = do(path, cast)

    rows = [rows_of(made) for made in left]
    assert rows == [wanted_rows(each) for each in path.left]
    for made, wanted in zip(left, path.left, strict=True):
        assert wanted.tells(made), (made.kind, made.actor_name, made.subject)
    found = verify()
    assert [f"{each.about} {each.problem}" for each in found] == list(path.findings)
    if path.what.startswith(("page ", "action ", "command ")):
        assert path.what in cast.done


def lines(kind):
    return {path.what for path in TABLE if path.what.startswith(f"{kind} ")}


def test_each_command_has_a_line():
    commands = {name for name, app in get_commands().items() if app in OURS}

    assert {f"command {name}" for name in commands - STARTERS - REPLACERS} <= lines(
        "command"
    )


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_each_action_has_a_line(client, root, model):
    client.force_login(root)
    request = client.get(reverse("admin:index")).wsgi_request
    actions = admin.site._registry[model].get_actions(request)

    ours = {f"action {label(model)} {name}" for name in actions}
    assert ours == {line for line in lines("action") if line.split()[1] == label(model)}


def test_each_inline_has_a_line():
    inlines = {
        f"inline {label(model)} {label(inline.model)}"
        for model, model_admin in admin.site._registry.items()
        for inline in model_admin.inlines
    }

    assert inlines == lines("inline")


def is_stock_page(name, kinds=("changelist", "history")):
    """Lists and histories only show; the actions of a list have lines of their own."""
    return any(name == page_name(model, kind) for model in MODELS for kind in kinds)


def page_name(model, kind):
    return f"{label(model).replace('.', '_')}_{kind}"


def closed_pages(request):
    """The add, change and delete pages that are open to nobody."""
    for model, model_admin in admin.site._registry.items():
        for kind in ("add", "change", "delete"):
            if not getattr(model_admin, f"has_{kind}_permission")(request):
                yield page_name(model, kind)


def test_each_page_has_a_line(client, root):
    client.force_login(root)
    request = client.get(reverse("admin:index")).wsgi_request
    names = {pattern.name for _before, pattern in all_patterns()}
    writing = names - LOOKS - set(closed_pages(request))

    assert {f"page {name}" for name in writing if not is_stock_page(name)} == lines(
        "page"
    )


def test_post_to_a_page_that_shows_leaves_nothing(client, root, rows):
    client.force_login(root)
    before = ChangeSet.objects.count()
    request = client.get(reverse("admin:index")).wsgi_request
    shows = LOOKS | set(closed_pages(request))
    for name, address in named_addresses():
        if name in shows or is_stock_page(name):
            client.post(address, {})

    assert ChangeSet.objects.count() == before
    assert verify() == []
