"""Headers and pages of every kind of answer, refusals and failures included."""

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.module_loading import import_string

from portal import busy, errors

pytestmark = pytest.mark.django_db
STYLES = "/static/unfold/css/styles.css"
# The first four only add to answers. allauth's is a function, which cannot be broken
# by its name.
MAY_FAIL = [
    name for name in settings.MIDDLEWARE[4:] if isinstance(import_string(name), type)
]


def page(client):
    return client.get(reverse("admin:accounts_user_changelist"))


def moved(client):
    return client.get("/admin/login")


def elsewhere(client):
    client.logout()
    return page(client)


def static_file(client):
    return client.get(STYLES)


def unchanged_file(client):
    since = client.get(STYLES)["Last-Modified"]
    return client.get(STYLES, headers={"If-Modified-Since": since})


def not_understood(client):
    return client.get("/admin/", {"q": "\0"})


def foreign_host(client):
    return client.get("/", headers={"Host": "evil.example"})


def forbidden(client):
    client.force_login(client.bystander)
    return page(client)


def without_token(client):
    strict = Client(enforce_csrf_checks=True)
    return strict.post(reverse("admin:login"), {"username": "root"})


def nothing(client):
    return client.get("/admin/no/such/page/")


def wrong_method(client):
    return client.get(reverse("admin:portal_exportjob_cancel", args=["x"]))


def too_many_fields(client):
    return client.post(reverse("admin:accounts_user_add"), {"a": ["1"] * 20_000})


def too_large(client):
    return client.post(reverse("admin:accounts_user_add"), {"a": "1" * 11_000_000})


def too_often(client):
    return done_page(client, lambda view, request: errors.too_many_requests(request))


def too_busy(client):
    return done_page(client, lambda view, request: busy.too_busy(request))


def broken(client):
    return done_page(client, fail)


def done_page(client, view):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.views.InvitationDoneView.get", view)
        return client.get(reverse("accounts:invitation_done"))


def fail(*args, **kwargs):
    raise RuntimeError("password=hunter2 in accounts/admin/people.py")


ANSWERS = {
    page: 200,
    static_file: 200,
    moved: 301,
    elsewhere: 302,
    unchanged_file: 304,
    not_understood: 400,
    foreign_host: 400,
    forbidden: 403,
    without_token: 403,
    nothing: 404,
    wrong_method: 405,
    too_many_fields: 413,
    too_large: 413,
    too_often: 429,
    broken: 500,
    too_busy: 503,
}
PAGES_OF_ERRORS = [each for each in ANSWERS if ANSWERS[each] >= 400]


@pytest.fixture
def client(root, bystander):
    client = Client(raise_request_exception=False)
    client.bystander = bystander
    client.force_login(root)
    return client


each_answer = pytest.mark.parametrize("ask", ANSWERS, ids=lambda ask: ask.__name__)
each_error = pytest.mark.parametrize(
    "ask", PAGES_OF_ERRORS, ids=lambda ask: ask.__name__
)


def assert_guarded(response):
    assert response["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert len(response["X-Request-ID"]) == 32
    assert "Access-Control-Allow-Origin" not in response


@each_answer
def test_answer_has_every_header(client, ask):
    response = ask(client)

    assert response.status_code == ANSWERS[ask]
    assert_guarded(response)


@each_answer
def test_answer_is_kept_by_nobody_unless_it_is_a_static_file(client, ask):
    kept = ask(client)["Cache-Control"]

    is_static = ask in (static_file, unchanged_file)
    assert ("public" in kept) == is_static
    assert ("no-store" in kept and "private" in kept) == (not is_static)


@pytest.mark.parametrize("name", MAY_FAIL)
def test_failure_in_a_middleware_has_every_header(client, monkeypatch, name):
    middleware = import_string(name)
    # Not `__call__` where Django's own is inherited: others inherit it too.
    hook = "process_request" if hasattr(middleware, "process_request") else "__call__"
    monkeypatch.setattr(middleware, hook, fail)
    response = page(client)

    assert response.status_code == 500
    assert_guarded(response)


def test_only_what_may_fail_stands_behind_the_headers():
    assert settings.MIDDLEWARE[:4] == [
        "portal.logs.middleware.RequestLogMiddleware",
        "django.middleware.csp.ContentSecurityPolicyMiddleware",
        "portal.headers.HeadersMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]


@pytest.mark.parametrize("host", ["testserver", "evil.example"])
@pytest.mark.parametrize("is_secure", [True, False])
def test_answer_over_tls_asks_for_tls_from_now_on(client, settings, host, is_secure):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    response = client.get("/admin/", headers={"Host": host}, secure=is_secure)

    assert_guarded(response)
    assert ("Strict-Transport-Security" in response) == is_secure


# --- Pages of errors -------------------------------------------------------------


@each_error
def test_error_page_is_the_portals_and_tells_the_number(client, ask):
    response = ask(client)
    shown = response.content.decode()

    assert "Reading Room</title>" in " ".join(shown.split()).replace(" </", "</")
    assert "reading-room/portal.css" in shown
    assert "unfold-theme-colors" in shown
    assert f'id="request-id">{response["X-Request-ID"]}</code>' in shown
    assert int(response.get("Content-Length", len(response.content))) > 2000


@each_error
def test_error_page_tells_nothing_of_the_inside(client, ask):
    shown = ask(client).content.decode()

    for inside in ("Traceback", "hunter2", ".py", "ALLOWED_HOSTS", "DEBUG", "CSRF"):
        assert inside not in shown


@each_error
def test_error_page_asks_no_table(client, ask, monkeypatch):
    """The database may be what failed."""
    drawn = []

    def draw(*args, **kwargs):
        with CaptureQueriesContext(connection) as queries:
            response = error_page(*args, **kwargs)
        drawn.append(len(queries))
        return response

    error_page = errors.error_page
    monkeypatch.setattr(errors, "error_page", draw)
    ask(client)

    assert drawn == [0]


def test_error_page_that_cannot_be_drawn_tells_the_number_all_the_same(
    client, monkeypatch
):
    monkeypatch.setattr("portal.errors.render_to_string", fail)
    response = nothing(client)

    assert response.status_code == 404
    assert_guarded(response)
    assert response["Content-Type"] == "text/plain"
    assert response["X-Request-ID"] in response.content.decode()
    assert "hunter2" not in response.content.decode()


def test_refusals_own_words_are_escaped(client, monkeypatch):
    def refuse(*args):
        raise PermissionDenied("<script>alert(1)</script>")

    shown = done_page(client, refuse).content.decode()

    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown


# --- Frames ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("/admin/readers/branch/add/", False),
        ("/admin/readers/branch/add/?_popup=1", True),
        ("/admin/readers/branch/?_popup=1", True),
        ("/admin/readers/branch/1/delete/?_popup=1", True),
        ("/admin/readers/branch/", False),
        ("/admin/login/", False),
    ],
)
def test_popups_alone_are_shown_in_frames_of_the_portal(client, address, may):
    response = client.get(address)

    expected = ("SAMEORIGIN", "'self'") if may else ("DENY", "'none'")
    assert response["X-Frame-Options"] == expected[0]
    assert f"frame-ancestors {expected[1]};" in response["Content-Security-Policy"]
