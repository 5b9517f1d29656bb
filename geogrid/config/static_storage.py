"""Static files under names that carry a digest of their content, so browsers keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Also rewrites `import "./x.js"` in ES modules, which Django leaves alone by default."""

    support_js_module_import_aggregation = True
