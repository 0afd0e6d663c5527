"""The submodules of ``imagekit.processors`` are deprecated."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.moved_names import import_lines, move_name
from ik_migrate.imagekit.processor_names import IK1_NAMES, PLACES, SUBMODULES
from ik_migrate.project.imported_names import attribute_uses, dotted_imports, imports_from
from ik_migrate.project.used_names import used_names
from ik_migrate.rules import (
    Applicability,
    ErrorSymptom,
    Finding,
    Module,
    Rule,
    checks_module,
    is_ik3_code,
    make_finding,
    photo_model,
)

RULE = Rule(
    code="IK204",
    name="processor-imports",
    summary="`imagekit.processors.resize`, `.crop`, `.base` and `.utils` are deprecated",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL, Applicability.NOTICE),
    why="ImageKit 3.2.4 and later raise a `DeprecationWarning`, and some names were removed.",
    help="Import the processors from `imagekit.processors`, and their helpers from PILKit.",
    source="imagekit/processors/ of 2.0.4 and of 3.0.4 to 6.1.1; pilkit/processors/ of 1.1.13 and 3.0",
    before=photo_model(
        "small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors.resize import ResizeToFill",
        ),
    ),
    after=photo_model("small = ImageSpecField([ResizeToFill(50, 50)], source='image')"),
    symptoms=(
        ErrorSymptom(r"imagekit\.processors\.(resize|crop|base|utils)", "the modules of processors moved to PILKit"),
    ),
)

_ENTROPY = (
    "PILKit has `histogram_entropy`, and with newer versions of Pillow it is Pillow's: for something that is not an"
    " image it raises `AttributeError`, where ImageKit 2 returned 0."
)
_STAYS = (
    "The module still exists in ImageKit 6.1, with a `DeprecationWarning` since 3.2.4. Nothing has to be changed now."
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Rewrite what is imported by name; tell of the modules that are imported whole."""
    if module.path in module.project.loaded_with_settings:
        return  # See the rule about processors in settings.
    for whole in imports_from(module, SUBMODULES):
        if not _is_ik3(module, whole):
            yield from _names(module, whole)
    for node, alias, dotted in dotted_imports(module):
        if dotted in SUBMODULES and not _is_ik3(module, node):
            yield make_finding(RULE, module, alias, f"{dotted} is deprecated", Applicability.NOTICE, why=_STAYS)
    for use, _ in attribute_uses(module, ["imagekit.processors.crop._crop"]):
        suggestion = "from pilkit.processors.crop import _crop"
        message = "`_crop` was moved to PILKit"
        yield make_finding(RULE, module, use, message, Applicability.MANUAL, suggestion=suggestion)


def _is_ik3(module: Module, node: ast.AST) -> bool:
    return is_ik3_code(module, node) and not module.project.has_ik2_code


def _names(module: Module, node: ast.ImportFrom) -> Iterator[Finding]:
    source = node.module or ""
    places = PLACES[source]
    if node.names[0].name == "*":
        used = sorted(used_names(module.text) & {name for name in places if not name.startswith("_")})
        suggestion = f"from imagekit.processors import {', '.join(used)}" if used else ""
        message = f"{source} is deprecated"
        yield make_finding(RULE, module, node, message, Applicability.MANUAL, suggestion=suggestion)
        return
    if any(f"{source}.{alias.name}" in IK1_NAMES for alias in node.names):
        return  # Those names' own rule takes the whole statement.
    for alias in node.names:
        if alias.name not in places:
            message = f"{alias.name} of {source} is not in imagekit.processors"
            yield make_finding(RULE, module, alias, message, Applicability.MANUAL)
    known = [alias for alias in node.names if alias.name in places]
    if not known:
        return
    moves = [move_name(module, node, alias, places[alias.name], alias.name) for alias in known]
    names = [alias.name for alias in known]
    is_entropy = "histogram_entropy" in names
    yield make_finding(
        RULE,
        module,
        node,
        f"{', '.join(names)} of {source} {'is' if len(moves) == 1 else 'are'} imported from a deprecated module",
        Applicability.UNSAFE if is_entropy else Applicability.SAFE,
        changes=moves,
        why=_ENTROPY if is_entropy else "",
        suggestion="\n".join(import_lines(moves)),
    )
