"""Code for a person to write, filled in with the names of the place it is for."""

from __future__ import annotations

from ik_migrate.rewriting.spec_class import STAY_WITH_FIELD, class_name
from ik_migrate.specs.sources import has_no_instance
from ik_migrate.specs.spec_field import Argument, SpecField

_CLASS = "class {name}(ImageSpec):"


def sketch_of_processors(spec: SpecField, argument: Argument) -> str:
    """A spec class whose ``processors`` calls the argument as ImageKit 2 did."""
    value = spec.module.text.text_of(argument.value)
    body = [
        "    @property",
        "    def processors(self):",
        _instance_found(spec),
        f"        return {_called(value)}(instance=instance, file=self.source)",
    ]
    return _sketch(spec, argument, body)


def sketch_of_cachefile_name(spec: SpecField, argument: Argument) -> str:
    """A spec class whose ``cachefile_name`` calls the argument as ImageKit 2 did."""
    value = spec.module.text.text_of(argument.value)
    body = [
        "    @property",
        "    def cachefile_name(self):",
        "        if not self.source:",
        "            return None",
        _instance_found(spec),
        "        extension = suggest_extension(self.source.name, self.format)",
        f"        return {_called(value)}(instance, self.source.name, '{spec.attname}', extension)",
    ]
    return _sketch(spec, argument, body)


def _instance_found(spec: SpecField) -> str:
    """The line that finds the instance; a source that is a spec file itself leads to it by its own source."""
    source = "self.source.generator.source" if has_no_instance(spec) else "self.source"
    return f"        instance, attname = get_field_info({source})"


def _called(value: str) -> str:
    return value if value.replace(".", "").replace("_", "").isalnum() else f"({value})"


def _sketch(spec: SpecField, argument: Argument, body: list[str]) -> str:
    name = class_name(spec, set())
    text = spec.module.text
    renamed = {"storage": "cachefile_storage"}
    attributes = [
        f"    {renamed.get(other.name, other.name)} = {text.text_of(other.value)}"
        for other in spec.arguments.values()
        if other is not argument
        and not other.is_none
        and other.name not in STAY_WITH_FIELD
        and other.name not in {"image_cache_backend", "cache_to", "pre_cache", "autoconvert"}
    ]
    source = spec.given("image_field") or spec.given("source")
    shown = text.text_of(source.value) if source is not None else "'...'"
    field = f"{spec.attname or 'field'} = ImageSpecField(source={shown}, spec={name})"
    imports = ["from imagekit import ImageSpec", "from imagekit.utils import get_field_info"]
    if any("suggest_extension" in line for line in body):
        imports[1] += ", suggest_extension"
    blank = [""] if attributes else []
    lines = [*imports, "", _CLASS.format(name=name), *attributes, *blank, *body, "", field]
    return "\n".join(lines)
