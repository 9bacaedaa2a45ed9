"""Settings, from the environment where an installation differs. See docs/running.md for the list."""

import os
import sys
from pathlib import Path

from csp.constants import NONE, SELF

from recoup.config.database import for_django
from recoup.config.home import folder, secret, web_port

BASE = Path(__file__).resolve().parents[1]


def flag(name: str, default: str = "") -> bool:
    return os.environ.get(name, default).lower() in ("1", "yes", "true", "on")


DEBUG = flag("RECOUP_DEBUG")
DEMO = flag("RECOUP_DEMO", "yes" if "RECOUP_ORIGIN" not in os.environ else "no")
SECRET_KEY = secret("secret_key")
WEBHOOK_KEY = secret("webhook_key")  # encrypts the signing secrets of webhooks
WEB_PORT = web_port()
ORIGIN = os.environ.get("RECOUP_ORIGIN", f"http://localhost:{WEB_PORT}")
SECURE = ORIGIN.startswith("https://")
ALLOWED_HOSTS = os.environ.get(
    "RECOUP_HOSTS", ORIGIN.split("://")[1].split(":")[0] + ",localhost,127.0.0.1"
).split(",")
CSRF_TRUSTED_ORIGINS = [ORIGIN]
# How many reverse proxies of one's own stand in front; whom they name is believed (kit/address.py).
TRUSTED_HOPS = int(os.environ.get("RECOUP_TRUSTED_HOPS", "0"))
# Where the page opens its event stream: empty behind a reverse proxy that routes /events/ to the
# events process, a port of its own where there is none.
EVENTS_PORT = os.environ.get("RECOUP_EVENTS_PORT", "" if SECURE else "8001")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "template_partials.apps.SimpleAppConfig",
    # Before allauth: its templates are overridden here.
    "recoup.web.kit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "recoup.tenancy",
    "recoup.eventlog",
    "recoup.outbox",
    "recoup.files",
    "recoup.lawbook",
    "recoup.consent",
    "recoup.ledger",
    "recoup.parties",
    "recoup.screening",
    "recoup.agreements",
    "recoup.enquiries",
    "recoup.cases",
    "recoup.approvals",
    "recoup.talks",
    "recoup.notices",
    "recoup.surveys",
    "recoup.intake",
    "recoup.contact",
    "recoup.payments",
    "recoup.plans",
    "recoup.watch",
    "recoup.insolvency",
    "recoup.disputes",
    "recoup.legal",
    "recoup.strategy",
    "recoup.reports",
    "recoup.retention",
    "recoup.keys",
    "recoup.webhooks",
    "recoup.jobs",
    "recoup.web.public",
    "recoup.web.client",
    "recoup.web.desk",
    "recoup.web.debtor",
    "recoup.web.api",
]
AUTH_USER_MODEL = "tenancy.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "recoup.config.urls"
WSGI_APPLICATION = "recoup.config.wsgi.application"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "recoup.web.kit.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "recoup.web.kit.middleware.TenantMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "recoup.web.kit.templatetags.kit",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "recoup.web.kit.context.kit",
            ],
        },
    }
]

# `default` is the role that serves, bound by row security. `owner` owns the tables and is only
# there for migrations (`recoup up` and the tests set RECOUP_ADMIN).
DATABASES = {"default": for_django("app") | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
if flag("RECOUP_ADMIN"):
    DATABASES["owner"] = for_django("owner")
# Values go apart from the statement, and a statement asked five times stays prepared: the server parses and plans
# the queries of a page once for a connection, which is half of what it has to do for one. None for a pooler that
# gives each transaction another server connection and does not know prepared statements.
DATABASES["default"]["OPTIONS"] |= {
    "server_side_binding": True, "prepare_threshold": None if flag("RECOUP_NO_PREPARE") else 5,
}  # fmt: skip

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("sv", "Svenska"),
    ("de", "Deutsch"),
    ("zh-hant", "繁體中文"),
    ("zh-hans", "简体中文"),
]
LOCALE_PATHS = [BASE / "web" / "kit" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH: list[str] = []

STATIC_URL = "/static/"
STATIC_ROOT = folder("static", 0o755)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or flag("RECOUP_TESTING")
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or flag("RECOUP_TESTING")
FILES_ROOT = folder("files")
SECRETS_ROOT = folder("secrets")
LETTERS_ROOT = folder("letters")
HEADS_ROOT = folder("heads")
# Where the chain's heads go besides: a second folder (another machine's), addresses by e-mail.
HEADS_COPY = os.environ.get("RECOUP_HEADS_COPY", "")
HEADS_MAIL = tuple(filter(None, os.environ.get("RECOUP_HEADS_MAIL", "").split(",")))
TIME_STAMP_URL = os.environ.get("RECOUP_TIME_STAMP", "")  # an authority by RFC 3161
PAYMENTS_ROOT = folder("payment-files")
BANK_IN_ROOT = (
    Path(os.environ["RECOUP_BANK_IN"]) if os.environ.get("RECOUP_BANK_IN") else folder("bank-in")
)
# sftp://user@host/folder with one for each agency by its slug: what is new there is fetched.
BANK_SFTP = os.environ.get("RECOUP_BANK_SFTP", "").rstrip("/")
# Files of insolvency notices, a folder for each agency by its slug.
NOTICES_IN_ROOT = (
    Path(os.environ["RECOUP_NOTICES_IN"])
    if os.environ.get("RECOUP_NOTICES_IN")
    else folder("notices-in")
)
# host:port pairs that webhooks may call though they are not of the public internet, or not https.
WEBHOOK_EXEMPT = frozenset(filter(None, os.environ.get("RECOUP_WEBHOOK_EXEMPT", "").split(",")))
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
# Malware scanner: the path of clamd's socket, or host:port; empty for none. Fails closed to quarantine.
CLAMD = os.environ.get("RECOUP_CLAMD", "")
DATA_UPLOAD_MAX_NUMBER_FILES = 250
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
# A copy of the real data for trying out: e-mails to these addresses and domains, nothing else leaves.
ONLY_TO = {word.lower() for word in os.environ.get("RECOUP_ONLY_TO", "").replace(",", " ").split()}
MAIL_CATCHER = "RECOUP_SMTP_HOST" not in os.environ
MAIL_ROOT = folder("mail")
EMAIL_HOST = os.environ.get("RECOUP_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = int(os.environ.get("RECOUP_SMTP_PORT", "8025"))
EMAIL_HOST_USER = os.environ.get("RECOUP_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("RECOUP_SMTP_PASSWORD", "")
EMAIL_USE_TLS = flag("RECOUP_SMTP_TLS")
EMAIL_TIMEOUT = 20
# Where answers and bounces come back to: imaps://user:password@host/Folder, or a folder of .eml files.
STRIPE_SECRET_KEY = os.environ.get("RECOUP_STRIPE_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("RECOUP_STRIPE_WEBHOOK_SECRET", "")
IMAP_URL = os.environ.get("RECOUP_IMAP", "")
MAIL_IN_ROOT = os.environ.get("RECOUP_MAIL_IN", "")
# Bounces come back to this address with the message's id after a plus (a return path per message).
BOUNCES = os.environ.get("RECOUP_BOUNCES", "")
DEFAULT_FROM_EMAIL = os.environ.get("RECOUP_FROM", "post@recoup.example")

# A folder or sftp://user@host/folder: batches of letters and what the print house answers.
PRINT_HOUSE = os.environ.get("RECOUP_PRINT_HOUSE", "")
# Text messages and the dialler, by HTTPS at a provider; without an address the house has none.
SMS_URL = os.environ.get("RECOUP_SMS_URL", "").rstrip("/")
SMS_KEY = os.environ.get("RECOUP_SMS_KEY", "")
SMS_FROM = os.environ.get("RECOUP_SMS_FROM", "Recoup")
SMS_PRICE = os.environ.get("RECOUP_SMS_PRICE", "")  # of a part, as it is to be shown: 0.0650 EUR
DIALLER_URL = os.environ.get("RECOUP_DIALLER_URL", "").rstrip("/")
DIALLER_ACCOUNT = os.environ.get("RECOUP_DIALLER_ACCOUNT", "")
DIALLER_KEY = os.environ.get("RECOUP_DIALLER_KEY", "")
DIALLER_FROM = os.environ.get("RECOUP_DIALLER_FROM", "")

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "recoup.web.kit.accounts.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
PASSWORD_RESET_TIMEOUT = 30 * 60
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,100/h/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "Recoup"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
if flag("RECOUP_TESTING"):
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = True, "Lax"
LANGUAGE_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 63072000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "recoup.config.logs.OneEvent",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("RECOUP_LOG", "WARNING")},
}
