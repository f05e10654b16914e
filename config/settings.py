"""Settings. Everything that differs between installations comes from the environment.

TRUELEVEL_PROFILE names what this process is part of:
  production  (default) refuses to start without its own secret, hosts, database and broker
  demo        `make run`: fictional force, plain HTTP, answers on loopback only
  test        `make test`
"""

import secrets
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import refusals, retention, single_sign_on
from organisation.roles import Role

django_stubs_ext.monkeypatch()  # before any model or form is defined

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PROFILE = env.str("TRUELEVEL_PROFILE", default="production")
if PROFILE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"TRUELEVEL_PROFILE is {PROFILE!r}; use production, demo or test.")
PRODUCTION = PROFILE == "production"


def _required(name: str) -> str:
    """Return a setting that production cannot do without, or say what to set."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. See docs/running.md, or start the demo with `make run`.")
    return value


def _refuse(reason: str) -> None:
    """Stop here for a reason, if there is one: what is not safe does not start."""
    if reason:
        raise ImproperlyConfigured(reason)


def _secret_of_this_folder(data_dir: Path) -> str:
    """Return the demo's own random secret, made on first use and kept in its data folder."""
    path = data_dir / "secret-key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")


DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
FILES_DIR = DATA_DIR / "files"
DEBUG = env.bool("TRUELEVEL_DEBUG", default=False)  # for developers on their own machine
if PRODUCTION:
    SECRET_KEY = _required("SECRET_KEY")
    # Earlier secrets, which still read what they encrypted: leave one in until every second factor is set up anew.
    SECRET_KEY_FALLBACKS = [part for part in env.str("SECRET_KEY_FALLBACKS", default="").split(",") if part]
    ALLOWED_HOSTS = [host.strip() for host in _required("ALLOWED_HOSTS").split(",")]
    _refuse(refusals.of_secret(SECRET_KEY) or refusals.of_debug(DEBUG) or refusals.of_hosts(ALLOWED_HOSTS))
else:
    SECRET_KEY = _secret_of_this_folder(DATA_DIR)
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]

INSTALLED_APPS = [
    "home",
    "papers",
    "insight",
    "assurance",
    "injuries",
    "risks",
    "maturity",
    "actions",
    "organisation",
    "records",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "django_filters",
    "django_tables2",
    "django_htmx",
    "csp",
    "truelevel_assets",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "home.hardening.BrowserLimits",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "home.middleware.KnownAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "organisation.middleware.SessionsEnd",
    "pghistory.middleware.HistoryMiddleware",
    "home.middleware.SignInRequired",
    "home.middleware.SecondFactorRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "home.middleware.NothingCached",
    "home.hardening.WithinAllowance",
]
if PROFILE == "demo":
    MIDDLEWARE.insert(0, "home.middleware.LoopbackOnly")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "home.context.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["govuk"]
CRISPY_TEMPLATE_PACK = "govuk"
CRISPY_FAIL_SILENTLY = False

# --- Database: PostgreSQL only -----------------------------------------------------------------------------------
_required("DATABASE_URL")
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PGHISTORY_APPEND_ONLY = True  # history that triggers keep is never changed

# --- Broker and worker: a bell that may fail without failing a request --------------------------------------------
CELERY_BROKER_URL = _required("REDIS_URL")
CELERY_TIMEZONE = "Europe/London"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True  # without it a killed child's task is acknowledged and lost
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 1800
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,  # longer than any task
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 1,
    "socket_connect_timeout": 0.5,
    "retry_on_timeout": False,
    "max_retries": 0,
}
CELERY_BEAT_SCHEDULE = {
    # The queue may lose messages and workers may die: this sweep is what makes every requested job happen.
    "ring-waiting-jobs": {"task": "records.ring_waiting_jobs", "schedule": 15.0, "options": {"expires": 15}},
    "open-statements": {
        "task": "assurance.open_statements",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "scan-waiting-files": {"task": "records.scan_waiting_files", "schedule": 60.0, "options": {"expires": 60}},
    "remind-of-statements": {"task": "assurance.remind", "schedule": 3600.0, "options": {"expires": 3600}},
    "remind-of-risks": {"task": "risks.remind", "schedule": 3600.0, "options": {"expires": 3600}},
    "build-draft-rollups": {
        "task": "assurance.build_draft_rollups",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "take-away-leftovers": {
        "task": "records.take_away_leftovers",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "forget-allowances": {"task": "records.forget_allowances", "schedule": 3600.0, "options": {"expires": 3600}},
    "send-digests": {"task": "home.ask_for_digests", "schedule": 120.0, "options": {"expires": 120}},
    "tell-of-failed-work": {"task": "home.tell_of_failed_work", "schedule": 300.0, "options": {"expires": 300}},
    "keep-to-retention": {"task": "home.keep_to_retention", "schedule": 24 * 3600.0, "options": {"expires": 3600}},
}

# --- People ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "organisation.User"
AUTHENTICATION_BACKENDS = ["organisation.backends.PasswordBackend"]
# The demo's password is printed. Hashes made there mean nothing elsewhere, so its database opens no door in production.
PASSWORD_HASHERS = ["organisation.hashers.DemoArgon2" if PROFILE == "demo" else "organisation.hashers.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_FORMS = {
    "login": "organisation.forms.SignInForm",
    "change_password": "organisation.forms.PasswordForm",
    "reauthenticate": "organisation.forms.PasswordAgainForm",
    "reset_password": "organisation.forms.ForgottenPasswordForm",
    "reset_password_from_key": "organisation.forms.NewPasswordForm",
}
ACCOUNT_ADAPTER = "organisation.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# The package's own generator writes a row of addresses for every account; Django's covers the address as well.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  # a class
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# Single sign-on by the force's own provider, and whether there are passwords beside it: docs/signing-in.md.
SINGLE_SIGN_ON = single_sign_on.read(env.ENVIRON, production=PRODUCTION)
LOCAL_PASSWORDS = single_sign_on.local_passwords(env.ENVIRON, SINGLE_SIGN_ON)
SOCIALACCOUNT_ADAPTER = "organisation.provider_adapter.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = SINGLE_SIGN_ON.providers if SINGLE_SIGN_ON else {}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # our own service meets accounts, once, and says so in the trail
SOCIALACCOUNT_STORE_TOKENS = False  # nothing is ever asked of the provider in somebody's name
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # of an invitation too, which says so


def _whole_number(name: str, default: int, *, least: int = 1, most: int = 999_999) -> int:
    """Return how many of something the environment says."""
    text = env.str(name, default="").strip() or str(default)
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise ImproperlyConfigured(f"{name} is {text!r}; write a whole number, at least {least} and at most {most}.")
    return int(text)


SESSION_COOKIE_AGE = _whole_number("SESSION_HOURS", 12) * 60 * 60
SESSION_IDLE_SECONDS = _whole_number("SESSION_IDLE_MINUTES", 60) * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- Second factor ------------------------------------------------------------------------------------------------
MFA_ADAPTER = "organisation.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "organisation.forms.CodeForm",
    "reauthenticate": "organisation.forms.CodeAgainForm",
    "activate_totp": "organisation.forms.AppForm",
    "deactivate_totp": "organisation.forms.RemoveAppForm",
    "add_webauthn": "organisation.forms.PasskeyForm",
    "edit_webauthn": "organisation.forms.PasskeyNameForm",
    "authenticate_webauthn": "organisation.forms.WithPasskeyForm",
    "reauthenticate_webauthn": "organisation.forms.PasskeyAgainForm",
    "login_webauthn": "organisation.forms.PasskeySignInForm",
}
MFA_PASSKEY_LOGIN_ENABLED = LOCAL_PASSWORDS  # without passwords here, the only way in is the force's own provider
MFA_TOTP_ISSUER = "Truelevel"
# Whether an address has been verified says nothing here: administrators make the accounts.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # the demo speaks plain HTTP, to its own machine
_DEFAULT_SECOND_FACTOR_ROLES = (
    "slt-lead,cog-lead,head,shrmt,external-auditor,board-secretary,administrator" if PRODUCTION else ""
)


def _roles(name: str, default: str) -> frozenset[str]:
    """Return the values of the roles that a setting lists: none of them for the word `none`."""
    text = env.str(name, default="").strip() or default
    found = frozenset(filter(None, (part.strip() for part in text.split(",")))) - {"none"}
    unknown = sorted(found - {role.value for role in Role})
    if unknown:
        known = ", ".join(role.value for role in Role)
        raise ImproperlyConfigured(f"{name} names {', '.join(unknown)}, which are no roles. There are: {known}.")
    return found


SECOND_FACTOR_ROLES = _roles("SECOND_FACTOR_ROLES", _DEFAULT_SECOND_FACTOR_ROLES)
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # an e-mail address is unique whatever its case: a constraint on Lower(email)


# --- E-mail: one letter a person and day at most, see docs/decisions ------------------------------------------------
def _smtp_settings(url: str) -> dict[str, Any]:
    """Return Django's settings for EMAIL_URL, or say how it is written."""
    advice = "Write it like smtp+tls://user:password@mail.example.org:587 (smtp+ssl for port 465)."
    try:
        found: dict[str, Any] = environ.Env.email_url_config(url)
    except (ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read. {advice}") from None
    if not found["EMAIL_BACKEND"].endswith("smtp.EmailBackend") or not found["EMAIL_HOST"]:
        raise ImproperlyConfigured(f"EMAIL_URL names no mail server. {advice}")
    return found


def _time_of_day(name: str, default: str) -> time:
    """Return a time such as 07:00, on London's clock."""
    text = env.str(name, default="") or default
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {text!r}; write a time of day like 07:00.") from None


# What links in letters and calendars begin with.
_OWN_ADDRESS = f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://127.0.0.1:{env.str('PORT', '8000')}"
SITE_URL = (env.str("SITE_URL", default="") or _OWN_ADDRESS).rstrip("/")
if not SITE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}; write it like https://truelevel.example.org.")
_refuse(refusals.of_site(SITE_URL) if PRODUCTION else "")
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="") or f"truelevel@{urlsplit(SITE_URL).hostname}"
DIGEST_AT = _time_of_day("DIGEST_AT", "07:00")
EMAIL_TIMEOUT = 10  # seconds: a server that stands still must not hold up the worker
EMAIL_URL = env.str("EMAIL_URL", default="")
EMAIL_GOES_OUT = bool(EMAIL_URL) or not PRODUCTION
if PRODUCTION and EMAIL_URL:
    globals().update(_smtp_settings(EMAIL_URL))
elif PRODUCTION:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
elif PROFILE == "test":
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
else:
    # The demo's people do not exist: their letters are files to look at, whatever the environment says.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"

# --- Language and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# --- Files and caches --------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
# What people send is written to the disk as it comes in, and never more of it than may be kept.
FILE_UPLOAD_HANDLERS = ["records.uploads.BoundedUploadHandler"]
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
DATA_UPLOAD_MAX_NUMBER_FILES = 50  # forms say a lower number, and keep what was typed
# Where an antivirus daemon (ClamAV's clamd) listens: unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a folder that collectstatic has yet to fill
# Sign-in limits are counted in the database: a broker that stands still must not keep people out.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Django keeps 300 unless told: a whole force's calendars would push out what counts the sign-ins.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# --- Privacy: how long what is held about people is kept, see docs/privacy.md ---------------------------------------
RETENTION = retention.read(env.ENVIRON)

# --- Security ----------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:
    # Browsers take cookies of these names from this very host and over TLS only: no neighbour can plant one.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
# Not Strict: whoever follows the link of an e-mail is still signed in. The second cookie is for our scripts to read.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)  # whose word counts when tries are limited by address
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
_refuse(refusals.of_origins(CSRF_TRUSTED_ORIGINS) if PRODUCTION else "")
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "home.views.errors.csrf_failure"
CSP_REPORTS = "/csp-report/"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        # Not report-to as well: browsers that know it leave this out, and Chromium then sent nothing for minutes.
        "report-uri": [CSP_REPORTS],
    }
}
# What no page of ours uses, nobody may use on one. A passkey and a link to copy are for our own pages only.
PERMISSIONS_POLICY = {
    **dict.fromkeys(
        [
            "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture",
            "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts",
            "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial",
            "storage-access", "usb", "window-management", "xr-spatial-tracking",
        ],
        "",
    ),
    **dict.fromkeys(["clipboard-write", "publickey-credentials-create", "publickey-credentials-get"], "self"),
}  # fmt: skip
# A theme page with every action and criterion stays far below these; anything above is not a person typing.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes of a form without its files, which have limits of their own
# How much heavy work a person may ask for in an hour of the clock (records/services/allowances.py); 0 is no limit.
ALLOWANCES = {
    "uploads": _whole_number("UPLOADS_AN_HOUR", 200, least=0),
    "megabytes": _whole_number("MEGABYTES_AN_HOUR", 1000, least=0),
    "exports": _whole_number("EXPORTS_AN_HOUR", 60, least=0),
    "documents": _whole_number("DOCUMENTS_AN_HOUR", 60, least=0),
    "checks": _whole_number("CHECKS_AN_HOUR", 120, least=0),
}

# For how many months, the latest first, injuries are still reported late: their figures are marked as provisional.
PROVISIONAL_MONTHS = _whole_number("PROVISIONAL_MONTHS", 2, least=0)
# The smallest number of a unit that others than those who need all see: fewer can tell who it was. 0 shows all.
SMALLEST_UNIT_COUNT = _whole_number("SMALLEST_UNIT_COUNT", 5, least=0)
# What a reading of working time says unless told otherwise: the weekly limit, averaged over so many weeks.
WORKING_TIME_HOURS = _whole_number("WORKING_TIME_HOURS", 48, most=168)
WORKING_TIME_WEEKS = _whole_number("WORKING_TIME_WEEKS", 17, least=17, most=52)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"secrets": {"()": "home.logs.HideSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "fontTools": {"level": "WARNING"},  # it tells every step of every font it packs
        "pikepdf": {"level": "WARNING"},  # it tells each command that it is there
    },
}

if PROFILE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    WHITENOISE_AUTOREFRESH = True  # else every client that a test makes looks through all static files first
