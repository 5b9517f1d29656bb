"""Static files under names that carry a digest of their content, so browsers keep them for good."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites `import "./x.js"` in ES modules, which Django leaves alone by default."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 12  # one for each level of modules that import modules

    def create_compressor(self, **kwargs: Any) -> Compressor:
        # Brotli at its highest level took 30 s of every first start for a tenth less than gzip.
        return Compressor(use_brotli=False, **kwargs)
