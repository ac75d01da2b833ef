"""The site's settings: composition, and what the environment says (`myproject/environment`).

Without any environment this is a site for development, on this machine alone: DEBUG, SQLite, and
secrets that are made up and remembered in `var/`. A production site sets SECRET_KEY, which turns
DEBUG off, and is then told what else it has to set.
"""

import os
from logging import INFO, LogRecord
from pathlib import Path

from myproject import environment
from myproject.databases import database, sqlite
from myproject.development import noted_redis, remembered_secret
from myproject.policy import policy, socket_sources
from privatemessages.conf import Settings as Messenger

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"  # what this site keeps on disk in development
env = environment.read(os.environ)

DEBUG: bool = env["DEBUG"]

# Who we are, and who may talk to us

SECRET_KEY = env["SECRET_KEY"] or remembered_secret(VAR, "secret_key")
SECRET_KEY_FALLBACKS = env["SECRET_KEY_FALLBACKS"]
ALLOWED_HOSTS = env["ALLOWED_HOSTS"]

# What the workers may call us by: a wildcard is no name.
_names = [host.lstrip(".") for host in ALLOWED_HOSTS if host != "*"]

API_KEY = env["API_KEY"] or remembered_secret(VAR, "api_key")
SEND_MESSAGE_API_URL = (
    env["SEND_MESSAGE_API_URL"] or f"http://127.0.0.1:{env['PORT']}/messages/send_message_api/"
)

_OWN_REDIS = noted_redis(VAR) if DEBUG else None
REDIS_URL = env["REDIS_URL"] or _OWN_REDIS or "redis://127.0.0.1:6379/0"

PRIVATEMESSAGES = {name: env[name] for name in Messenger.model_fields} | {
    "REDIS_URL": REDIS_URL,
    "API_KEY": API_KEY,
    "SEND_MESSAGE_API_URL": SEND_MESSAGE_API_URL,
    "SAVE_HOST": env["SAVE_HOST"] or (_names[0] if _names else ""),
    # In production a proxy serves pages and sockets on one port.
    "SOCKET_PORT": env["SOCKET_PORT"] or (env["TORNADO_PORT"] if DEBUG else None),
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
    "privatemessages.middleware.RequestMiddleware",
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

_database = env["DATABASE_URL"] or sqlite(VAR / "db.sqlite3")
DATABASES = {"default": database(_database, keeps_connections=not DEBUG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sessions and people

SESSION_ENGINE = "myproject.sessions"
SESSION_REDIS_URL = env["SESSION_REDIS_URL"] or REDIS_URL

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
STATIC_ROOT = env["STATIC_ROOT"] or str(VAR / "static")
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

# Safety. A proxy ends TLS, and overwrites X-Forwarded-Proto.

HTTPS = not DEBUG if env["HTTPS"] is None else env["HTTPS"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_DOMAIN = env["SESSION_COOKIE_DOMAIN"] or None
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "myproject.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = env["CSRF_TRUSTED_ORIGINS"]
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # the proxy sends Strict-Transport-Security, with what it answers itself too
    "security.W008",  # the proxy redirects to https; workers save over plain HTTP from inside
]

CONTENT_SECURITY_POLICY = policy(socket_sources(env["SOCKET_URL"], any_port=DEBUG))

# Logs go to stderr; whoever starts us keeps them.


def _is_worth_a_line(record: LogRecord) -> bool:
    """In development a page brings dozens of modules, which would hide everything else."""
    return record.levelno > INFO or f" /{STATIC_URL}" not in record.getMessage()


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "privatemessages.logs.JsonFormatter"},
        "line": {"()": "privatemessages.logs.LineFormatter", "shows_all": DEBUG},
    },
    "filters": {
        "pages": {"()": "django.utils.log.CallbackFilter", "callback": _is_worth_a_line},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": env["LOG_FORMAT"] or ("line" if DEBUG else "json"),
        }
    },
    "root": {"handlers": ["stderr"], "level": env["LOG_LEVEL"]},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {
            "handlers": ["stderr"],
            "filters": ["pages"],
            "level": env["REQUEST_LOG_LEVEL"],
            "propagate": False,
        },
        # Sockets come and go with every page.
        "privatemessages.tornadoapp.journal": {
            "level": env["REQUEST_LOG_LEVEL"] if DEBUG else "NOTSET"
        },
    },
}
