"""``imagekit.models.ImageSpec``, the old name of the spec field, was removed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.imports import module_name
from ik_migrate.codegen.legacy_field import find_references
from ik_migrate.codegen.moved_names import drop_names, move_name
from ik_migrate.model.imagekit_names import SPEC_FIELD_ALIAS
from ik_migrate.project.module import last_word
from ik_migrate.project.used_names import is_taken, used_names
from ik_migrate.rules import (
    Applicability,
    Change,
    Edit,
    ErrorSymptom,
    Finding,
    Module,
    Rule,
    checks_module,
    make_finding,
    photo_model,
)

RULE = Rule(
    code="IK107",
    name="image-spec-alias",
    summary="`imagekit.models.ImageSpec` was renamed to `ImageSpecField`",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "This alias from ImageKit 1 was removed: `ImportError`. In ImageKit 3, `imagekit.ImageSpec` is"
        " something else: the base class of specs."
    ),
    help="Use `ImageSpecField`.",
    source="imagekit/models/__init__.py of 2.0.4 and 3.0.4",
    before=photo_model(
        "small = ImageSpec([ResizeToFill(50, 50)], image_field='image')",
        imports=(
            "from imagekit.models import ImageSpec",
            "from imagekit.processors import ResizeToFill",
        ),
    ),
    after=photo_model("small = ImageSpecField([ResizeToFill(50, 50)], source='image')"),
    symptoms=(ErrorSymptom(r"cannot import name '?ImageSpec\b", "the field ImageSpec was renamed to ImageSpecField"),),
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Rename the alias where it is imported, and where it is used under its own name."""
    uses = [
        node
        for node in module.text.nodes_of(ast.Name, ast.Attribute)
        if isinstance(node, ast.Name | ast.Attribute)
        and last_word(node) == "ImageSpec"
        and module.qualified(node) == SPEC_FIELD_ALIAS
    ]
    imports = [
        (node, alias)
        for node in module.text.nodes_of(ast.ImportFrom)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == "ImageSpec" and _is_the_field(module, node, alias)
    ]
    if not uses and not imports:
        return
    imported = {
        alias.name: alias.asname or alias.name
        for node, _ in imports
        for alias in node.names
        if alias.name != "ImageSpec"
    }
    name = imported.get("ImageSpecField", "ImageSpecField")
    replaced = {reference.node for reference in find_references(module)}
    if uses and replaced.issuperset(uses):
        return  # The field of the support module takes its place.
    kept = [use for use in uses if use not in replaced]
    changes: list[Change] = [
        _rename(module, node, name if isinstance(node, ast.Name) else "ImageSpecField") for node in kept
    ]
    clash = "ImageSpecField" not in imported and is_taken(module, "ImageSpecField")
    for node, alias in imports:
        if alias.asname == "ImageSpecField" or "ImageSpecField" not in imported:
            changes.append(move_name(module, node, alias, module_name(node), "ImageSpecField"))
        elif (alias.asname or alias.name) not in used_names(module.text):
            changes += drop_names(module, node, [alias])
    where = imports[0][1] if imports else uses[0]
    if clash and imports and not imports[0][1].asname:
        yield make_finding(
            RULE,
            module,
            where,
            "`imagekit.models.ImageSpec` is used, and the file has another `ImageSpecField`",
            Applicability.MANUAL,
        )
        return
    yield make_finding(
        RULE,
        module,
        where,
        "`imagekit.models.ImageSpec` is a spec field",
        Applicability.SAFE,
        changes=changes,
    )


def _is_the_field(module: Module, node: ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether the alias is imported, from ImageKit or through a file of the project."""
    if node.module == "imagekit.models" and not node.level:
        return True
    target = module.project.resolve_global(module, alias.asname or alias.name)
    return target is not None and target.qualified == SPEC_FIELD_ALIAS


def _rename(module: Module, node: ast.Name | ast.Attribute, name: str) -> Edit:
    end = module.text.end(node)
    return Edit(end - len("ImageSpec"), end, (name,))
