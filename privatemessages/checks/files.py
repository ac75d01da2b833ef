"""What is made from files before a start: collected static files, and compiled translations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings as project
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from django.utils.translation import to_locale

from ..conf import Settings
from .deployment import for_deployment

HERE = Path(__file__).resolve().parent.parent
STATIC = HERE / "static"
LOCALES = HERE / "locale"


@for_deployment
def check_static_files(_: Settings) -> Iterator[CheckMessage]:
    """Where that can be told from files: not under DEBUG, nor of a storage elsewhere."""
    if project.DEBUG or not apps.is_installed("django.contrib.staticfiles"):
        return
    missing = sorted(_own_files() - _collected())
    if missing:
        yield Warning(
            f"{len(missing)} static files are not collected, such as {missing[0]}.",
            hint="Run `manage.py collectstatic`; STATIC_ROOT says where to.",
            id="privatemessages.W017",
        )


def _own_files() -> set[str]:
    return {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()}


def _collected() -> set[str]:
    storage = staticfiles_storage
    try:
        if isinstance(storage, ManifestFilesMixin):
            return set(storage.load_manifest()[0])
        if isinstance(storage, FileSystemStorage):
            return {name for name in _own_files() if Path(storage.path(name)).is_file()}
    except ImproperlyConfigured:  # there is no STATIC_ROOT
        return set()
    return _own_files()


@for_deployment
def check_catalogues(_: Settings) -> Iterator[CheckMessage]:
    if not project.USE_I18N:
        return
    missing = [source for source in _sources() if not source.with_suffix(".mo").exists()]
    if missing:
        names = ", ".join(str(source.relative_to(HERE)) for source in missing)
        yield Warning(
            f"Translations are not compiled: {names}.",
            hint="Compile them with pybabel, or by `manage.py compilecatalogues` where it is.",
            id="privatemessages.W018",
        )


def _sources() -> Iterable[Path]:
    """Of the languages that the project speaks."""
    locales = {to_locale(code) for code, _ in project.LANGUAGES}
    found = sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))
    return [source for source in found if source.relative_to(LOCALES).parts[0] in locales]
