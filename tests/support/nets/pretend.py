"""Run a models module against a pretended Django and ImageKit 2: what it binds, and whether ImageKit 2 would take it.

ImageKit 2 needs Python 2, which few machines have. What matters of it here is small: the arguments that its fields
take, how they are bound to models, and how they find their source.
"""

from __future__ import annotations

import builtins
import importlib
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.values import SETTINGS

_STANDARD_LIBRARY = frozenset(("__future__", "datetime", "functools", "os", "os.path", "sys"))


class NotValid(Exception):
    """ImageKit 2 would not take the module."""


class _Field:
    """Any field of Django, and what is bound to a model like one."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.arguments = (args, kwargs)

    def contribute_to_class(self, cls: type[_Model], name: str) -> None:
        cls.bound = {**cls.bound, name: self}


class _ImageField(_Field):
    pass


class _ImageSpecField:
    """ImageKit 2's, as far as its arguments and its source go."""

    def __init__(
        self,
        processors: object = None,
        format: object = None,
        options: object = None,
        image_field: object = None,
        pre_cache: object = None,
        storage: object = None,
        cache_to: object = None,
        autoconvert: object = True,
        image_cache_backend: object = None,
    ) -> None:
        if pre_cache is not None:
            raise NotValid("pre_cache is no argument any more")
        self.image_field = image_field

    def contribute_to_class(self, cls: type[_Model], name: str) -> None:
        cls.bound = {**cls.bound, name: self}


class _ProcessedImageField(_ImageField):
    def __init__(
        self,
        processors: object = None,
        format: object = None,
        options: object = None,
        verbose_name: object = None,
        name: object = None,
        width_field: object = None,
        height_field: object = None,
        autoconvert: object = True,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)


class _Meta(type):
    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> _Meta:
        bound = {key: value for key, value in members.items() if hasattr(value, "contribute_to_class")}
        plain = {key: value for key, value in members.items() if key not in bound}
        inherited = {key: item for base in reversed(bases) for key, item in getattr(base, "bound", {}).items()}
        made = super().__new__(cls, name, bases, {**plain, "bound": inherited})
        made.abstract = bool(getattr(members.get("Meta"), "abstract", False))  # type: ignore[attr-defined]
        for key, value in bound.items():
            value.contribute_to_class(made, key)
        return made


class _Model(metaclass=_Meta):
    bound: Mapping[str, object] = {}
    abstract = False

    @classmethod
    def add_to_class(cls, name: str, value: Any) -> None:
        if hasattr(value, "contribute_to_class"):
            value.contribute_to_class(cls, name)
        else:
            setattr(cls, name, value)


class _Anything:
    """A class that takes any arguments: a processor, a backend, a storage."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        pass


class _ResizeToFit(_Anything):
    def __init__(
        self,
        width: object = None,
        height: object = None,
        upscale: object = None,
        mat_color: object = None,
        anchor: object = "c",
    ) -> None:
        super().__init__()


def _modules() -> dict[str, types.ModuleType]:
    """Return the pretended modules by their dotted names, each also an attribute of its package."""
    fields: dict[str, object] = {"ImageSpecField": _ImageSpecField, "ProcessedImageField": _ProcessedImageField}
    kinds = ("Adjust", "Crop", "Reflection", "Resize", "ResizeToCover", "ResizeToFill", "SmartCrop", "SmartResize")
    processors: dict[str, object] = {
        **{name: type(name, (_Anything,), {}) for name in (*kinds, "Transpose", "TrimBorderColor")},
        "ResizeToFit": _ResizeToFit,
    }
    names = ("NonValidatingImageCacheBackend", "PessimisticImageCacheBackend")
    backends: dict[str, object] = {name: type(name, (_Anything,), {}) for name in names}
    storage = type("FileSystemStorage", (_Anything,), {})
    others = ("BooleanField", "CharField", "DateTimeField", "FileField", "IntegerField", "SlugField", "TextField")
    plain: dict[str, object] = dict.fromkeys(others, _Field)
    contents: dict[str, dict[str, object]] = {
        "django": {},
        "django.conf": {"settings": types.SimpleNamespace(**SETTINGS)},
        "django.core": {},
        "django.core.files": {},
        "django.core.files.storage": {"FileSystemStorage": storage, "default_storage": storage()},
        "django.db": {},
        "django.db.models": {"Model": _Model, "ImageField": _ImageField, **plain},
        "imagekit": {},
        "imagekit.admin": {"AdminThumbnail": _Anything},
        "imagekit.imagecache": backends,
        "imagekit.imagecache.base": backends,
        "imagekit.lib": {"Image": types.SimpleNamespace(BICUBIC=3)},
        "imagekit.models": {**fields, "ImageSpec": type("ImageSpec", (_ImageSpecField,), {})},
        "imagekit.models.fields": fields,
        "imagekit.processors": processors,
        **{f"imagekit.processors.{name}": processors for name in ("base", "crop", "resize")},
    }
    made = {name: types.ModuleType(name) for name in contents}
    for name, members in contents.items():
        vars(made[name]).update(members)
        package, _, last = name.rpartition(".")
        if package:
            setattr(made[package], last, made[name])
    return made


def spec_fields(text: str, beside: Mapping[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """Run a module, and return the spec fields of each concrete model, by the model's name.

    Args:
        text: Python 3 source.
        beside: the source of other modules of its package, by their names.

    Raises:
        NotValid: when ImageKit 2 would not take it.
    """
    modules = _modules()

    def find(name: str, glo: object = None, loc: object = None, wanted: tuple[str, ...] = (), level: int = 0) -> object:
        if level:
            return _beside(name, wanted, beside or {}, run)
        if name in _STANDARD_LIBRARY:
            return importlib.import_module(name) if wanted else importlib.import_module(name.partition(".")[0])
        if name not in modules:
            raise ImportError(f"No module named {name!r}")
        return modules[name] if wanted else modules[name.partition(".")[0]]

    def run(name: str, source: str) -> dict[str, Any]:
        space: dict[str, Any] = {"__name__": f"app.{name}", "__package__": "app"}
        space["__builtins__"] = {**vars(builtins), "__import__": find}
        exec(compile(source, f"<{name}>", "exec", dont_inherit=True), space)
        return space

    try:
        namespace = run("models", text)
        found = [value for value in namespace.values() if inspect.isclass(value) and issubclass(value, _Model)]
        return {model.__name__: tuple(_specs(model)) for model in found if not model.abstract and model is not _Model}
    except NotValid:
        raise
    except Exception as error:
        raise NotValid(f"{type(error).__name__}: {error}") from error


def _beside(
    name: str, wanted: tuple[str, ...], sources: Mapping[str, str], run: Callable[[str, str], dict[str, Any]]
) -> types.ModuleType:
    """Return what a relative import gives: a module of the package, or the package with the modules that are wanted."""
    if name:
        if name not in sources:
            raise ImportError(f"No module named {name!r}")
        module = types.ModuleType(name)
        vars(module).update(run(name, sources[name]))
        return module
    package = types.ModuleType("app")
    for item in wanted:
        setattr(package, item, _beside(item, (), sources, run))
    return package


def _specs(model: type[_Model]) -> Iterator[str]:
    """Yield the names of the spec fields of a model, each of which must find its source.

    Raises:
        NotValid: when one does not.
    """
    images = [name for name, item in model.bound.items() if isinstance(item, _ImageField)]
    for name, item in model.bound.items():
        if isinstance(item, _ImageSpecField):
            if item.image_field is None and len(images) != 1:
                raise NotValid(f"{model.__name__}.{name} has the choice of {images}")
            if item.image_field is not None and item.image_field not in model.bound:
                raise NotValid(f"{model.__name__}.{name}: {model.__name__} has no {item.image_field}")
            yield name
