"""The site as the faults have it, whose pages need no collected files."""

from tests.faults.settings import *  # noqa: F403 - as Django's settings do
from tests.faults.settings import MIDDLEWARE, STORAGES

STORAGES |= {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")
