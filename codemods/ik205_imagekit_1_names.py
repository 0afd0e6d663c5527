"""ImageKit 1's names for processors, and its ``quality=``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.masked_call import with_keyword
from ik_migrate.codegen.moved_names import move_name, new_local_name
from ik_migrate.imagekit.processor_names import IK1_NAMES
from ik_migrate.model.change import Span
from ik_migrate.project.imported_names import attribute_uses, imports_from, uses_of
from ik_migrate.rules import (
    AddArgument,
    Applicability,
    DropArgument,
    Edit,
    Finding,
    Module,
    MoveName,
    Rule,
    SpecField,
    checks_module,
    checks_spec_field,
    make_finding,
    photo_model,
    quoted,
)

RULE = Rule(
    code="IK205",
    name="imagekit-1-names",
    summary="`resize.Fit`, `resize.Crop`, `TrimColor`, `AutoConvert` and `quality=` are ImageKit 1's",
    applicability=(Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 removed or renamed them, so code with these names runs neither with ImageKit 2 nor with 3. The"
        " replacements are equivalent as far as known, but cannot be compared with what the site shows today."
    ),
    help=(
        "Use `ResizeToFit` (with `upscale=False`, because `Fit` did not upscale), `ResizeToFill`, `TrimBorderColor` and"
        " `options=`."
    ),
    source="ImageKit's change log for 2.0: resize.Fit is ResizeToFit, resize.Crop is ResizeToFill; processors of 2.0.4",
    before=photo_model(
        "small = ImageSpecField([Crop(50, 50)], image_field='image', quality=70)",
        "large = ImageSpecField([Fit(800, 600)], image_field='image')",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors.resize import Crop, Fit",
        ),
    ),
    after=photo_model(
        "small = ImageSpecField([ResizeToFill(50, 50)], source='image', options={'quality': 70})",
        "large = ImageSpecField([ResizeToFit(800, 600, upscale=False)], source='image')",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFill, ResizeToFit",
        ),
    ),
)

_SOURCES = tuple(dict.fromkeys(name.rpartition(".")[0] for name in IK1_NAMES))
_UPSCALE_POSITION = 2


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Turn ``quality=`` into ``options=``."""
    quality = spec.arguments.get("quality")
    if quality is None or quality.keyword is None:
        return
    message = f"{spec.label}: `quality=` is an argument of ImageKit 1"
    key, text = quoted(spec, "quality"), spec.module.text
    code = f"{{{key}: {text.text_of(quality.value)}}}"
    if "options" in spec.arguments:
        todo = "Set the quality in the options."
        suggestion = f"options={code}"
        yield make_finding(
            RULE, spec.module, quality.keyword, message, Applicability.MANUAL, help=todo, suggestion=suggestion
        )
        return
    value = (f"{{{key}: ", Span(text.start(quality.value), text.end(quality.value)), "}")
    changes = (AddArgument(spec.offset, "options", value, after="quality"), DropArgument(spec.offset, "quality"))
    yield make_finding(RULE, spec.module, quality.keyword, message, Applicability.UNSAFE, changes=changes)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Rename the processors where they are imported and used, and keep ``Fit`` from enlarging."""
    for node in imports_from(module, _SOURCES):
        if any(f"{node.module}.{alias.name}" in IK1_NAMES for alias in node.names):
            yield _imported(module, node)
    for use, dotted in attribute_uses(module, IK1_NAMES):
        yield _through_module(module, use, dotted)


def _through_module(module: Module, use: ast.Name | ast.Attribute, dotted: str) -> Finding:
    """``resize.Fit(800, 600)``."""
    new = IK1_NAMES[dotted]
    message = f"{dotted} is ImageKit 1's"
    upscale = _keep_small(module, use) if new == "ResizeToFit" else []
    if not new or upscale is None or isinstance(use, ast.Name):
        return make_finding(RULE, module, use, message, Applicability.MANUAL, suggestion=new)
    end = module.text.end(use)
    changes = (Edit(end - len(use.attr), end, (new,)), *upscale)
    return make_finding(RULE, module, use, message, Applicability.UNSAFE, changes=changes)


def _imported(module: Module, node: ast.ImportFrom) -> Finding:
    source = node.module or ""
    moves: list[MoveName] = []
    changes: list[Edit] = []
    is_clear = True
    for alias in node.names:
        new = IK1_NAMES.get(f"{source}.{alias.name}", alias.name)
        uses = uses_of(module, alias)
        local = alias.asname or alias.name if new == alias.name else new_local_name(module, alias, new)
        moves.append(move_name(module, node, alias, "imagekit.processors", new, local))
        is_clear = is_clear and bool(new)
        if local != (alias.asname or alias.name):
            changes += [Edit(module.text.start(use), module.text.end(use), (local,)) for use in uses]
        if new == "ResizeToFit" != alias.name:
            kept = [_keep_small(module, use) for use in uses]
            is_clear = is_clear and None not in kept
            changes += [edit for edits in kept if edits for edit in edits]
    names = ", ".join(alias.name for alias in node.names if f"{source}.{alias.name}" in IK1_NAMES)
    clauses = ", ".join(move.to.clause for move in moves if move.to.name)
    return make_finding(
        RULE,
        module,
        node,
        f"{names} of {source} {'are' if ',' in names else 'is'} ImageKit 1's",
        Applicability.UNSAFE if is_clear else Applicability.MANUAL,
        changes=(*moves, *changes) if is_clear else (),
        suggestion=f"from imagekit.processors import {clauses}" if clauses else "",
    )


def _keep_small(module: Module, use: ast.expr) -> list[Edit] | None:
    """Return the edit that sets ``upscale=False`` where the processor is created; None if that cannot be determined."""
    parent = module.text.names.parents.get(use)
    if not isinstance(parent, ast.Call) or parent.func is not use:
        return None
    if any(isinstance(argument, ast.Starred) for argument in parent.args):
        return None
    keywords = {keyword.arg for keyword in parent.keywords}
    if None in keywords:
        return None
    if "upscale" in keywords or len(parent.args) > _UPSCALE_POSITION:
        return []
    return [with_keyword(module.text, parent, "upscale", "False")]
