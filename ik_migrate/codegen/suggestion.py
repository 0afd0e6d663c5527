"""Code for a person to write, filled in with the names of the place it is for."""

from __future__ import annotations

from dataclasses import dataclass, field

from ik_migrate.codegen.spec_class import STAY_WITH_FIELD, class_name, shadowed_name
from ik_migrate.imagekit.cache_backends import BACKENDS, OWN, STRATEGIES, backend_name, successor_of
from ik_migrate.imagekit.callability import Verdict, classify
from ik_migrate.imagekit.sources import has_no_instance
from ik_migrate.imagekit.spec_field import Argument, SpecField

_NOT_IN_CLASS = STAY_WITH_FIELD | {"pre_cache", "autoconvert"}
_OUTDATED = "# If another picture can get the same name: ik-migrate explain IK307"


@dataclass
class _Sketch:
    """The parts of a spec class, in lines."""

    spec: SpecField
    attributes: list[str] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    imports: dict[str, list[str]] = field(default_factory=lambda: {"imagekit": ["ImageSpec"]})

    def text_of(self, argument: Argument) -> str:
        return self.spec.module.text.text_of(argument.value)

    def add_property(self, name: str, *body: str) -> None:
        self.properties += ["", "    @property", f"    def {name}(self):", *(f"        {line}" for line in body)]

    def need(self, module: str, *names: str) -> None:
        known = self.imports.setdefault(module, [])
        known += [name for name in names if name not in known]

    @property
    def instance(self) -> str:
        """The line that finds the instance; a source that is a spec file itself leads to it by its own source."""
        self.need("imagekit.utils", "get_field_info")
        source = "self.source.generator.source" if has_no_instance(self.spec) else "self.source"
        return f"instance, attname = get_field_info({source})"

    def call_processors(self, argument: Argument) -> None:
        call = f"{_called(self.text_of(argument))}(instance=instance, file=self.source)"
        self.add_property("processors", self.instance, f"return {call}")

    def call_cache_to(self, argument: Argument) -> None:
        instance = self.instance
        self.need("imagekit.utils", "suggest_extension")
        self.add_property(
            "cachefile_name",
            _OUTDATED,
            "if not self.source:",
            "    return None",
            instance,
            "extension = suggest_extension(self.source.name, self.format)",
            f"return {_called(self.text_of(argument))}(instance, self.source.name, '{self.spec.attname}', extension)",
        )

    def put_in_directory(self, argument: Argument) -> None:
        self.need("os")
        directory = f"os.path.normpath({self.text_of(argument)})"
        self.add_property(
            "cachefile_name",
            _OUTDATED,
            "if not self.source:",
            "    return None",
            f"return os.path.join({directory}, os.path.basename(self.source.name))",
        )

    def set_backend(self, argument: Argument) -> None:
        successor = successor_of(self.spec.module, argument.value)
        if successor is None or successor.strategy == OWN:
            shown = self.text_of(argument).split("\n")[0]
            self.attributes.append(f"    cachefile_strategy = ...  # what {shown} did: ik-migrate explain IK403")
            return
        backend = backend_name(successor, self.spec.module.project.target)
        self.need(BACKENDS, backend)
        self.attributes += [
            f"    cachefile_backend = {backend}()",
            f"    cachefile_strategy = '{STRATEGIES}.{successor.strategy}'",
        ]

    def text(self) -> str:
        """The imports, the class and the field."""
        name = class_name(self.spec, set())
        source = self.spec.given("image_field") or self.spec.given("source")
        shown = self.text_of(source) if source is not None else "'...'"
        made = f"{self.spec.attname or 'field'} = ImageSpecField(source={shown}, spec={name})"
        plain = [f"import {module}" for module, names in sorted(self.imports.items()) if not names]
        imports = [
            f"from {module} import {', '.join(names)}" for module, names in sorted(self.imports.items()) if names
        ]
        body = [*self.attributes, *self.properties]
        return "\n".join([*plain, *imports, "", f"class {name}(ImageSpec):", *body[not self.attributes :], "", made])


def suggest_spec_class(spec: SpecField, called: Argument | None = None) -> str:
    """A spec class that holds what the field holds, for a person to write.

    Args:
        spec: the field.
        called: its ``processors`` or ``cache_to``, if that is taken for a callable here though it can't be told.
    """
    sketch = _Sketch(spec)
    for argument in spec.arguments.values():
        if argument.is_none or argument.name in _NOT_IN_CLASS:
            continue
        verdict = Verdict.YES if argument is called else classify(spec.module, argument.value).verdict
        if argument.name == "processors" and verdict is Verdict.YES:
            sketch.call_processors(argument)
        elif argument.name == "cache_to" and verdict is Verdict.NO:
            sketch.put_in_directory(argument)
        elif argument.name == "cache_to":
            sketch.call_cache_to(argument)
        elif argument.name == "image_cache_backend":
            sketch.set_backend(argument)
        elif shadowed_name(spec, argument):
            sketch.add_property(argument.name, f"return {sketch.text_of(argument)}")
        else:
            name = "cachefile_storage" if argument.name == "storage" else argument.name
            sketch.attributes.append(f"    {name} = {sketch.text_of(argument)}")
    return sketch.text()


def _called(value: str) -> str:
    return value if value.replace(".", "").replace("_", "").isalnum() else f"({value})"
