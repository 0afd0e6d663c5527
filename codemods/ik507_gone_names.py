"""What code imported from ImageKit 2's inside, and ``_ik``: gone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.spec_class import span_of
from ik_migrate.imagekit.instance_types import class_of, is_spec_of_class
from ik_migrate.imagekit.spec_files import KEPT_BY_FIELD
from ik_migrate.project.class_hierarchy import class_behind, with_bases
from ik_migrate.project.imported_names import attribute_uses, uses_of
from ik_migrate.rules import (
    Applicability,
    CannotGenerate,
    Edit,
    ErrorSymptom,
    Finding,
    Module,
    Rule,
    checks_module,
    is_ik3_code,
    make_finding,
    spec_fields,
    use_support,
)

RULE = Rule(
    code="IK507",
    name="gone-names",
    summary="`_ik.spec_files`, `SpecFileGenerator` and other inner parts of ImageKit 2 were removed",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why="ImageKit 3 has no equivalent.",
    help="Call `get_spec_files(instance)` or `get_spec_fields(model)` of the support module.",
    source="imagekit/utils.py, generators.py and models/ of 2.0.4, compared with 3.0.4, 3.3, 4.0.2, 5.0 and 6.1.1",
    before="""\
def thumbnail_urls(photo):
    return [file.url for file in photo._ik.spec_files]
""",
    after="""\
from imagekit_support import get_spec_files


def thumbnail_urls(photo):
    return [file.url for file in get_spec_files(photo)]
""",
    path="photos.py",
    symptoms=(ErrorSymptom(r"imagekit\.(utils|generators|models)", "the name was moved or removed"),),
)

_GONE = {
    "imagekit.utils.ik_model_receiver": (
        "@receiver(post_save, sender=Photo)  # one for each model\ndef on_save(sender, **kwargs):\n    ..."
    ),
    "imagekit.models.fields.files.ImageSpecFieldFile": "from imagekit.cachefiles import ImageCacheFile",
    "imagekit.models.fields.utils.BoundImageKitMeta": "",
    "imagekit.models.fields.utils.ImageKitMeta": "",
    "imagekit.models.fields.utils.ImageSpecFileDescriptor": (
        "ImageSpecFileDescriptor(field, attname, source_field_name)"
    ),
    "imagekit.generators.SpecFileGenerator": (
        "from imagekit import ImageSpec\nfrom imagekit.utils import generate\n\n"
        "class Thumbnail(ImageSpec):\n    processors = [...]\n\ncontent = generate(Thumbnail(source=file))"
    ),
}
_STRING_VERSION = "tuple(int(part) for part in imagekit.__version__.split('.')[:2])"
_GONE |= {"imagekit.get_version": "imagekit.__version__", "imagekit.__version__": _STRING_VERSION}
_GONE |= {
    f"imagekit.utils.{name}": f"from pilkit.utils import {name}  # an inner part of PILKit, too"
    for name in ("_extension_to_format", "_format_to_extension", "_init_pil", "_preinit_pil")
}
_GONE_MODULES = ("imagekit.generators", "imagekit.models.receivers")
_OF_IK = frozenset({"spec_files", "spec_fields", "_source_hashes"})
"""What ImageKit 2 kept in ``_ik``: names that tell it by themselves."""
_HASHES = "_update_source_hashes"
_VERSION = "imagekit.__version__"
_CHANGED = {
    "imagekit.models.fields.utils.ImageSpecFileDescriptor": (
        "ImageSpecFileDescriptor takes other arguments",
        "ImageKit 3 has a class of that name, which also needs the name of the source field: `TypeError`.",
        "Pass the name of the source field as the third argument.",
    ),
    _VERSION: (
        "`imagekit.__version__` is now a string",
        "It was a tuple of numbers in ImageKit 2. Comparing a string with a tuple gives a wrong result on"
        " Python 2, and an exception on Python 3.",
        "Convert it to numbers before comparing it.",
    ),
}
"""What ImageKit 3 has under the same name, but otherwise: the message, why it matters and what to do."""


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report each import, each use through a module, and each ``_ik``."""
    for node in module.text.nodes:
        if isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                dotted = f"{node.module}.{alias.name}"
                is_gone = node.module in _GONE_MODULES or dotted in _GONE_MODULES or dotted in _GONE
                if is_gone and _matters(module, node, dotted):
                    yield _gone(module, alias, dotted)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in _GONE_MODULES:
                    yield _gone(module, alias, alias.name)
        elif isinstance(node, ast.Attribute) and node.attr == "_ik" and _is_of_imagekit(module, node):
            yield _ik(module, node)
        elif isinstance(node, ast.Attribute) and node.attr == _HASHES and "imagekit" in module.text.source.text:
            yield _hashes(module, node)
        elif isinstance(node, ast.Attribute) and node.attr in KEPT_BY_FIELD and _is_field(module, node.value):
            yield _of_the_field(module, node)
        elif isinstance(node, ast.Call) and _asks_for_ik(module, node):
            yield _asked_ik(module, node)
    for use, dotted in attribute_uses(module, _GONE):
        if not dotted.startswith(_GONE_MODULES) and _matters(module, use, dotted):
            yield _gone(module, use, dotted)


def _matters(module: Module, node: ast.AST, dotted: str) -> bool:
    """Whether the name is reported: one that ImageKit 3 has too is reported in code for ImageKit 2 only."""
    if dotted == _VERSION:
        return module.project.has_ik2_code
    if dotted in _CHANGED and not any(_is_called(module, use) for use in _uses(module, node)):
        return False
    return dotted not in _CHANGED or not is_ik3_code(module, node)


def _uses(module: Module, node: ast.AST) -> list[ast.expr]:
    """The expressions that use what a statement imports, or the expression itself."""
    if isinstance(node, ast.ImportFrom):
        return [use for alias in node.names for use in uses_of(module, alias)]
    return [node] if isinstance(node, ast.expr) else []


def _is_called(module: Module, use: ast.expr) -> bool:
    """Whether a class is called, or is the base of another one."""
    parent = module.text.names.parents.get(use)
    return isinstance(parent, ast.ClassDef) or (isinstance(parent, ast.Call) and parent.func is use)


def _gone(module: Module, node: ast.AST, dotted: str) -> Finding:
    source, _, name = dotted.rpartition(".")
    suggestion = _GONE.get(dotted, "")
    if dotted in _CHANGED:
        message, why, todo = _CHANGED[dotted]
        return make_finding(
            RULE, module, node, message, Applicability.MANUAL, why=why, help=todo, suggestion=suggestion
        )
    what = dotted if dotted in _GONE_MODULES or source in _GONE_MODULES else f"{name} of {source}"
    message = f"{what} was removed in 3.0"
    todo = "Use its replacement." if suggestion else "It has no replacement: remove the code that needs it."
    if name == "ImageSpecFieldFile":
        todo = (
            "Test for the class of ImageKit 3. A class that derives from it is made of a spec: `ImageCacheFile(spec)`."
        )
    return make_finding(RULE, module, node, message, Applicability.MANUAL, help=todo, suggestion=suggestion)


def _is_field(module: Module, expression: ast.expr) -> bool:
    return isinstance(expression, ast.Attribute) and is_spec_of_class(module, expression.value, expression.attr)


def _of_the_field(module: Module, node: ast.Attribute) -> Finding:
    """``Photo.thumbnail.image_field``: what the field itself knows."""
    field = module.text.text_of(node.value)
    return make_finding(
        RULE,
        module,
        node,
        f"{field} is the field, which has no {node.attr} any more",
        Applicability.MANUAL,
        why="The field of ImageKit 3 keeps its source; the rest is in the spec that it makes: AttributeError.",
        help="Read it where the field is made. `LegacyImageSpecField` of the support module keeps it.",
        suggestion=f"{field}.source" if node.attr == "image_field" else "",
    )


def _is_of_imagekit(module: Module, node: ast.Attribute) -> bool:
    """Whether ``photo._ik`` can be ImageKit's: an app for other apps' models need not have a spec field itself."""
    parent = module.text.names.parents.get(node)
    if isinstance(parent, ast.Attribute) and parent.attr in _OF_IK:
        return True
    if not module.project.spec_attributes or isinstance(node.ctx, ast.Store):
        return False
    return "imagekit" in module.text.source.text or _is_of_model(module, node.value)


def _is_of_model(module: Module, owner: ast.expr) -> bool:
    """Whether an expression is a model with spec fields, or an instance of one."""
    model = class_behind(module.resolve(owner)) or class_of(module, owner)
    return model is not None and any(
        spec.model is node for found, node in with_bases(*model) for spec in spec_fields(found)
    )


def _hashes(module: Module, node: ast.Attribute) -> Finding:
    """``field._update_source_hashes(photo)``, which those call who add a field to a model that is there already."""
    return make_finding(
        RULE,
        module,
        node,
        f"{module.text.text_of(node)} was removed in 3.0",
        Applicability.MANUAL,
        why="ImageKit 3 tracks the source of an instance itself: `AttributeError`.",
        help="Remove the call.",
    )


def _ik(module: Module, node: ast.Attribute) -> Finding:
    """``photo._ik.spec_files`` and ``photo._ik.spec_fields``."""
    parent = module.text.names.parents.get(node)
    whole = parent if isinstance(parent, ast.Attribute) else node
    message = f"`{module.text.text_of(whole)}` was removed"
    function = {"spec_files": "get_spec_files", "spec_fields": "get_spec_fields"}.get(whole.attr, "")
    why = "ImageKit 3 keeps a plain dict under `_ik`, with nothing about the spec fields: `AttributeError`."
    if not function:
        return make_finding(RULE, module, whole, message, Applicability.MANUAL, why=why)
    try:
        local, changes = use_support(module, function)
    except CannotGenerate as error:
        return make_finding(RULE, module, whole, message, Applicability.MANUAL, why=f"Not rewritten: {error}. {why}")
    pieces = (f"{local}(", span_of(module, node.value), ")")
    edit = Edit(module.text.start(whole), module.text.end(whole), pieces)
    return make_finding(RULE, module, whole, message, Applicability.SAFE, why=why, changes=[edit, *changes])


def _asks_for_ik(module: Module, call: ast.Call) -> bool:
    """Whether it is ``hasattr(model, '_ik')`` or ``getattr(photo, '_ik', None)``."""
    if len(call.args) < 2 or module.qualified(call.func) not in {"builtins.hasattr", "builtins.getattr"}:
        return False
    name = call.args[1]
    return isinstance(name, ast.Constant) and name.value == "_ik" and bool(module.project.spec_attributes)


def _asked_ik(module: Module, call: ast.Call) -> Finding:
    message = f"`{module.text.text_of(call)}` does not tell whether there are spec fields"
    why = "In ImageKit 3, models have no `_ik`, and instances a plain dict, with nothing about the spec fields."
    if module.qualified(call.func) == "builtins.getattr":
        todo = "Call `get_spec_fields(model)` or `get_spec_files(instance)` of the support module."
        return make_finding(RULE, module, call, message, Applicability.MANUAL, why=why, help=todo)
    try:
        local, changes = use_support(module, "get_spec_fields")
    except CannotGenerate as error:
        return make_finding(RULE, module, call, message, Applicability.MANUAL, why=f"Not rewritten: {error}. {why}")
    parent = module.text.names.parents.get(call)
    is_condition = isinstance(parent, ast.If | ast.UnaryOp)
    before, after = ("", "") if is_condition else ("bool(", ")")
    pieces = (f"{before}{local}(", span_of(module, call.args[0]), f"){after}")
    edit = Edit(module.text.start(call), module.text.end(call), pieces)
    return make_finding(RULE, module, call, message, Applicability.SAFE, why=why, changes=[edit, *changes])
