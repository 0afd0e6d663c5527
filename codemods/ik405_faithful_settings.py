"""With ``--faithful``: the settings that have all fields behave as under ImageKit 2."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.imports import line_after_imports
from ik_migrate.imagekit.cache_backends import BACKEND_SETTING, SETTING, STRATEGY_SETTING
from ik_migrate.imagekit.settings_modules import installed_apps_of
from ik_migrate.rules import (
    Applicability,
    Edit,
    Finding,
    Module,
    Rule,
    checks_module,
    make_finding,
    need_support,
    support_of,
)

RULE = Rule(
    code="IK405",
    name="faithful-settings",
    summary="with `--faithful`, the settings name a backend and a strategy of the support module",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 asked the storage whether a file exists, and deleted a file when its source changed. ImageKit 3"
        " trusts its cache, and goes by the name of the file alone."
    ),
    help="Set `IMAGEKIT_DEFAULT_CACHEFILE_BACKEND` and `IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY`.",
    source="imagekit/imagecache/base.py of 2.0.4; imagekit/cachefiles/ of 3.0.4 to 6.1.1",
    before="""\
INSTALLED_APPS = ['django.contrib.contenttypes', 'imagekit', 'shop']
""",
    after="""\
# All spec fields behave as under ImageKit 2, see imagekit_support.
IMAGEKIT_DEFAULT_CACHEFILE_BACKEND = 'imagekit_support.StorageBackend'
IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY = 'imagekit_support.PessimisticImageCacheBackend'

INSTALLED_APPS = ['django.contrib.contenttypes', 'imagekit', 'shop']
""",
    path="settings.py",
    option="--faithful",
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Add the two settings to the settings modules that no others are the base of."""
    if not module.project.faithful or module.path not in module.project.settings_modules:
        return
    statement = installed_apps_of(module)
    if statement is None or _sets_strategy(module):
        return
    if not module.project.has_spec_fields and "imagekit" not in module.text.source.text:
        return
    dotted, newline = support_of(module).dotted, module.text.source.newline
    lines = [
        f"# All spec fields behave as under ImageKit 2, see {dotted}.",
        f"{BACKEND_SETTING} = '{dotted}.StorageBackend'",
        f"{STRATEGY_SETTING} = '{dotted}.PessimisticImageCacheBackend'",
    ]
    place = line_after_imports(module)
    text = module.text.source.text
    above = newline if place else ""
    below = "" if text.startswith(newline, place) or place == len(text) else newline
    edit = Edit(place, place, (above + newline.join(lines) + newline + below,))
    needs = (*need_support(module, "StorageBackend"), *need_support(module, "PessimisticImageCacheBackend"))
    message = f"`{STRATEGY_SETTING}` is not set"
    yield make_finding(RULE, module, statement.targets[0], message, Applicability.SAFE, changes=[edit, *needs])


def _sets_strategy(module: Module) -> bool:
    """Whether the file always sets the strategy, by ImageKit 2's setting or by its successor."""
    return any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id in {SETTING, STRATEGY_SETTING} for target in node.targets)
        for node in module.tree.body
    )
