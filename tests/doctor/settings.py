"""The site as it is, but for the names of static files: an error page would need them collected."""

from tests.faults.settings import *  # noqa: F403 - as Django's settings do
from tests.faults.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
