"""``ResizeToFit`` did not upscale small images in ImageKit 2, and does in ImageKit 3."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from ik_migrate.codegen.masked_call import with_keyword
from ik_migrate.codegen.spec_class import span_of
from ik_migrate.model.imagekit_names import RESIZE_TO_FIT
from ik_migrate.project.constants import constant_value
from ik_migrate.project.string_values import pattern_of, texts_of
from ik_migrate.rules import (
    Applicability,
    CannotGenerate,
    Edit,
    Finding,
    ImageSymptom,
    Module,
    Rule,
    Sign,
    checks_module,
    is_ik3_code,
    make_finding,
    photo_model,
    use_support,
)

RULE = Rule(
    code="IK203",
    name="resize-to-fit-upscale",
    summary="`ResizeToFit` upscales small images by default",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL, Applicability.NOTICE),
    why=(
        "Images smaller than the target kept their size in ImageKit 2 (`upscale=None`). ImageKit 3 uses PILKit's"
        " default, `upscale=True`, and upscales them without an error."
    ),
    help="Set `upscale=False`.",
    source="imagekit/processors/resize.py of 2.0.4; pilkit/processors/resize.py of 1.1.13 and 3.0",
    before=photo_model(
        "small = ImageSpecField([ResizeToFit(120, 120)], image_field='image')",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFit",
        ),
    ),
    after=photo_model(
        "small = ImageSpecField([ResizeToFit(120, 120, upscale=False)], source='image')",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFit",
        ),
    ),
    symptoms=(
        ImageSymptom(Sign.UPSCALED, "ResizeToFit upscales in ImageKit 3 unless upscale=False is set"),
        ImageSymptom(
            Sign.UPSCALED_ON_MAT, "ResizeToFit upscales the image on its mat in ImageKit 3, unless upscale=False is set"
        ),
    ),
)

_UPSCALE_POSITION = 2
_ATTRIBUTE_FUNCTIONS = frozenset(f"builtins.{name}" for name in ("delattr", "getattr", "hasattr", "setattr"))
_NAME = "ResizeToFit"
_PROCESSORS = frozenset({"imagekit.processors", "imagekit.processors.resize"})
_COMPARED = (
    "Where the class itself is passed to other code, the support module has a class that derives from it. An instance"
    " of that has another type."
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report each place where the processor is built without ``upscale``."""
    parents = module.text.names.parents
    uses_support = False
    compared: list[ast.expr] = []
    for node in module.text.nodes_of(ast.Name, ast.Attribute):
        if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        parent = parents.get(node)
        if (isinstance(parent, ast.Attribute) and parent.attr != "__init__") or module.qualified(node) != RESIZE_TO_FIT:
            continue
        if isinstance(parent, ast.Call) and parent.func is node:
            yield from _built(module, node, parent, parent.args)
        elif isinstance(parent, ast.Call) and _is_partial(module, parent, node):
            yield from _built(module, node, parent, parent.args[1:])
        elif isinstance(parent, ast.ClassDef):
            yield _use_support(module, node, f"{parent.name} derives from `ResizeToFit`")
        elif _is_compared(module, node):
            compared.append(node)
        elif not (_is_followed(module, node) or _is_type_check(module, node) or _is_asked_for_attribute(module, node)):
            uses_support = True
            yield _use_support(module, node, "`ResizeToFit` is called where reading does not tell how")
    for node in compared if module.project.has_ik2_code else ():
        message = "`ResizeToFit` is compared with a class, which can be `LegacyResizeToFit`"
        kind = Applicability.MANUAL if uses_support else Applicability.NOTICE
        yield make_finding(RULE, module, node, message, kind, why=_COMPARED, help="Use `isinstance` or `issubclass`.")
    yield from _looked_up(module)


def _looked_up(module: Module) -> Iterator[Finding]:
    """``getattr(processors, name)``: the processor is only known when the site runs."""
    if not module.project.has_ik2_code or "getattr" not in module.text.source.text:
        return
    for call in module.text.nodes_of(ast.Call):
        if not isinstance(call, ast.Call) or not 2 <= len(call.args) <= 3 or call.keywords:
            continue
        owner, name = call.args[:2]
        if module.qualified(call.func) != "builtins.getattr" or module.qualified(owner) not in _PROCESSORS:
            continue
        if not _may_be_name(module, name):
            continue
        message = f"`{module.text.text_of(call)}` can be `ResizeToFit`"
        if len(call.args) == 3:
            yield make_finding(RULE, module, call, message, Applicability.MANUAL)
            continue
        if isinstance(name, ast.Constant):
            yield _use_support(module, call, message)
            continue
        try:
            local, changes = use_support(module, "get_processor")
        except CannotGenerate as error:
            why = f"Not rewritten: {error}. {RULE.why}"
            yield make_finding(RULE, module, call, message, Applicability.MANUAL, why=why)
            continue
        pieces = (f"{local}(", replace(span_of(module, name), brackets=False), ")")
        edit = Edit(module.text.start(call), module.text.end(call), pieces)
        yield make_finding(RULE, module, call, message, Applicability.SAFE, changes=[edit, *changes])


def _may_be_name(module: Module, name: ast.expr) -> bool:
    """Whether an expression can be the name of the processor."""
    texts = texts_of(module, name)
    if texts or isinstance(name, ast.Constant):
        return _NAME in texts
    pattern = pattern_of(module, name)
    return not pattern or re.fullmatch(pattern, _NAME) is not None


def _is_partial(module: Module, call: ast.Call, node: ast.expr) -> bool:
    return bool(call.args) and call.args[0] is node and module.qualified(call.func) == "functools.partial"


def _is_compared(module: Module, node: ast.expr) -> bool:
    """Whether it is compared with another class: ``type(processor) in (ResizeToFit,)``, or as a key of a dict."""
    for parent in module.text.names.ancestors(node):
        if isinstance(parent, ast.Dict):
            return node in parent.keys
        if not isinstance(parent, ast.Tuple | ast.List | ast.Set):
            return isinstance(parent, ast.Compare)
    return False


def _is_type_check(module: Module, node: ast.expr) -> bool:
    """Whether it is only compared: ``isinstance(processor, ResizeToFit)``, ``type(processor) in (ResizeToFit,)``."""
    for parent in module.text.names.ancestors(node):
        if isinstance(parent, ast.Call):
            return module.qualified(parent.func) in {"builtins.isinstance", "builtins.issubclass"}
        if isinstance(parent, ast.Compare):
            return True
        if not isinstance(parent, ast.Tuple | ast.List | ast.Set):
            return False
    return False


def _is_asked_for_attribute(module: Module, node: ast.expr) -> bool:
    """Whether it is the class whose attribute is read or replaced: ``patch.object(ResizeToFit, 'process')``."""
    call = module.text.names.parents.get(node)
    if not isinstance(call, ast.Call) or len(call.args) < 2 or call.args[0] is not node:
        return False
    names_attribute = isinstance(call.args[1], ast.Constant) and isinstance(call.args[1].value, str)
    return names_attribute and (
        module.qualified(call.func) in _ATTRIBUTE_FUNCTIONS or module.text.text_of(call.func).endswith("patch.object")
    )


def _is_followed(module: Module, node: ast.expr) -> bool:
    """Whether it is bound to another name, whose uses are looked at in their turn; no class attribute, see ``self``."""
    parent = module.text.names.parents.get(node)
    return (
        isinstance(parent, ast.Assign)
        and all(isinstance(target, ast.Name) for target in parent.targets)
        and not isinstance(module.text.scope_of(node).node, ast.ClassDef)
    )


def _built(module: Module, node: ast.expr, call: ast.Call, positional: list[ast.expr]) -> Iterator[Finding]:
    names = {keyword.arg for keyword in call.keywords}
    if "upscale" in names:
        return
    count = 0
    for argument in positional:
        length = _length(module, argument.value) if isinstance(argument, ast.Starred) else 1
        if length is None:
            yield _use_support(module, node, "the arguments of `ResizeToFit` are only known when the site runs")
            return
        count += length
    if count > _UPSCALE_POSITION:
        return
    unseen = [keyword.value for keyword in call.keywords if keyword.arg is None]
    known = [_keys(module, value) for value in unseen]
    if any(keys is None for keys in known):
        yield _use_support(module, node, "the arguments of `ResizeToFit` are only known when the site runs")
        return
    if any("upscale" in keys for keys in known if keys is not None):
        return
    is_ik3 = is_ik3_code(module, call)
    if is_ik3 and not module.project.has_ik2_code:
        return
    why = ""
    if is_ik3:
        why = f"The code around it is ImageKit 3's already, so it may have been changed on purpose. {RULE.why}"
    yield make_finding(
        RULE,
        module,
        call,
        "`ResizeToFit` without `upscale=`",
        Applicability.UNSAFE if is_ik3 else Applicability.SAFE,
        why=why,
        changes=(with_keyword(module.text, call, "upscale", "False"),),
    )


def _length(module: Module, value: ast.expr) -> int | None:
    """How many items a literal tuple or list has, also through a name for it."""
    _, literal = constant_value(module, value) or (module, None)
    if isinstance(literal, ast.Tuple | ast.List) and not any(isinstance(i, ast.Starred) for i in literal.elts):
        return len(literal.elts)
    return None


def _keys(module: Module, value: ast.expr) -> set[str] | None:
    """The keys of a literal dict, also through a name for it."""
    owner, literal = constant_value(module, value) or (module, None)
    if isinstance(literal, ast.Dict) and all(isinstance(key, ast.Constant) for key in literal.keys):
        return {str(key.value) for key in literal.keys if isinstance(key, ast.Constant)}
    if isinstance(literal, ast.Call) and owner.qualified(literal.func) == "builtins.dict" and not literal.args:
        keys = {keyword.arg for keyword in literal.keywords}
        return None if None in keys else {str(key) for key in keys}
    return None


def _use_support(module: Module, node: ast.expr, message: str) -> Finding:
    """Name the class of the support module, which does not enlarge by default."""
    try:
        local, changes = use_support(module, "LegacyResizeToFit")
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {RULE.why}"
        return make_finding(RULE, module, node, message, Applicability.MANUAL, why=why)
    edit = Edit(module.text.start(node), module.text.end(node), (local,))
    return make_finding(RULE, module, node, message, Applicability.SAFE, changes=[edit, *changes])
