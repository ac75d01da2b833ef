"""A project with habits of its own, most of them not Django's defaults.

People sign in with their e-mail address, and their primary keys are UUIDs. There is no admin, no
`django.contrib.messages`, no LocaleMiddleware, and no view called "login" or "logout".
"""

import os
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
PORT = os.environ["PORT"]

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "club.urls"
WSGI_APPLICATION = "club.wsgi.application"
DATABASES = {"default": environ.Env().db("DATABASE_URL") | {"ATOMIC_REQUESTS": True}}

INSTALLED_APPS = [
    "people",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "privatemessages",
]

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "privatemessages.middleware.TimezoneMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.contrib.auth.context_processors.auth"]},
    },
]

AUTH_USER_MODEL = "people.Person"
LOGIN_URL = "/enter/"
SESSION_COOKIE_NAME = "club_session"
CSRF_USE_SESSIONS = True

TIME_ZONE = "Asia/Tokyo"
STATIC_URL = "/files/"
STATIC_ROOT = os.environ.get("STATIC_ROOT")

# The messenger

API_KEY = os.environ["API_KEY"]
SEND_MESSAGE_API_URL = f"http://127.0.0.1:{PORT}/talk/send_message_api/"
PRIVATEMESSAGES = {
    "REDIS_URL": os.environ["REDIS_URL"],
    "SOCKET_PORT": int(os.environ.get("SOCKET_PORT", "8888")),
    "ALLOWED_ORIGINS": [f"http://127.0.0.1:{PORT}"],
    "PERSON_NAME": os.environ.get("PERSON_NAME", ""),
}
