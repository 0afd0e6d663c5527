"""Names of ``imagekit.utils`` that live elsewhere now."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from ik_migrate.codegen.imports import needed
from ik_migrate.codegen.moved_names import import_lines, move_name, new_local_name
from ik_migrate.project.imported_names import attribute_uses, imports_from, uses_of
from ik_migrate.rules import (
    Applicability,
    Change,
    Edit,
    Finding,
    Module,
    NeedSupport,
    Rule,
    checks_module,
    make_finding,
    need_support,
    support_of,
)

RULE = Rule(
    code="IK508",
    name="moved-utils",
    summary="`IKContentFile`, `get_spec_files` and the exceptions of `imagekit.utils` were moved",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "`ImportError` in ImageKit 3. Its helpers for formats and extensions are PILKit's, which raises"
        " `UnknownExtension` and `UnknownFormat`, without Error in their names."
    ),
    help=(
        "Import `IKContentFile` from `imagekit.files`, the errors from `pilkit.exceptions`, and the functions for"
        " spec files from the support module."
    ),
    source="imagekit/utils.py of 2.0.4; imagekit/files.py of 3.0.4 to 6.1.1; pilkit/exceptions.py of 1.1.13 and 3.0",
    before="""\
from imagekit.utils import IKContentFile, UnknownExtensionError, extension_to_format


def rendered(name, data):
    try:
        format = extension_to_format(name)
    except UnknownExtensionError:
        format = None
    return IKContentFile(name, data, format=format)
""",
    after="""\
from imagekit.utils import extension_to_format
from imagekit.files import IKContentFile
from pilkit.exceptions import UnknownExtension


def rendered(name, data):
    try:
        format = extension_to_format(name)
    except UnknownExtension:
        format = None
    return IKContentFile(name, data, format=format)
""",
    path="rendering.py",
)

_MOVED = {
    "IKContentFile": ("imagekit.files", "IKContentFile"),
    "UnknownExtensionError": ("pilkit.exceptions", "UnknownExtension"),
    "UnknownFormatError": ("pilkit.exceptions", "UnknownFormat"),
}
_TO_SUPPORT = ("get_spec_files", "validate_app_cache", "invalidate_app_cache")
_UTILS = "imagekit.utils"


def _places(module: Module) -> dict[str, tuple[str, str]]:
    """The names that live elsewhere now, each with its module and its name there."""
    return _MOVED | {name: (support_of(module).dotted, name) for name in _TO_SUPPORT}


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Import them from where they are, rename their uses, and turn ``utils.x`` into an imported name."""
    places = _places(module)
    for node in imports_from(module, [_UTILS]):
        if any(alias.name in places for alias in node.names):
            yield _imported(module, node, places)
    for use, dotted in attribute_uses(module, [f"{_UTILS}.{name}" for name in places]):
        source, original = places[dotted.rpartition(".")[2]]
        name, imports = needed(module, source, original)
        yield make_finding(
            RULE,
            module,
            use,
            f"`{dotted}` was moved to `{source}`",
            Applicability.SAFE,
            changes=(
                Edit(module.text.start(use), module.text.end(use), (name,)),
                *imports,
                *_needs(module, [original]),
            ),
        )


def _needs(module: Module, names: Iterable[str]) -> list[NeedSupport]:
    return [need for name in names if name in _TO_SUPPORT for need in need_support(module, name)]


def _imported(module: Module, node: ast.ImportFrom, places: Mapping[str, tuple[str, str]]) -> Finding:
    moved = [alias for alias in node.names if alias.name in places]
    moves = []
    renames: list[Change] = []
    for alias in moved:
        source, name = places[alias.name]
        local = new_local_name(module, alias, name)
        moves.append(move_name(module, node, alias, source, name, local))
        if local != (alias.asname or alias.name):
            text = module.text
            renames += [Edit(text.start(use), text.end(use), (local,)) for use in uses_of(module, alias)]
    names = ", ".join(alias.name for alias in moved)
    return make_finding(
        RULE,
        module,
        node,
        f"{names} of imagekit.utils {'was' if len(moves) == 1 else 'were'} moved",
        Applicability.SAFE,
        changes=(*moves, *renames, *_needs(module, [move.to.name for move in moves])),
        suggestion="\n".join(import_lines(moves)),
    )
