"""Static files as production serves them: light, and under names that change with their content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from rcssmin import cssmin
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN = "privatemessages/"
LIGHTENERS: dict[str, Callable[[str], str]] = {".js": jsmin, ".css": cssmin}

# Without comments, in which `import("…")` names types, whatever looks like an import is one.
IMPORT = r"""(?P<matched>(?P<how>\bimport\(|\b(?:import|from))\s*["'](?P<url>\.[^"']+)["'])"""
HASHED_IMPORT = """%(how)s"%(url)s\""""

Paths = dict[str, tuple[Storage, str]]


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it is untyped
    """Rewrites the imports of ES modules too: a module that is loaded by two names runs twice."""

    patterns = (*HashedFilesMixin.patterns, (f"{OWN}js/*.js", ((IMPORT, HASHED_IMPORT),)))
    max_post_process_passes = 10  # how deep modules may import each other

    def post_process(self, paths: Paths, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        light = paths if dry_run else {name: self._light(name, *paths[name]) for name in paths}
        return super().post_process(light, dry_run, **options)  # type: ignore[no-any-return]

    def _light(self, name: str, source: Storage, path: str) -> tuple[Storage, str]:
        """Where the file is now, our own without comments and needless space."""
        lighten = LIGHTENERS.get("." + name.rpartition(".")[2])
        if lighten is None or not name.startswith(OWN):
            return source, path
        with source.open(path) as file:
            content = lighten(file.read().decode())
        self.delete(name)
        self.save(name, ContentFile(content.encode()))
        return self, name
