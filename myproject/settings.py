"""The site's settings: composition, and what the environment says.

Without any environment this is a site for development, on this machine alone: DEBUG, SQLite, and
secrets that are made up and remembered in `var/`. A production site sets SECRET_KEY, which turns
DEBUG off, and is then told what else it has to set.
"""

from logging import INFO, LogRecord
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from myproject.development import noted_redis, remembered_secret

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"  # what this site keeps on disk in development
env = environ.Env()

DEBUG = env.bool("DEBUG", default="SECRET_KEY" not in env.ENVIRON)


def _secret(name: str) -> str:
    """From the environment; in development it may be missing there."""
    value = env.str(name, default="")
    if not value and not DEBUG:
        raise ImproperlyConfigured(
            f"Set {name} in the environment (or DEBUG=True to try the site)."
        )
    return value or remembered_secret(VAR, name.lower())


# Who we are, and who may talk to us

SECRET_KEY = _secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if not ALLOWED_HOSTS and not DEBUG:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS in the environment, such as chat.example.com.")

# What the workers may call us by: a wildcard is no name.
_names = [host.lstrip(".") for host in ALLOWED_HOSTS if host != "*"]

API_KEY = _secret("API_KEY")
SEND_MESSAGE_API_URL = env.str(
    "SEND_MESSAGE_API_URL",
    default=f"http://127.0.0.1:{env.int('PORT', default=8000)}/messages/send_message_api/",
)

_OWN_REDIS = noted_redis(VAR) if DEBUG else None
REDIS_URL = env.str("REDIS_URL", default=_OWN_REDIS or "redis://127.0.0.1:6379/0")
SOCKET_URL = env.str("SOCKET_URL", default="")

PRIVATEMESSAGES = {
    "REDIS_URL": REDIS_URL,
    "API_KEY_FALLBACKS": env.list("API_KEY_FALLBACKS", default=[]),
    "PROGRAM_API_KEYS": env.list("PROGRAM_API_KEYS", default=[]),
    "SAVE_HOST": env.str("SAVE_HOST", default=_names[0] if _names else ""),
    # In production a proxy serves pages and sockets on one port.
    "SOCKET_PORT": env.int("TORNADO_PORT", default=8888) if DEBUG else None,
    "SOCKET_URL": SOCKET_URL,
    "ALLOWED_ORIGINS": env.list("ALLOWED_ORIGINS", default=[]),
}

# What the site is made of

INSTALLED_APPS = [
    "myproject",
    "privatemessages",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "privatemessages.middleware.TimezoneMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "myproject.urls"
WSGI_APPLICATION = "myproject.wsgi.application"

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
            ],
        },
    },
]

# Data

CONNECTION_LIFE = 60  # seconds
LOCK_WAIT = 20  # seconds that a writer waits for another one in SQLite
CONNECT_TIMEOUT = 5  # seconds


def _database() -> dict[str, Any]:
    database: dict[str, Any] = dict(env.db("DATABASE_URL", default=f"sqlite:///{VAR}/db.sqlite3"))
    if database["ENGINE"] == "django.db.backends.sqlite3":
        Path(database["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = {
            "transaction_mode": "IMMEDIATE",
            "timeout": LOCK_WAIT,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        own = {"connect_timeout": CONNECT_TIMEOUT}
        database |= {"CONN_MAX_AGE": 0 if DEBUG else CONNECTION_LIFE, "CONN_HEALTH_CHECKS": True}
    database["OPTIONS"] = own | database.get("OPTIONS", {})
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sessions and people

SESSION_ENGINE = "myproject.sessions"
SESSION_REDIS_URL = env.str("SESSION_REDIS_URL", default=REDIS_URL)  # one server, not a cluster

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/messages/"
LOGOUT_REDIRECT_URL = "home"

_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator"},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]

# Languages and times

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files: WhiteNoise serves them, in production under names that change with their content

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "myproject.storage.HashedStaticFilesStorage"
    },
}

# Safety. A proxy ends TLS, and overwrites X-Forwarded-Proto. There is no SECURE_SSL_REDIRECT here,
# because the workers' saves come over plain HTTP from inside.

HTTPS = env.bool("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "myproject.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
X_FRAME_OPTIONS = "DENY"

# Scripts and styles come from our own files alone, and none stands within a page.


def _socket_sources() -> list[str]:
    """'self' is also the sockets of the page's own host; in development they have another port."""
    if DEBUG:
        return ["ws:", "wss:"]
    address = urlsplit(SOCKET_URL)
    return [f"{address.scheme}://{address.netloc}"] if SOCKET_URL else []


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF, *_socket_sources()],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Logs go to stderr; whoever starts us keeps them.


def _is_worth_a_line(record: LogRecord) -> bool:
    """In development a page brings dozens of modules, which would hide everything else."""
    return record.levelno > INFO or f" /{STATIC_URL}" not in record.getMessage()


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {
        "pages": {"()": "django.utils.log.CallbackFilter", "callback": _is_worth_a_line},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {
            "handlers": ["stderr"],
            "filters": ["pages"],
            "level": env.str("REQUEST_LOG_LEVEL", default="INFO"),
            "propagate": False,
        },
    },
}
