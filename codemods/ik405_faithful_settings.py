"""With ``--faithful``: the settings that have all fields behave as under ImageKit 2."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.errors import CannotGenerate
from ik_migrate.codegen.imports import line_after_imports
from ik_migrate.codegen.legacy_field import first_field_of
from ik_migrate.imagekit.cache_backends import BACKEND_SETTING, BACKENDS, SETTING, STRATEGIES, STRATEGY_SETTING
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
    require_support,
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
    help=f"Set `{BACKEND_SETTING}` and `{STRATEGY_SETTING}`.",
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


_ARGUMENT = "cachefile_strategy"
_SUCCESSORS: dict[object, str] = {
    f"{BACKENDS}.Simple": "StorageBackend",
    f"{STRATEGIES}.JustInTime": "PessimisticImageCacheBackend",
    f"{STRATEGIES}.Optimistic": "NonValidatingImageCacheBackend",
}
_PIECE = "use_default_backends"


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Add the two settings to the settings modules that build on no others; without one, do it when the site runs."""
    if not module.project.faithful:
        return
    if not module.project.has_settings:
        yield from _without_settings(module)
    yield from _exchange_own(module)
    if module.path not in module.project.settings_modules:
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


def _exchange_own(module: Module) -> Iterator[Finding]:
    """Name the classes of the support module where settings and fields name those of ImageKit 3 that they derive from.

    An earlier run without ``--faithful`` has written these.
    """
    text = module.text
    for name, value, own in _named_values(module):
        message = f"`{name}` names a class of ImageKit 3: {text.text_of(value)}"
        try:
            needs = require_support(module, own) if name == _ARGUMENT else need_support(module, own)
        except CannotGenerate as error:
            why = f"Not rewritten: {error}. {RULE.why}"
            yield make_finding(RULE, module, value, message, Applicability.MANUAL, why=why)
            continue
        quote = text.text_of(value)[-1]
        path = f"{quote}{support_of(module).dotted}.{own}{quote}"
        edit = Edit(text.start(value), text.end(value), (path,))
        yield make_finding(RULE, module, value, message, Applicability.SAFE, changes=[edit, *needs])


def _named_values(module: Module) -> Iterator[tuple[str, ast.expr, str]]:
    """The classes of ImageKit 3 that settings and arguments of a file name, and their successors."""
    if "imagekit.cachefiles." not in module.text.source.text:
        return
    for node in module.text.nodes_of(ast.keyword, ast.Assign, ast.Dict):
        pairs: list[tuple[object, ast.expr]] = []
        match node:
            case ast.keyword():
                pairs = [(node.arg, node.value)]
            case ast.Assign():
                pairs = [(getattr(target, "id", getattr(target, "attr", "")), node.value) for target in node.targets]
            case ast.Dict():
                pairs = [(getattr(key, "value", ""), value) for key, value in zip(node.keys, node.values, strict=True)]
        for name, value in pairs:
            own = _SUCCESSORS.get(value.value) if isinstance(value, ast.Constant) else None
            if own is not None and name in {_ARGUMENT, BACKEND_SETTING, STRATEGY_SETTING}:
                yield str(name), value, own


def _without_settings(module: Module) -> Iterator[Finding]:
    """Have the support module give the fields of a file their backends, where the settings name none."""
    found = first_field_of(module)
    if found is None or _PIECE in support_of(module).pieces:
        return
    node, label = found
    message = f"{label}: the settings of the sites that use it are not in this project"
    try:
        needs = require_support(module, _PIECE)
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {RULE.why}"
        yield make_finding(RULE, module, node, message, Applicability.MANUAL, why=why)
        return
    yield make_finding(RULE, module, node, message, Applicability.SAFE, changes=needs)


def _sets_strategy(module: Module) -> bool:
    """Whether the file always sets the strategy, by ImageKit 2's setting or by its successor."""
    return any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id in {SETTING, STRATEGY_SETTING} for target in node.targets)
        for node in module.tree.body
    )
