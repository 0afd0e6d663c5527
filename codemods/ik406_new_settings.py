"""Settings that ImageKit 2 ignored, and ImageKit 3 reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.cache_backends import SETTING
from ik_migrate.rules import Applicability, Finding, Module, Rule, checks_module, make_finding

_EXAMPLE = """\
INSTALLED_APPS = ['imagekit']
IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'imagekit.imagecache.NonValidatingImageCacheBackend'
IMAGEKIT_CACHEFILE_DIR = 'thumbs'
"""

RULE = Rule(
    code="IK406",
    name="new-settings",
    summary="a setting that ImageKit 2 ignored takes effect",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 read one setting, `IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND`, and ignored all others that begin with"
        " `IMAGEKIT_`. ImageKit 3 uses this one for the names or the storage of files, or for the cache."
    ),
    help="Remove it, unless its value is what you want.",
    source="imagekit/conf.py of 2.0.4, 3.0.4 and 6.1.1",
    before=_EXAMPLE,
    after=_EXAMPLE,
    path="settings.py",
)

_PREFIX = "IMAGEKIT_"
_SETTINGS = frozenset(
    f"{_PREFIX}{name}"
    for name in (
        *("CACHEFILE_NAMER", "SPEC_CACHEFILE_NAMER", "CACHEFILE_DIR", "DEFAULT_FILE_STORAGE"),
        *("CACHE_BACKEND", "CACHE_PREFIX", "CACHE_TIMEOUT", "USE_MEMCACHED_SAFE_CACHE_KEY"),
    )
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report where a project that uses ImageKit 2 sets one of ImageKit 3's settings."""
    text = module.text.source.text
    if _PREFIX not in text or not (module.project.has_ik2_code or SETTING in text):
        return
    for node in module.text.nodes_of(ast.Name):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in _SETTINGS:
            message = f"`{node.id}` was ignored by ImageKit 2, and now takes effect"
            yield make_finding(RULE, module, node, message, Applicability.NOTICE)
