"""Settings, read from the environment (and from a `.env` file beside manage.py).

With nothing set, the portal runs in development on SQLite in `data/`. Production sets
`DEBUG=false`, and then refuses to start without `SECRET_KEY` and `ALLOWED_HOSTS`.
"""

from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from config.csp import SECURE_CSP  # noqa: F401
from config.keys import DEVELOPMENT_KEY, production_key
from config.logs import logging_settings
from config.middleware import MIDDLEWARE  # noqa: F401
from config.sqlite import SQLITE_OPTIONS
from config.unfold import UNFOLD  # noqa: F401

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = BASE_DIR / "data"

env = Env()
env.read_env(str(BASE_DIR / ".env"))

DEBUG = env.bool("DEBUG", True)
ENVIRONMENT_NAME = env.str("ENVIRONMENT_NAME", "Development" if DEBUG else "")

SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY = SECRET_KEY or DEVELOPMENT_KEY if DEBUG else production_key(SECRET_KEY)

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEBUG else []
)
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is not set; with DEBUG=false name the hosts the portal answers "
        "to, separated by commas."
    )
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

PORTAL_APPS = ["portal", "readers", "accounts"]
# Says what a user sees of each model; `portal.access` asks it.
ACCESS_POLICY = "accounts.visibility"
INSTALLED_APPS = [
    # Ours come first, so that their templates extend the theme's.
    "portal.apps.PortalConfig",
    "readers.apps.ReadersConfig",
    "accounts.apps.AccountsConfig",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_tasks_db",
    "import_export",
    "phonenumber_field",
    "simple_history",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.sign_in.context.portal_page",
            ],
        },
    },
]

# --- Database --------------------------------------------------------------------

DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL",
        default=f"sqlite:///{DATA_DIR / 'reading-room.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    # A file, not memory: threads and the browser tests must see one database.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    # Personal data: nobody else on the machine may look in.
    DATA_DIR.mkdir(mode=0o700, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People and sign-in ----------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": (
            "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
        ),
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["accounts.sign_in.backend.PersonBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
INVITATION_LIFETIME = timedelta(days=env.int("INVITATION_DAYS", 7))
PHONENUMBER_DEFAULT_REGION = env.str("PHONE_REGION", None)
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# --- Guards of the sign-in -------------------------------------------------------

# Whoever holds one of these needs a second factor; superusers too, unless it is empty.
SECOND_FACTOR_RIGHTS: list[str] = env.list(
    "SECOND_FACTOR_RIGHTS",
    [
        "accounts.import_user",
        "accounts.export_user",
        "accounts.manage_staff",
        "portal.view_changeset",
        "portal.view_history",
    ],
    subcast=str.strip,
)
# Rights, imports, exports and erasing ask again who is there after so many minutes.
FRESH_SIGN_IN_MINUTES = env.int("FRESH_SIGN_IN_MINUTES", 15)
# A desk serves people away from the screen, and is left at the end of the day.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 60)
SESSION_HOURS = env.int("SESSION_HOURS", 12)
SESSION_COOKIE_AGE = int(timedelta(hours=SESSION_HOURS).total_seconds())
# At a desk that was left open, the mail is often open too: no codes by e-mail.
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
# accounts.guards.throttle counts these. allauth counts for the account wherever the
# tries come from, or for all behind one address: both let one keep another out.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reset_password": None,  # nosec B105
    "reset_password_from_key": None,  # nosec B105
}
# Anybody can send X-Forwarded-For: its last entry counts where a proxy wrote it.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("TRUST_PROXY", False) else 0

# --- Sign-in ---------------------------------------------------------------------

ACCOUNT_ADAPTER = "accounts.sign_in.adapter.PortalAccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.sign_in.forms.SignInForm",
    "reset_password": "accounts.sign_in.forms.RequestResetForm",  # nosec B105
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# Staff keep the addresses, on the person; allauth keeps none beside them.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.sign_in.tokens.ResetTokens"  # nosec B105
PASSWORD_RESET_TIMEOUT = int(
    timedelta(hours=env.int("PASSWORD_RESET_HOURS", 24)).total_seconds()
)

MFA_ADAPTER = "accounts.sign_in.second_factor.PortalMFAAdapter"
MFA_FORMS = {
    "add_webauthn": "accounts.sign_in.keys.AddKeyForm",
    "authenticate_webauthn": "accounts.sign_in.keys.KeyForm",
    "login_webauthn": "accounts.sign_in.keys.PasskeyForm",
    "reauthenticate_webauthn": "accounts.sign_in.keys.KeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
# The table of accounts.guards.freshness says what asks again, and counts the sign-in
# itself; allauth's own question would not.
MFA_REAUTHENTICATION_REQUIRED = False
MFA_TOTP_ISSUER = "Reading Room"
# The clocks of telephones may be half a minute wrong.
MFA_TOTP_TOLERANCE = 1
# Browsers take http://localhost for safe, and give it passkeys.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

USERSESSIONS_TRACK_ACTIVITY = True

# Single sign-on by OpenID Connect, with one provider; none without SSO_ISSUER.
SSO_ISSUER = env.str("SSO_ISSUER", "").rstrip("/")
SSO_CLIENT_ID = env.str("SSO_CLIENT_ID", "")
SSO_CLIENT_SECRET = env.str("SSO_CLIENT_SECRET", "")
SSO_NAME = env.str("SSO_NAME", "single sign-on")
# Whether a second factor that the provider asked for is enough for the portal.
SSO_SECOND_FACTOR = env.bool("SSO_SECOND_FACTOR", False)
if SSO_ISSUER and not SSO_ISSUER.startswith("https://") and not DEBUG:
    raise ImproperlyConfigured("SSO_ISSUER must begin with https://.")
if SSO_ISSUER and not (SSO_CLIENT_ID and SSO_CLIENT_SECRET):
    raise ImproperlyConfigured(
        "SSO_ISSUER is set; set SSO_CLIENT_ID and SSO_CLIENT_SECRET as well."
    )
SOCIALACCOUNT_ADAPTER = "accounts.sign_in.sso.adapter.PortalSocialAccountAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
# A form that leads to another host is stopped by the portal's own `form-action`.
SOCIALACCOUNT_LOGIN_ON_GET = True

# --- Imports, exports, history ---------------------------------------------------

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_SKIP_ADMIN_LOG = True
# A worksheet has no more rows.
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", 1_048_576)
IMPORT_MAX_MIB = env.int("IMPORT_MAX_MIB", 200)
# Checking one file may take so long.
IMPORT_MAX_MINUTES = env.int("IMPORT_MAX_MINUTES", 60)
# Where large files may be sent, and by whom; all else is small forms.
UPLOADS = {"admin:accounts_user_import": "accounts.import_user"}
# Files and rows of an import go so many days after it.
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", 30)
# An act over more objects than this waits for a review, whatever it changed.
REVIEW_ROWS = env.int("REVIEW_ROWS", 100)
# Up to so many history rows, a revert looks at each object by itself; above, the
# database sorts them, and Python looks at those alone that may meet an obstacle.
REVERT_ONE_BY_ONE_ROWS = env.int("REVERT_ONE_BY_ONE_ROWS", 1000)
# A revert of more history rows than this is carried out by the worker.
REVERT_IN_BACKGROUND_ROWS = env.int("REVERT_IN_BACKGROUND_ROWS", 5000)
IMPORT_DIR = DATA_DIR / "imports"
# An export of more rows than this is made by the worker.
EXPORT_NOW_ROWS = env.int("EXPORT_NOW_ROWS", 5000)
# How many days an exported file can be downloaded.
EXPORT_KEEP_DAYS = env.int("EXPORT_KEEP_DAYS", 7)
EXPORT_DIR = DATA_DIR / "exports"

# --- Cache -----------------------------------------------------------------------

# Counters that every process must see, with no server but the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        # Django's own limit is 300: then it drops entries, and with them what
        # strangers tried.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# --- Health ----------------------------------------------------------------------

# Who sends this is told by /health/ready/ what is wrong.
HEALTH_TOKEN = env.str("HEALTH_TOKEN", "")
# A worker beats every ten seconds. On SQLite its beats wait for whoever writes, and a
# million people are written in one transaction.
WORKER_SILENT_SECONDS = env.int("WORKER_SILENT_SECONDS", 300)
# With less room on the disk, the portal is not ready.
MIN_FREE_MIB = env.int("MIN_FREE_MIB", 500)

# --- Backups ---------------------------------------------------------------------

BACKUP_DIR = env.str("BACKUP_DIR", str(DATA_DIR / "backups"))

# --- Security events -------------------------------------------------------------

# Sign-ins, refusals, exports and the like are kept so many days.
SECURITY_EVENT_KEEP_DAYS = env.int("SECURITY_EVENT_KEEP_DAYS", 365)

# --- Jobs and mail ---------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
EMAIL_HOST_NAME = env.str("EMAIL_HOST", "")
EMAIL_DIR = env.str("EMAIL_DIR", "")
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": EMAIL_HOST_NAME,
            "port": env.int("EMAIL_PORT", 587),
            "username": env.str("EMAIL_USER", ""),
            "password": env.str("EMAIL_PASSWORD", ""),
            "use_tls": env.bool("EMAIL_USE_TLS", True),
            "timeout": 30,
        },
    }
    if EMAIL_HOST_NAME
    # No mail server: letters are kept in a folder, or printed where the worker runs.
    else {"BACKEND": "portal.mail.FolderBackend", "OPTIONS": {"file_path": EMAIL_DIR}}
    if EMAIL_DIR
    else {"BACKEND": "portal.mail.TerminalBackend"}
}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "reading-room@localhost")

# --- Language and time -----------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

# --- Static files ----------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if not DEBUG
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- Security --------------------------------------------------------------------

SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SECURE_SSL_REDIRECT = not DEBUG
# Probes come over plain HTTP, from this machine or beside it.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SECURE = not DEBUG
# Forms carry the token themselves; no script of ours or the theme's reads the cookie.
CSRF_COOKIE_HTTPONLY = True
if not DEBUG:
    # Browsers take these from this very host over TLS only, never from a neighbour.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
# Messages name people: they stay here, and not in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
# portal.headers loosens this to the same origin for popups.
X_FRAME_OPTIONS = "DENY"
# Whether X-Forwarded-Proto, X-Forwarded-For and X-Request-ID come from our own proxy.
TRUST_PROXY = env.bool("TRUST_PROXY", False)
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logs ------------------------------------------------------------------------

LOGGING = logging_settings(
    formatter=env.str("LOG_FORMAT", "lines" if DEBUG else "json"),
    level=env.str("LOG_LEVEL", "INFO"),
)
