"""Django's settings. Every variable read here is explained in docs/configuration.md."""

from __future__ import annotations

import warnings
from pathlib import Path
from urllib.parse import urlsplit

import django.conf.locale
from django.utils.translation import gettext_lazy as _

from shopdesk.environment import (
    BASE_DIR,
    env,
    is_local,
    read_breached_file,
    read_idle_hours,
    read_public_url,
    read_secrets,
)
from shopdesk.logs import logging_config
from shopdesk.work_settings import *  # noqa: F403 -- the settings of workers, in a file of their own

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
TESTING = env.bool("TESTING", False)
LOCAL = is_local(env)

_secrets = read_secrets(env, local=LOCAL)
SECRET_KEY = _secrets.secret_key
# Links in mails are derived under this key. It never enters the database or its backups.
LINK_KEY = _secrets.link_key

PUBLIC_URL = read_public_url(env, local=LOCAL)
SECURE = PUBLIC_URL.startswith("https://")
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
# How many reverse proxies stand in front and add to X-Forwarded-For. 0: the peer is the client.
PROXY_COUNT = env.int("PROXY_COUNT", 0)
_public_host = urlsplit(PUBLIC_URL).hostname or ""
# Whatever else is named, the address that is in every mail is answered to.
ALLOWED_HOSTS = [
    _public_host,
    *env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1"] if LOCAL else []),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "lucide",
    "anymail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "core",
    "events",
    "lists",
    "shop",
    "notifications",
    "customers",
    "accounts",
    "products",
    "orders",
    "shopdesk",
]

MIDDLEWARE = [
    "core.room.room_middleware",
    "core.request_id.RequestIdMiddleware",
    "core.request_log.RequestLogMiddleware",
    "accounts.carried_links.TokenAddressMiddleware",
    "shopdesk.metrics.MetricsMiddleware",
    "core.outage.OutageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.caching.PrivateByDefaultMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.failures.WrongMethodMiddleware",
    "core.failures.GoneMeanwhileMiddleware",
    "accounts.sessions.DoorSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "core.input.CleanInputMiddleware",
    "accounts.doors.DoorCsrfMiddleware",
    "accounts.doors.DoorAuthenticationMiddleware",
    "accounts.doors.DoorLoginRequiredMiddleware",
    "shop.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shopdesk.masked_pages.MaskMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "shopdesk.urls"
ASGI_APPLICATION = "shopdesk.asgi.application"
WSGI_APPLICATION = "shopdesk.wsgi.application"

FORM_RENDERER = "core.selects.FormRenderer"
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
                "shop.context.shop",
            ],
            "builtins": ["core.templatetags.ui", "django.templatetags.i18n"],
        },
    },
]

# ── Stores ──────────────────────────────────────────────────────────────────────────────────────
DATABASES = {
    "default": {
        **env.dj_db_url("DATABASE_URL", "postgresql:///shopdesk"),
        "ATOMIC_REQUESTS": False,
    }
}
# Apart from the address, so that the address can be read by everybody.
if _password := env.str("DATABASE_PASSWORD", ""):
    DATABASES["default"]["PASSWORD"] = _password
# A pooler that lends a connection for one transaction only keeps no cursor and no plan between two.
if env.bool("DATABASE_TRANSACTION_POOLER", False):
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
# ASGI opens a connection per request unless pooled. Workers and commands keep one of their own.
_pool_size = env.int("DATABASE_POOL_SIZE", 16)
if env.bool("DATABASE_POOL", False):
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": _pool_size, "timeout": 5},
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", 60)
# Pooled or kept: after a restart of the database nobody is handed a dead connection.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Lists of customers and their search give up after this and show what the newest rows have.
SEARCH_TIMEOUT_MS = env.int("SEARCH_TIMEOUT_MS", 2000)
# Nothing that security rests on lives in a cache: sessions and limits are rows in PostgreSQL.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# ── People ──────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.doors.StaffBackend", "accounts.doors.CustomerBackend"]
# Addresses are unique per kind of person; each backend looks people up by kind and address.
# The CSRF middleware is there, as a subclass that knows both doors.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W003"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_MIN_LENGTH = 10
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.UserSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": "accounts.passwords.ShopNameValidator"},
    {"NAME": "accounts.passwords.KnownPasswordValidator"},
]
# The ordered SHA-1 file of Have I Been Pwned, where the shop has laid it: searched where it lies.
BREACHED_PASSWORDS_FILE = read_breached_file(env)
MFA_ADAPTER = "accounts.adapter.MfaAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# EmailAddress rows exist for customers only; staff sign in by their User row.
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "none"
# Limits are counted in PostgreSQL (accounts/throttling.py); allauth would count in a cache.
ACCOUNT_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# One step before and one after (RFC 6238 §5.2 and §6): typing takes time, and clocks are off.
MFA_TOTP_TOLERANCE = 1
# So long after a mail with a link or a code, none follows to the same mailbox.
ADDRESS_PAUSE_SECONDS = env.float("ADDRESS_PAUSE_SECONDS", 60.0)
INVITE_LINK_DAYS = 30
STAFF_INVITE_DAYS = 7
STAFF_RESET_MINUTES = 60

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
# Staff who ask for no page that long are signed out; customers are not.
STAFF_IDLE_HOURS = read_idle_hours(env)
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else f"csrf_{urlsplit(PUBLIC_URL).port or 80}"
CSRF_FAILURE_VIEW = "core.failures.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ── Words ───────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German (Sie)")), ("de-informal", _("German (du)"))]
django.conf.locale.LANG_INFO["de-informal"] = {
    "bidi": False,
    "code": "de-informal",
    "name": "German (informal)",
    "name_local": "Deutsch (du)",
    "fallback": ["de"],
}
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

# ── Files ───────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Collected in production only; a checkout serves what lies in `static/`.
STATIC_ROOT = None if LOCAL else Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
WHITENOISE_USE_FINDERS = LOCAL
# A checkout changes under a running demo: a length learned at the start would cut files off.
WHITENOISE_AUTOREFRESH = LOCAL
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# Of each body that arrives under ASGI so much lies in memory, and the rest on disk.
FILE_UPLOAD_MAX_MEMORY_SIZE = 65_536
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
# An answer of the ASGI server is broken off after so long, and earlier when nothing of it is taken.
DOWNLOAD_SECONDS = env.float("DOWNLOAD_SECONDS", 900.0)
DOWNLOAD_STALL_SECONDS = env.float("DOWNLOAD_STALL_SECONDS", 60.0)
# Files under way from one process: each keeps a connection, and half of the pool is for the rest.
DOWNLOADS_EACH = 2
DOWNLOADS_AT_ONCE = max(1, _pool_size // 2)

# ── The browser's own guards ────────────────────────────────────────────────────────────────────
SECURE_SSL_REDIRECT = SECURE and env.bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 63_072_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", True)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", True)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# Figures for a monitor, at /metrics; without a token that page does not exist.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

LOGGING_CONFIG = None
LOGGING = logging_config(debug=DEBUG, level=env.str("LOG_LEVEL", "INFO"))

# Django 5.2 announces a change of URLField's default scheme; none of our forms relies on it.
warnings.filterwarnings("ignore", message=".*FORMS_URLFIELD_ASSUME_HTTPS.*")
