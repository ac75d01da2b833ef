from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# An import that stands at the beginning of a line; in comments, import("…") names types.
IMPORT = r"""(?m:^(?P<matched>import(?P<names>[^"';]*)["'](?P<url>\.[^"']+)["'];))"""
HASHED_IMPORT = """import%(names)s"%(url)s";"""


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it is untyped
    """Rewrites the imports of ES modules too: a module that is loaded by two names runs twice.

    Django's own setting for that takes the types in comments for imports, which then go in circles.
    """

    patterns = (*HashedFilesMixin.patterns, ("*.js", ((IMPORT, HASHED_IMPORT),)))
    max_post_process_passes = 10  # how deep modules may import each other
