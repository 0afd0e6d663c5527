"""``cache_to`` as the ``cachefile_name`` of a spec class."""

from __future__ import annotations

import ast
import os.path

from ik_migrate.codegen.properties import CannotGenerate, PropertyBuilder, build_cachefile_name, quoted
from ik_migrate.codegen.spec_class import hidden_nodes, is_plain_attribute, span_of
from ik_migrate.codegen.spec_class_obstacles import why_no_class
from ik_migrate.imagekit.callability import Callability, Verdict, classify
from ik_migrate.imagekit.returned_names import goes_by_the_clock, has_directives
from ik_migrate.imagekit.sources import has_no_instance, is_made_by_property
from ik_migrate.imagekit.spec_field import Argument, SpecField
from ik_migrate.project.module import Module


def cache_to_of(spec: SpecField) -> Argument | None:
    """The field's ``cache_to``, unless it is empty: ImageKit 2 asked ``cache_to or default``."""
    argument = spec.given("cache_to")
    return None if argument is None or argument.literal == "" else argument


def judged_cache_to(spec: SpecField) -> Callability | None:
    """Whether the field's ``cache_to`` is callable; None where it has none."""
    argument = cache_to_of(spec)
    if argument is None or spec.is_processed:
        return None
    return classify(spec.module, argument.value)


def is_by_clock(spec: SpecField, judgement: Callability) -> bool:
    """Whether the name has directives for ``strftime``, which ImageKit 2 called at every access."""
    argument = spec.arguments["cache_to"]
    if judgement.verdict is Verdict.YES:
        return judgement.function is not None and goes_by_the_clock(judgement.function)
    literal = literal_text(spec.module, argument.value)
    return has_directives(literal) if literal is not None else goes_by_the_clock(argument.value)


def names_its_files(spec: SpecField) -> bool:
    """Whether the rewritten field needs a ``cachefile_name``: it has a ``cache_to``, or names shall stay."""
    if spec.is_processed or spec.is_ik3:
        return False
    return cache_to_of(spec) is not None or spec.module.project.keep_cache_names


def build_name_property(spec: SpecField) -> PropertyBuilder:
    """The property ``cachefile_name`` that gives the name which ImageKit 2 gave.

    Raises:
        CannotGenerate: when it can't be written.
    """
    reason = why_no_class(spec)
    if reason:
        raise CannotGenerate(reason)
    judgement = judged_cache_to(spec)
    if judgement is None:
        return _default_getter(spec)
    by_clock = is_by_clock(spec, judgement)
    if judgement.verdict is Verdict.NO:
        return _directory_getter(spec, judgement, by_clock=by_clock)
    reason = has_no_instance(spec) or is_made_by_property(spec)
    if reason:
        raise CannotGenerate(reason)
    return build_cachefile_name(spec, spec.arguments["cache_to"], judgement, by_clock=by_clock)


def literal_text(module: Module, expression: ast.expr) -> str | None:
    """The string that an expression is known to be: a literal, or a name for one."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return expression.value
    if isinstance(expression, ast.Name | ast.Attribute):
        target = module.resolve(expression)
        if target is not None and target.module is not None and target.binding is not None:
            value = target.binding.value
            if value is not None and value is not expression:
                return literal_text(target.module, value)
    return None


def _directory_getter(spec: SpecField, judgement: Callability, *, by_clock: bool) -> PropertyBuilder:
    """The source's own file name in the directory, whatever the format (``files.py`` of 2.0.4)."""
    argument = spec.arguments["cache_to"]
    getter = PropertyBuilder(spec, argument, judgement, "cachefile_name")
    hidden = hidden_nodes(spec, argument.value)
    if hidden and (by_clock or not is_plain_attribute(spec, hidden[0]) or not isinstance(argument.value, ast.Name)):
        raise CannotGenerate(f"{hidden[0].id} is a name of the class body, which a spec class can't see")
    path = getter.need("os", "")
    getter.require_source()
    literal = argument.literal
    if by_clock:
        now = getter.need("datetime", "datetime")
        value = span_of(spec.module, argument.value)
        getter.line(f"directory = {path}.path.normpath({now}.now().strftime(", value, "))")
        directory: tuple[object, ...] = ("directory",)
    elif isinstance(literal, str):
        normal = os.path.normpath(literal)
        same = normal == literal
        directory = (span_of(spec.module, argument.value),) if same else (quoted(spec, normal),)
    elif isinstance(argument.value, ast.Name) and hidden_nodes(spec, argument.value):
        getter.fetch_instance()
        directory = (f"{path}.path.normpath(instance.{argument.value.id})",)
    else:
        directory = (f"{path}.path.normpath(", span_of(spec.module, argument.value), ")")
    name = f", {path}.path.basename(self.source.name))"
    getter.line(f"return {path}.path.join(", *directory, name)  # type: ignore[arg-type]
    return getter


def _default_getter(spec: SpecField) -> PropertyBuilder:
    """``cache/<folder of the source>/<its stem>_<attribute><extension>`` (``files.py`` of 2.0.4)."""
    if not spec.attname:
        raise CannotGenerate("the name of the attribute, which the file is called after, can't be seen here")
    argument = Argument("cache_to", spec.call, None, -1)
    getter = PropertyBuilder(spec, argument, Callability(Verdict.NO), "cachefile_name")
    path = getter.need("os", "")
    getter.require_source()
    getter.line(f"folder, filename = {path}.path.split(self.source.name)")
    getter.suggest_extension("extension")
    pattern = quoted(spec, f"%s_{spec.attname}%s")
    getter.line(f"name = {pattern} % ({path}.path.splitext(filename)[0], extension)")
    getter.line(f"return {path}.path.join({quoted(spec, 'cache')}, folder, name)")
    return getter
