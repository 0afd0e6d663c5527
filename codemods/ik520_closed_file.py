"""A spec file that is read after it has generated its image: ImageKit 3 has closed it by then."""

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
def read_small(photo):
    small = photo.small
    return small.read() if small else None
""",
)

RULE = Rule(
    code="IK520",
    name="closed-file",
    summary="a spec file is closed once it has generated its image",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "From ImageKit 3.3 on, the first use of the truth value, the `url` or the size of a file generates the image"
        " and closes the file. Reading the same object raises `ValueError`; the next time, when the image exists, it"
        " works."
    ),
    help="Pass the file through `reopen_file` of the support module before you read it.",
    source="ImageCacheFile._generate in imagekit/cachefiles/__init__.py of 3.3 to 6.1.1",
    before=_EXAMPLE,
    after=_EXAMPLE.replace("image_field=", "source=")
    .replace("small.read()", "reopen_file(small).read()")
    .replace("import ResizeToFill\n", "import ResizeToFill\nfrom imagekit_support import reopen_file\n"),
)

_GENERATES = frozenset({"url", "path", "width", "height", "size"})
_OPENS = frozenset({"PIL.Image.open", "Image.open", "imagekit.lib.Image.open"})
_READS = frozenset({"read", "chunks", "readline", "readlines", "seek", "multiple_chunks"})


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Look at the names of spec files that are read: where the same object has been used before, it may be closed."""
    project = module.project
    if project.faithful or not project.has_ik2_code or not project.spec_attributes:
        return
    for name in module.text.nodes_of(ast.Name):
        if not isinstance(name, ast.Name) or not isinstance(name.ctx, ast.Load):
            continue
        node = _read_of(module, name)
        if node is not None and _is_used_before(module, name):
            file = spec_file(module, name)
            if file is not None and not file.doubt:
                yield _finding(module, node, name)


def _read_of(module: Module, name: ast.Name) -> ast.expr | None:
    """What reads the object of a name: a method of it, or the call that opens the image; None for other uses."""
    match module.text.names.parents.get(name):
        case ast.Attribute(attr=attr) as method if attr in _READS:
            return method
        case ast.Call(func=function, args=[argument]) as call if argument is name:
            return call if module.qualified(function) in _OPENS else None
    return None


def _finding(module: Module, node: ast.expr, name: ast.Name) -> Finding:
    message = f"`{module.text.text_of(node)}`: the file is closed if its image has just been generated"
    try:
        local, changes = use_support(module, "reopen_file")
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {RULE.why}"
        return make_finding(RULE, module, node, message, Applicability.MANUAL, why=why)
    edit = Edit(module.text.start(name), module.text.end(name), (f"{local}(", span_of(module, name), ")"))
    return make_finding(RULE, module, node, message, Applicability.SAFE, changes=[edit, *changes])


def _is_used_before(module: Module, read: ast.Name) -> bool:
    """Whether the object of a name is used above, so that its image is generated."""
    scope = module.text.scope_of(read)
    place = read.lineno, read.col_offset
    return any(
        isinstance(name, ast.Name)
        and name.id == read.id
        and module.text.scope_of(name) is scope
        and _generates(module, name)
        and ((name.lineno, name.col_offset) < place or _is_condition_of(module, name, read))
        for name in module.text.nodes_of(ast.Name)
    )


def _generates(module: Module, name: ast.Name) -> bool:
    """Whether the image is generated where a name stands: for its truth value, its address or its size."""
    parent = module.text.names.parents.get(name)
    match parent:
        case ast.Attribute(attr=attr):
            return attr in _GENERATES
        case ast.UnaryOp(op=ast.Not()) | ast.BoolOp():
            return True
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            return test is name
        case ast.Call(func=function, args=[argument]):
            return argument is name and module.qualified(function) in {"builtins.bool", "builtins.len"}
    return False


def _is_condition_of(module: Module, name: ast.Name, read: ast.Name) -> bool:
    """Whether a name is the condition of a conditional expression, and runs before what stands to its left."""
    return any(isinstance(outer, ast.IfExp) and outer.test is name for outer in module.text.names.ancestors(read))
