"""``except ValueError`` around a member of a spec file that has no source."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.spec_class import span_of
from ik_migrate.imagekit.spec_files import spec_file
from ik_migrate.rules import (
    Applicability,
    CannotGenerate,
    Edit,
    Finding,
    Module,
    Rule,
    checks_module,
    make_finding,
    photo_model,
    use_support,
)

_EXAMPLE = photo_model(
    "small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')",
    below="""\
def small_url(photo):
    try:
        return photo.small.url
    except ValueError:
        return None
""",
).replace("upload_to='photos'", "upload_to='photos', blank=True")

RULE = Rule(
    code="IK514",
    name="empty-source",
    summary="the `url` of a spec file without a source does not always raise `ValueError`",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.NOTICE),
    why=(
        "Where the source is empty, ImageKit 2 raised `ValueError` each time. ImageKit 3 raises a kind of `ValueError`"
        " (`MissingSource`) the first time only, and returns the URL of the media folder afterwards."
    ),
    help="Pass the file through `require_source` of the support module, or check the source first.",
    source="ImageSpecFieldFile._require_file of 2.0.4; imagekit/exceptions.py and imagekit/specs of 3.0.4 to 6.1.1",
    before=_EXAMPLE,
    after=_EXAMPLE.replace("image_field=", "source=")
    .replace("photo.small.url", "require_source(photo.small).url")
    .replace("import ResizeToFill\n", "import ResizeToFill\nfrom imagekit_support import require_source\n"),
)

_NEEDS_SOURCE = frozenset({"url", "path", "width", "height", "size", "read"})


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Look for ``except ValueError``."""
    for node in module.text.nodes_of(ast.Try) if not module.project.faithful else ():
        if not isinstance(node, ast.Try) or not any(_catches_value_error(module, h) for h in node.handlers):
            continue
        for child in (child for statement in node.body for child in ast.walk(statement)):
            if isinstance(child, ast.Attribute) and child.attr in _NEEDS_SOURCE:
                yield from _require_source(module, child)


def _require_source(module: Module, node: ast.Attribute) -> Iterator[Finding]:
    """``photo.thumbnail.url`` where a ``ValueError`` says that there is no image."""
    file = spec_file(module, node.value)
    is_sure = file is not None and not file.doubt
    if file is None and not (node.attr == "url" and _is_parameter(module, node.value)):
        return
    shown = module.text.text_of(node.value)
    message = f"{shown}.{node.attr} does not always raise `ValueError` if there is no source"
    try:
        if not module.project.has_ik2_code:
            raise CannotGenerate("the project does not use ImageKit 2")
        local, changes = use_support(module, "require_source")
    except CannotGenerate:
        if is_sure:
            todo = f"Check the source first: `if {shown}.generator.source`."
            yield make_finding(RULE, module, node, message, Applicability.NOTICE, help=todo)
        return
    pieces = (f"{local}(", span_of(module, node.value), ")")
    edit = Edit(module.text.start(node.value), module.text.end(node.value), pieces)
    applicability = Applicability.UNSAFE if file is None else Applicability.SAFE
    if not is_sure:
        message = f"{shown} may be a spec file: its `{node.attr}` does not always raise `ValueError` without a source"
    yield make_finding(RULE, module, node, message, applicability, changes=[edit, *changes])


def _is_parameter(module: Module, node: ast.expr) -> bool:
    """Whether a function of a project with spec fields is given an object of which nothing else is known."""
    if not isinstance(node, ast.Name) or node.id in {"self", "cls"} or not module.project.has_spec_fields:
        return False
    target = module.resolve(node)
    return target is not None and target.binding is not None and target.binding.kind == "parameter"


def _catches_value_error(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether it says ValueError."""
    if handler.type is None:
        return False
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return "builtins.ValueError" in {module.qualified(item) for item in types}
