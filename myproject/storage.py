from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Rewrites the imports of ES modules too: a module that is loaded by two names runs twice."""

    support_js_module_import_aggregation = True
