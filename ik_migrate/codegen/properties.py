"""The bodies of the properties of a generated spec class: calls of what ImageKit 2 would have called.

ImageKit 2 called ``processors(instance=..., file=...)`` and ``cache_to(instance, path, specname,
extension)`` (``imagekit/models/fields/__init__.py`` and ``files.py`` of 2.0.4).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ik_migrate.codegen.imports import needed
from ik_migrate.codegen.spec_class import free_names, hidden_names, home_of, span_of
from ik_migrate.imagekit.callability import Callability, is_generator
from ik_migrate.imagekit.spec_field import Argument, SpecField
from ik_migrate.model.change import AddImport, Piece, SpecMember
from ik_migrate.project.module import Module, per_module

Line = tuple[Piece, ...]


class CannotGenerate(Exception):
    """The callable can't be called from a spec class; the message says why."""


@dataclass
class PropertyBuilder:
    """A property that calls what the field was given, and what it takes.

    Args:
        spec: the field.
        argument: the argument with the callable.
        judgement: what is known of it.
        name: the name of the property.
    """

    spec: SpecField
    argument: Argument
    judgement: Callability
    name: str
    lines: list[Line] = field(default_factory=list)
    extra: list[SpecMember] = field(default_factory=list)
    imports: list[AddImport] = field(default_factory=list)
    receiver: str = "self"

    @property
    def members(self) -> list[SpecMember]:
        """The property, and the attributes that it uses."""
        body = tuple(self.lines)
        member = SpecMember(self.spec.offset, self.name, body, True, self.receiver, self.argument.name)
        return [*self.extra, member]

    @property
    def source(self) -> str:
        """The source file, as the getter calls it."""
        return f"{self.receiver}.source"

    def need(self, module: str, name: str) -> str:
        """The local name for something that the getter imports."""
        local, imports = needed(self.spec.module, module, name)
        self.imports += imports
        return local

    def line(self, *pieces: Piece) -> None:
        """One more line of the body."""
        self.lines.append(pieces)

    def fetch_instance(self, name: str = "instance") -> None:
        """A line that finds the model instance."""
        taken = {name, *_names_in(self.argument.value)}
        other = next(word for word in ("attname", "source_name", "source_attname") if word not in taken)
        self.line(f"{name}, {other} = {self.need('imagekit.utils', 'get_field_info')}({self.source})")

    def require_source(self) -> None:
        """Lines that give None where there is no source, as ImageKit's own property does."""
        self.line(f"if not {self.source}:")
        self.line(f"{home_of(self.spec).unit}return None")

    def suggest_extension(self, name: str) -> None:
        """Lines that find the extension ImageKit 2 would have suggested.

        For a JPEG made of another format ImageKit 2 said ``.jpe`` (the first in the order of Python 2's
        dicts), ImageKit 3 says ``.jpg``; the old one is kept where names shall stay.
        """
        suggest = self.need("imagekit.utils", "suggest_extension")
        given = self.spec.given("format")
        wanted = f"{self.receiver}.format" if given is not None else "None"
        self.line(f"{name} = {suggest}({self.source}.name, {wanted})")
        may_be_jpeg = given is not None and (not isinstance(given.literal, str) or given.literal.upper() == "JPEG")
        if self.spec.module.project.keep_cache_names and may_be_jpeg:
            new, old = quoted(self.spec, ".jpg"), quoted(self.spec, ".jpe")
            self.line(f"if {name} == {new} and not {self.source}.name.endswith({new}):")
            self.line(f"{home_of(self.spec).unit}{name} = {old}")

    def callee(self) -> Line:
        """What to write in front of the brackets of the call.

        Raises:
            CannotGenerate: when it can't be seen from a spec class.
        """
        value = self.argument.value
        hidden = hidden_names(self.spec, value)
        if hidden and isinstance(value, ast.Name) and self.judgement.in_class is not None:
            holder = self.spec.module.text.names.holder_of(value)
            if holder is None or len(holder.bindings[value.id]) > 1:
                raise CannotGenerate(f"{value.id} of the class body becomes something else later on")
            return (f"instance.{value.id}",)
        if hidden:
            raise CannotGenerate(f"{hidden[0]} is a name of the class body, which a spec class can't see")
        if self.judgement.is_made or not isinstance(value, ast.Name | ast.Attribute):
            made = f"make_{self.name}"
            body: Line = ("staticmethod(", span_of(self.spec.module, value), ")")
            self.extra.append(SpecMember(self.spec.offset, made, (body,)))
            return (f"{self.receiver}.{made}",)
        return (span_of(self.spec.module, value),)


def build_processors(spec: SpecField, argument: Argument, judgement: Callability) -> PropertyBuilder:
    """``processors`` as a property that calls the field's callable.

    Raises:
        CannotGenerate: when that can't be done.
    """
    getter = PropertyBuilder(spec, argument, judgement, "processors")
    value = argument.value
    if isinstance(value, ast.Lambda) and _is_plain(value, {"instance", "file"}):
        _write_out_processors(getter, value)
        return getter
    callee = getter.callee()
    is_named = isinstance(value, ast.Name | ast.Attribute)
    instance = "model_instance" if is_named and "instance" in _names_in(value) else "instance"
    getter.fetch_instance(instance)
    bound = callee[0] == f"instance.{value.id}" if isinstance(value, ast.Name) else False
    if bound and not _takes_instance_first(judgement):
        raise CannotGenerate("it can't be called as a method, for its first parameter is not the instance")
    arguments = f"file={getter.source}" if bound else f"instance={instance}, file={getter.source}"
    pieces: Line = (*callee, f"({arguments})")
    if judgement.function is not None and is_generator(judgement.function):
        pieces = ("list(", *pieces, ")")
    getter.line("return ", *pieces)
    return getter


def build_cachefile_name(
    spec: SpecField, argument: Argument, judgement: Callability, *, by_clock: bool
) -> PropertyBuilder:
    """``cachefile_name`` as a property that calls the field's ``cache_to``.

    Args:
        by_clock: whether the result has directives for ``strftime``.

    Raises:
        CannotGenerate: when that can't be done.
    """
    getter = PropertyBuilder(spec, argument, judgement, "cachefile_name")
    value = argument.value
    if not spec.attname:
        raise CannotGenerate("the name of the attribute, which the callable is given, can't be seen here")
    if isinstance(value, ast.Lambda) and _positional(value) is not None and not hidden_names(spec, value.body):
        _write_out_cache_to(getter, value, by_clock=by_clock)
        return getter
    callee = getter.callee()
    getter.require_source()
    taken = _names_in(value) if isinstance(value, ast.Name | ast.Attribute) else set()
    instance = next(word for word in ("instance", "model_instance") if word not in taken)
    extension = next(word for word in ("extension", "suggested_extension") if word not in taken)
    getter.fetch_instance(instance)
    getter.suggest_extension(extension)
    path = f"{getter.source}.name, {quoted(spec, spec.attname)}, {extension}"
    bound = isinstance(value, ast.Name) and callee[0] == f"instance.{value.id}"
    arguments = path if bound else f"{instance}, {path}"
    _return_name(getter, (*callee, f"({arguments})"), by_clock=by_clock)
    return getter


def _write_out_processors(getter: PropertyBuilder, value: ast.Lambda) -> None:
    """The lambda's body, with ``self.source`` in the place of ``file``."""
    spec = getter.spec
    hidden = hidden_names(spec, value.body)
    if hidden:
        raise CannotGenerate(f"{hidden[0]} is a name of the class body, which a spec class can't see")
    outside = free_names(spec.module, value)
    getter.receiver = "spec" if "self" in outside else "self"
    used = _names_in(value.body)
    if "instance" in used:
        getter.fetch_instance()
    if "file" in used:
        getter.line(f"file = {getter.source}")
    body = span_of(spec.module, value.body)
    if isinstance(value.body, ast.GeneratorExp):
        getter.line("return list", body)
    else:
        getter.line("return ", body)


def _write_out_cache_to(getter: PropertyBuilder, value: ast.Lambda, *, by_clock: bool) -> None:
    """The lambda's body, its parameters bound by lines above it."""
    spec = getter.spec
    parameters = _positional(value) or []
    outside, used = free_names(spec.module, value), _names_in(value.body)
    if "self" in outside or "self" in parameters:
        getter.receiver = "spec"
    getter.require_source()
    instance, path, specname, extension = parameters
    if instance in used:
        getter.fetch_instance(instance)
    if path in used:
        getter.line(f"{path} = {getter.source}.name")
    if specname in used:
        getter.line(f"{specname} = {quoted(spec, spec.attname)}")
    if extension in used:
        getter.suggest_extension(extension)
    _return_name(getter, (span_of(spec.module, value.body),), by_clock=by_clock)


def _return_name(getter: PropertyBuilder, pieces: Line, *, by_clock: bool) -> None:
    if by_clock:
        pieces = (f"{getter.need('datetime', 'datetime')}.now().strftime(", *pieces, ")")
    getter.line("return ", *pieces)


def quoted(spec: SpecField, text: str) -> str:
    """A string literal in the quotes that the file uses more."""
    quote = _usual_quote(spec.module)
    return f"{quote}{text}{quote}"


@per_module
def _usual_quote(module: Module) -> str:
    text = module.text.source.text
    return '"' if text.count('"') > text.count("'") else "'"


def _names_in(expression: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}


def _is_plain(function: ast.Lambda, parameters: set[str]) -> bool:
    """Whether it takes just these parameters, in any order, and nothing else."""
    arguments = function.args
    return (
        {argument.arg for argument in arguments.args} == parameters
        and not (arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs)
        and not arguments.defaults
    )


def _positional(function: ast.Lambda) -> list[str] | None:
    """The names of its four parameters, if it has four and nothing else."""
    arguments = function.args
    names = [argument.arg for argument in arguments.args]
    plain = not (arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs)
    return names if plain and len(names) == 4 and not arguments.defaults else None


def _takes_instance_first(judgement: Callability) -> bool:
    function = judgement.function
    return function is not None and bool(function.args.args) and function.args.args[0].arg == "instance"
