"""One ``ImageSpecField(...)`` call as data: its ImageKit 2 arguments by name, and where it stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ik_migrate.imagekit.factories import FieldFactory, base_constructor_calls, find_factory, find_partial_factory
from ik_migrate.model.imagekit_names import LEGACY_FIELD, LEGACY_PROCESSED_FIELD, PROCESSED_FIELD
from ik_migrate.project.module import Module, per_module
from ik_migrate.project.string_values import texts_of
from ik_migrate.source.scopes import Function, Scope

# The signatures, in order: imagekit/models/fields/__init__.py of 2.0.4 and of 3.0.4 to 6.1.1.
IK2_ARGUMENTS = (
    *("processors", "format", "options", "image_field", "pre_cache", "storage", "cache_to"),
    *("autoconvert", "image_cache_backend"),
)
IK3_ARGUMENTS = (
    *("processors", "format", "options", "source", "cachefile_storage", "autoconvert"),
    *("cachefile_backend", "cachefile_strategy", "spec", "id"),
)
PROCESSED_ARGUMENTS = (
    *("processors", "format", "options", "verbose_name", "name", "width_field", "height_field"),
    "autoconvert",
)
IK2_ONLY = frozenset(IK2_ARGUMENTS) - frozenset(IK3_ARGUMENTS)
IK3_ONLY = frozenset(IK3_ARGUMENTS) - frozenset(IK2_ARGUMENTS)


@dataclass(frozen=True)
class Argument:
    """One argument of the call.

    Args:
        name: its name in the signature.
        value: the expression.
        keyword: how it is given; None where it is given by position.
        position: its place among all arguments of the call; -1 where it does not stand there.
    """

    name: str
    value: ast.expr
    keyword: ast.keyword | None
    position: int

    @property
    def is_in_dict(self) -> bool:
        """Whether it is passed within a dict, which may stand in another file."""
        return self.position < 0

    @property
    def is_none(self) -> bool:
        """Whether it is a plain ``None``, the default of all of them but ``autoconvert``."""
        return isinstance(self.value, ast.Constant) and self.value.value is None

    @property
    def literal(self) -> object:
        """The value of a literal, ``...`` where it is not one."""
        return self.value.value if isinstance(self.value, ast.Constant) else ...


@dataclass
class SpecField:
    """A call of ImageSpecField or ProcessedImageField.

    Args:
        module: the file.
        call: the call.
        qualified: ImageKit's name of what is called.
        arguments: by their names in the signature, in the order of the call.
        unseen: expressions passed with ``*`` or ``**``, whose content is not looked into.
        model: the class whose body the field is made in.
        attname: the attribute that it becomes, empty where that cannot be determined or where there are several.
        variable: the name that it is bound to outside of a class, for models to take it from there.
        given_elsewhere: arguments that a partial or a function around the field gives; None where
            the call is all there is.
    """

    module: Module
    call: ast.Call
    qualified: str
    arguments: dict[str, Argument] = field(default_factory=dict)
    unseen: list[ast.expr] = field(default_factory=list)
    model: ast.ClassDef | None = None
    attname: str = ""
    variable: str = ""
    given_elsewhere: frozenset[str] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all arguments of the field stand in this call."""
        return self.given_elsewhere is None and not self.unseen

    @property
    def is_in_constructor(self) -> bool:
        """Whether it is the call of the field's constructor from a subclass, with all that the field is given."""
        function = self.call.func
        return isinstance(function, ast.Attribute) and function.attr == "__init__" and not self.unseen

    @property
    def is_processed(self) -> bool:
        """Whether it is a ProcessedImageField."""
        return self.qualified in {PROCESSED_FIELD, LEGACY_PROCESSED_FIELD}

    @property
    def is_legacy(self) -> bool:
        """Whether it is a field of the support module, which takes the arguments of both versions."""
        return self.qualified in {LEGACY_FIELD, LEGACY_PROCESSED_FIELD}

    @property
    def offset(self) -> int:
        """Where the call starts in the text."""
        return self.module.text.start(self.call)

    def given(self, name: str) -> Argument | None:
        """The argument, unless it is absent or a plain ``None``."""
        argument = self.arguments.get(name)
        return None if argument is None or argument.is_none else argument

    @property
    def is_ik3(self) -> bool:
        """Whether the call says ImageKit 3's words and none of ImageKit 2's."""
        names = set(self.arguments)
        if self.module.project.came_from_2 and names & IK3_ONLY <= {"source"}:
            return False  # Somebody has renamed the argument, and nothing else.
        return bool(names & IK3_ONLY) and not names & IK2_ONLY

    @property
    def model_name(self) -> str:
        """The name of the model that the field is for, empty where it cannot be determined."""
        if self.model is not None:
            return self.model.name
        parent = self.module.text.names.parents.get(self.call)
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute):
            receiver = parent.func.value
            if parent.func.attr == "add_to_class" and isinstance(receiver, ast.Name | ast.Attribute):
                return receiver.id if isinstance(receiver, ast.Name) else receiver.attr
        return ""

    @property
    def label(self) -> str:
        """How messages name the field: ``Model.attribute``, as far as known."""
        return ".".join(filter(None, (self.model_name, self.attname))) or self.variable or "this field"


@per_module
def spec_fields(module: Module) -> tuple[SpecField, ...]:
    """All calls in a file that make a spec field or a ProcessedImageField of ImageKit's, in the order of the file."""
    return tuple(spec for spec in all_fields(module) if not spec.is_legacy)


@per_module
def all_fields(module: Module) -> tuple[SpecField, ...]:
    """All of `spec_fields`, and the fields of the project's support module."""
    if module.is_support:
        return ()
    found = []
    for node in module.text.nodes_of(ast.Call):
        if isinstance(node, ast.Call):
            maker = find_factory(module, node.func)
            if maker is not None:
                found.append(_read(module, node, maker))
            elif (made := find_partial_factory(module, node)) is not None:
                found.append(_read(module, node, FieldFactory(made.field, frozenset(), skipped=1)))
    found += [
        _read(module, call, FieldFactory(qualified, frozenset(), skipped=skipped))
        for call, qualified, skipped in base_constructor_calls(module)
    ]
    return tuple(sorted(found, key=lambda spec: spec.offset))


def _read(module: Module, call: ast.Call, maker: FieldFactory) -> SpecField:
    spec = SpecField(module, call, maker.field, given_elsewhere=maker.given)
    if maker.hands_on:
        spec.unseen = [arg.value for arg in call.args if isinstance(arg, ast.Starred)]
        spec.unseen += [keyword.value for keyword in call.keywords if keyword.arg is None]
    keywords = {keyword.arg for keyword in call.keywords}
    order: tuple[str, ...] = PROCESSED_ARGUMENTS if spec.is_processed else IK2_ARGUMENTS
    too_many_for_ik2 = len(call.args) - maker.skipped > len(IK2_ARGUMENTS)
    if not spec.is_processed and (too_many_for_ik2 or (keywords & IK3_ONLY and not keywords & IK2_ONLY)):
        order = IK3_ARGUMENTS
    own = maker.parameters or frozenset()
    for position, value in enumerate(call.args):
        place = position - maker.skipped
        if isinstance(value, ast.Starred) or place >= len(order) or maker.has_own_signature:
            break
        if place >= 0:
            spec.arguments[order[place]] = Argument(order[place], value, None, position)
    for position, keyword in enumerate(call.keywords, len(call.args)):
        if keyword.arg is not None and keyword.arg not in own:
            spec.arguments[keyword.arg] = Argument(keyword.arg, keyword.value, keyword, position)
    _find_home(spec)
    return spec


def _find_home(spec: SpecField) -> None:
    """Find the attribute and the model that the call is for."""
    names = spec.module.text.names
    parent = names.parents.get(spec.call)
    match parent:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            spec.attname = name
        case ast.Call():
            spec.attname = attribute_added(parent) or ""
    scope = spec.module.text.scope_of(spec.call)
    if isinstance(scope.node, ast.ClassDef):
        spec.model = scope.node
    elif scope.is_module and isinstance(parent, ast.Assign | ast.AnnAssign):
        spec.variable, spec.attname = spec.attname, ""
        attributes = spec.module.project.attributes_of_variables.get((spec.module.path, spec.variable), set())
        if len(attributes) == 1:
            spec.attname = min(attributes)
    elif isinstance(scope.node, Function) and isinstance(parent, ast.Assign):
        spec.variable, spec.attname = spec.attname, _attribute_of_local(spec.module, scope, spec.attname)


def _attribute_of_local(module: Module, scope: Scope, name: str) -> str:
    """The attribute that a field in a local variable is added as; empty where that cannot be determined."""
    for node in ast.walk(scope.node):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        added = attribute_added(node)
        if added is not None and isinstance(node.args[1], ast.Name) and node.args[1].id == name:
            return added
        contributes = node.func.attr == "contribute_to_class" and len(node.args) == 2
        if contributes and isinstance(node.func.value, ast.Name) and node.func.value.id == name:
            return next(iter(texts_of(module, node.args[1])), "")
    return ""


def attribute_added(call: ast.Call) -> str | None:
    """The attribute that ``Model.add_to_class('attribute', field)`` adds; None for another call."""
    if (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "add_to_class"
        and len(call.args) == 2
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ):
        return call.args[0].value
    return None
