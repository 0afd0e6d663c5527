"""A spec file is not a field file any longer: it has neither instance nor field, and another class."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.file_api import has_legacy_files, keep_file_api
from ik_migrate.imagekit.spec_file_paths import paths_in_strings
from ik_migrate.imagekit.spec_files import SpecFileUse, spec_file, spec_file_uses
from ik_migrate.rules import Applicability, Edit, Finding, Module, Rule, checks_module, make_finding

_EXAMPLE = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    title = models.CharField(max_length=80)
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')


def caption(photo):
    thumbnail = photo.thumbnail
    return thumbnail.instance.title
"""

RULE = Rule(
    code="IK506",
    name="spec-file-field",
    summary="a spec file has no `instance`, `field` and `attname`, and is not an `ImageFieldFile`",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 returned an `ImageSpecFieldFile`, a subclass of Django's `ImageFieldFile`. ImageKit 3"
        " returns an `ImageCacheFile`, which is a file but not a field file. The attributes of a field file that"
        " concern its model raise `AttributeError`, `isinstance(..., ImageFieldFile)` is False, and two files of one"
        " name are not equal."
    ),
    help=(
        "Get the instance from the source with `get_field_info`, ask for `ImageCacheFile` in `isinstance`, and"
        " compare names. Or add `--faithful`, which keeps it for all spec files."
    ),
    source="imagekit/models/fields/files.py of 2.0.4; imagekit/cachefiles/__init__.py of 3.0.4 to 6.1.1",
    before=_EXAMPLE,
    after="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    title = models.CharField(max_length=80)
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')


def caption(photo):
    thumbnail = photo.thumbnail
    return photo.title
""",
)

_OWN_CLASS = "imagekit.models.files.ImageSpecFieldFile"
_FIELD_FILES = frozenset(
    f"django.db.models.{name}"
    for name in ("fields.files.ImageFieldFile", "fields.files.FieldFile", "ImageFieldFile", "FieldFile")
)
_WITHOUT_SIZE = ("3.", "4.")
"""The versions of ImageKit whose files have no size: `_committed` is missing in imagekit/cachefiles/__init__.py."""
_TESTS = frozenset({"builtins.isinstance", "builtins.issubclass"})


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report the attributes and the tests of the class."""
    for use in spec_file_uses(module):
        if use.member in {"instance", "field", "attname"}:
            yield _finding(use)
    if has_legacy_files(module.project):
        return
    for path in paths_in_strings(module, ("instance", "field", "attname")):
        message = f"`{path.shown}` is a path through a spec file, which has no `{path.member}`"
        suggestion = path.owner if path.member == "instance" else ""
        finding = make_finding(RULE, module, path.literal.node, message, Applicability.MANUAL, suggestion=suggestion)
        yield keep_file_api(finding, module.project)
    if module.project.faithful:
        yield from _maybe_spec_files(module)
    for compared in module.text.nodes_of(ast.Compare):
        if isinstance(compared, ast.Compare) and isinstance(compared.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            yield from _comparison(module, compared)
    if module.project.target.startswith(_WITHOUT_SIZE):
        yield from _sizes(module)
    for node in module.text.nodes_of(ast.Call):
        if isinstance(node, ast.Call) and len(node.args) == 2 and module.qualified(node.func) in _TESTS:
            yield from _test(module, node)


def _sizes(module: Module) -> Iterator[Finding]:
    """``photo.thumbnail.size`` and ``len(photo.thumbnail)``: they raise before ImageKit 5.0."""
    for node in module.text.nodes_of(ast.Attribute, ast.Call):
        asked: ast.expr | None = None
        if isinstance(node, ast.Attribute) and node.attr == "size" and isinstance(node.ctx, ast.Load):
            asked = node.value
        elif isinstance(node, ast.Call) and len(node.args) == 1 and module.qualified(node.func) == "builtins.len":
            asked = node.args[0]
        file = spec_file(module, asked) if asked is not None else None
        if asked is None or file is None or file.doubt:
            continue
        shown = module.text.text_of(asked)
        finding = make_finding(
            RULE,
            module,
            node,
            f"`{module.text.text_of(node)}` raises `AttributeError` with ImageKit {module.project.target}",
            Applicability.MANUAL,
            help="Use the storage after the file is generated.",
            suggestion=f"{shown}.storage.size({shown}.name)",
        )
        yield keep_file_api(finding, module.project)


def _maybe_spec_files(module: Module) -> Iterator[Finding]:
    """With ``--faithful``: the ``attname`` of an object of which nothing is known keeps the files as they were."""
    if "_meta" in module.text.source.text:
        return  # Fields of Django have one too.
    for node in module.text.nodes_of(ast.Attribute):
        if not isinstance(node, ast.Attribute) or node.attr != "attname" or not isinstance(node.ctx, ast.Load):
            continue
        if spec_file(module, node.value) is None:
            message = f"`{module.text.text_of(node.value)}` may be a spec file"
            yield keep_file_api(make_finding(RULE, module, node, message, Applicability.MANUAL), module.project)


def _finding(use: SpecFileUse) -> Finding:
    message = f"`{use.shown}.{use.member}` {use.is_or_may_be} an attribute of ImageKit 2"
    new = ""
    if use.member == "attname" and use.file.attname:
        new = f"'{use.file.attname}'"
    elif use.member == "instance" and use.owner.replace(".", "").isidentifier():
        new = use.owner
    if not new:
        return use.make_finding(RULE, message, Applicability.MANUAL, suggestion=_suggestion(use))
    edit = Edit(use.module.text.start(use.node), use.module.text.end(use.node), (new,))
    return use.make_finding(RULE, message, Applicability.SAFE, changes=(edit,), suggestion=new)


def _asks_spec(use: SpecFileUse) -> bool:
    """Whether what is read from the field is an attribute of the spec in ImageKit 3, or is not known."""
    parent = use.module.text.names.parents.get(use.node)
    return not use.asks_old_field or getattr(parent, "attr", "") in {"processors", "format", "options"}


def _suggestion(use: SpecFileUse) -> str:
    if use.member == "attname":
        if not use.file.attname:
            return ""
        return f"'{use.file.attname}'"
    if use.member == "field":
        return f"{use.shown}.generator  # the spec: processors, format, options" if _asks_spec(use) else ""
    return use.owner


def _test(module: Module, call: ast.Call) -> Iterator[Finding]:
    """``isinstance(thumbnail, ImageFieldFile)``."""
    asked = call.args[1].elts if isinstance(call.args[1], ast.Tuple) else [call.args[1]]
    names = {module.qualified(item) for item in asked}
    is_own = _OWN_CLASS in names
    is_known = spec_file(module, call.args[0]) is not None
    if not is_own and not (names & _FIELD_FILES and (is_known or _may_be_spec_file(module, call.args[0]))):
        return
    shown = module.text.text_of(call.args[0])
    function = module.text.text_of(call.func)
    replaced = {_OWN_CLASS, *(_FIELD_FILES if is_known else ())}
    classes = [module.text.text_of(item) for item in asked if module.qualified(item) not in replaced]
    tested = f"({', '.join([*classes, 'ImageCacheFile'])})" if classes else "ImageCacheFile"
    message = f"a spec file is not {'an `ImageSpecFieldFile`' if is_own else 'a `FieldFile`'} any longer"
    finding = make_finding(
        RULE,
        module,
        call,
        message if is_own or is_known else f"`{shown}` may be a spec file, and {message}",
        Applicability.MANUAL,
        suggestion=f"from imagekit.cachefiles import ImageCacheFile\n\n{function}({shown}, {tested})",
    )
    yield keep_file_api(finding, module.project)


def _may_be_spec_file(module: Module, expression: ast.expr) -> bool:
    """Whether nothing is known of an expression, in a project with spec fields."""
    if not module.project.spec_attributes:
        return False
    if isinstance(expression, ast.Call):
        return module.qualified(expression.func) == "builtins.getattr"
    target = module.resolve(expression) if isinstance(expression, ast.Name) else None
    return target is not None and target.binding is not None and target.binding.kind == "parameter"


def _comparison(module: Module, node: ast.Compare) -> Iterator[Finding]:
    """``photo.thumbnail == other``: files of ImageKit 2 were equal to their names."""
    for side in (node.left, *node.comparators):
        file = spec_file(module, side)
        if file is not None and not file.doubt and module.text.text_of(side) != "None":
            shown = module.text.text_of(side)
            finding = make_finding(
                RULE,
                module,
                node,
                f"`{shown}` is only equal to itself; with ImageKit 2 also to files of its name, and to the name",
                Applicability.MANUAL,
                suggestion=f"{shown}.name",
            )
            yield keep_file_api(finding, module.project)
            return
