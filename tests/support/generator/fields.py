"""Where spec fields come from: the class itself, aliases, partials, subclasses, factories, variables."""

from __future__ import annotations

from generator import values
from generator.calls import spec_arguments, write_call
from generator.imports import FIELDS
from generator.project import Build

_PASSED = "*args, **kwargs"
_SET_BY_CALLER = ("format", "options", "image_field")


def spec_field(build: Build, source: str | None, indent: str = "    ") -> str:
    """Return an expression that makes a spec field.

    Args:
        build: the module.
        source: an expression for the name of the ImageField; None to name none.
        indent: the indentation of the statement that holds it.
    """
    kind = build.weighted(
        [
            (12, "class"),
            (1, "alias"),
            (1, "partial"),
            (1, "subclass"),
            (1, "init"),
            (1, "setdefault"),
            (1, "factory"),
            (1, "factory-kwargs"),
            (1, "lambda"),
            (1, "variable"),
            (1, "condition"),
        ]
    )
    build.feature(f"made by {kind}")
    return _MAKERS[kind](build, source, indent)


def field_class(build: Build) -> str:
    """Return the spelling of ImageSpecField."""
    return build.imports.spell(FIELDS, "ImageSpec" if build.chance(0.05) else "ImageSpecField")


def _class(build: Build, source: str | None, indent: str) -> str:
    return write_call(build, field_class(build), spec_arguments(build, source), indent)


def _alias(build: Build, source: str | None, indent: str) -> str:
    name = build.unique("Thumb", "Thumbnail", "SpecField")
    build.helper(f"{name} = {field_class(build)}")
    return write_call(build, name, spec_arguments(build, source), indent)


def _partial(build: Build, source: str | None, indent: str) -> str:
    name = build.unique("thumbnail", "Jpeg", "small_spec")
    arguments = spec_arguments(build, source)
    fixed = [key for key in arguments if key != "processors" and build.chance(0.5)]
    bound = "".join(f", {key}={arguments.pop(key)}" for key in fixed)
    build.helper(f"{name} = {values.partial(build)}({field_class(build)}{bound})")
    return write_call(build, name, arguments, indent, merge=build.chance(0.3), taken=fixed)


def _subclass(build: Build, source: str | None, indent: str) -> str:
    """Return a call of a subclass without an __init__."""
    name = build.unique("ThumbField", "OurSpecField", "PreviewField")
    body = build.choose(("pass", "is_ours = True", "def describe(self):\n        return 'ours'"))
    _define(build, f"class {name}({{base}}):\n    {body}", name)
    return write_call(build, name, spec_arguments(build, source), indent)


def _init(build: Build, source: str | None, indent: str) -> str:
    """Return a call of a subclass whose __init__ fixes all but what it takes."""
    name = build.unique("SquareField", "BannerField", "IconField")
    parent = build.choose((f"super({name}, self).__init__", "{base}.__init__"))
    if not build.python2 and parent.startswith("super") and build.chance(0.5):
        parent = "super().__init__"
    arguments = spec_arguments(build, None, called=False)
    arguments.pop("processors", None)
    takes_source = build.chance(0.6)
    if takes_source or source is not None:
        arguments["image_field"] = "image_field" if takes_source else source or "None"
    fill = build.imports.spell("imagekit.processors", "ResizeToFill")
    first = "self, " if parent.startswith("{base}") else ""
    given = "".join(f", {key}={value}" for key, value in arguments.items())
    parameter = ", image_field=None" if takes_source else ""
    _define(
        build,
        f"class {name}({{base}}):\n    def __init__(self, size{parameter}):\n"
        f"        {parent}({first}[{fill}(size, size)]{given})",
        name,
    )
    build.parameters[name] = {"image_field"} if takes_source else set()
    passed = f", image_field={source}" if takes_source and source is not None else ""
    return f"{name}({build.size()}{passed})"


def _setdefault(build: Build, source: str | None, indent: str) -> str:
    """Return a call of a subclass whose __init__ changes the keywords and passes them on."""
    name = build.unique("JpegField", "CachedField", "PrivateField")
    arguments = spec_arguments(build, source, called=False)
    preset = [key for key in arguments if key != "processors" and build.chance(0.5)]
    lines = []
    for key in preset:
        value = arguments.pop(key)
        way = build.choose((f"kwargs.setdefault('{key}', {value})", f"kwargs['{key}'] = {value}"))
        lines.append(f"        {way}\n")
    parent = "super().__init__" if not build.python2 and build.chance(0.5) else f"super({name}, self).__init__"
    _define(
        build,
        f"class {name}({{base}}):\n    def __init__(self, {_PASSED}):\n{''.join(lines)}        {parent}({_PASSED})",
        name,
    )
    return write_call(build, name, arguments, indent, merge=False, taken=preset)


def _factory(build: Build, source: str | None, indent: str) -> str:
    """Return a call of a function that takes a size, and maybe a source."""
    name = build.unique("make_thumb", "square_of", "make_spec", "preview_of")
    takes_source = source is not None and build.chance(0.5)
    arguments = spec_arguments(build, "source_name" if takes_source else source, called=False)
    fill = build.imports.spell("imagekit.processors", "ResizeToFill")
    arguments["processors"] = f"[{fill}(size, size)]"
    parameter = build.choose(("source_name", "image_field")) if takes_source else ""
    if takes_source:
        arguments["image_field"] = parameter
        build.parameters[name] = {parameter}
    call = write_call(build, field_class(build), arguments, "    ", merge=False)
    local = build.chance(0.15) and "." not in call.partition("(")[0]
    head = "    from imagekit.models import ImageSpecField\n" if local else ""
    build.helper(f"def {name}(size{f', {parameter}=None' if parameter else ''}):\n{head}    return {call}")
    return f"{name}({build.size()}{f', {parameter}={source}' if parameter else ''})"


def _factory_kwargs(build: Build, source: str | None, indent: str) -> str:
    """Return a call of a function that passes its keywords on."""
    name = build.unique("spec", "cropped", "thumb_of")
    arguments = spec_arguments(build, source, called=False)
    fill = build.imports.spell("imagekit.processors", "ResizeToFill")
    arguments["processors"] = f"[{fill}(size, size)]"
    passed = [key for key in arguments if key != "processors" and build.chance(0.5)]
    given = "".join(f", {key}={arguments.pop(key)}" for key in passed)
    line = build.choose(("", f"    kwargs.setdefault('format', {values.image_format(build)})\n"))
    if "format" in passed or "format" in arguments:
        line = ""
    call = write_call(build, field_class(build), arguments, merge=False, extra=["**kwargs"], taken=_SET_BY_CALLER)
    build.helper(f"def {name}(size, **kwargs):\n{line}    return {call}")
    return f"{name}({build.size()}{given})"


def _lambda(build: Build, source: str | None, indent: str) -> str:
    name = build.unique("icon_of", "tile_of", "mini_of")
    fill = build.imports.spell("imagekit.processors", "ResizeToFill")
    given = f", image_field={source}" if source is not None else ""
    build.helper(f"{name} = lambda size: {field_class(build)}([{fill}(size, size)]{given}, format='PNG')")
    return f"{name}({build.size()})"


def _variable(build: Build, source: str | None, indent: str) -> str:
    """Return the name of a variable that holds a field."""
    name = build.unique("made", "shared_spec", "thumbnail_spec")
    build.helper(f"{name} = {_class(build, source, '')}")
    return name


def _condition(build: Build, source: str | None, indent: str) -> str:
    test = values.settings(build, "THUMB_CONVERT")
    one = write_call(build, field_class(build), spec_arguments(build, source), indent, merge=False)
    other = write_call(build, field_class(build), spec_arguments(build, source), indent, merge=False)
    return f"({one} if {test} else {other})"


def _define(build: Build, text: str, name: str) -> None:
    """Define a subclass here, or in a module of its own."""
    build.helper(text.replace("{base}", build.imports.spell(FIELDS, "ImageSpecField")))


_MAKERS = {
    "class": _class,
    "alias": _alias,
    "partial": _partial,
    "subclass": _subclass,
    "init": _init,
    "setdefault": _setdefault,
    "factory": _factory,
    "factory-kwargs": _factory_kwargs,
    "lambda": _lambda,
    "variable": _variable,
    "condition": _condition,
}


def image_field(build: Build) -> str:
    """Return an expression for the ImageField that specs have as their source, with or without a storage."""
    kinds = [
        (10, "plain"),
        (4, "storage"),
        (1, "dict"),
        (1, "subclass"),
        (1, "partial"),
        (1, "function"),
        (1, "variable"),
    ]
    kind = build.weighted(kinds)
    build.feature(f"source: {kind}")
    upload = f"upload_to={build.choose(('photos', 'uploads/%Y', 'pictures'))!r}"
    if kind == "storage":
        return f"models.ImageField({upload}, storage={values.storage(build)})"
    if kind == "dict":
        return f"models.ImageField({upload}, **{{'storage': {values.storage(build)}}})"
    if kind == "subclass":
        name = build.unique("PrivateImageField", "VaultImageField")
        build.helper(
            f"class {name}(models.ImageField):\n    def __init__(self, {_PASSED}):\n"
            f"        kwargs.setdefault('storage', {values.storage(build)})\n"
            f"        super({name}, self).__init__({_PASSED})"
        )
        return f"{name}({upload})"
    if kind == "partial":
        name = build.unique("PrivateImage", "private_image")
        build.helper(f"{name} = {values.partial(build)}(models.ImageField, storage={values.storage(build)})")
        return f"{name}({upload})"
    if kind == "variable":
        name = build.unique("image_of_all", "private_field")
        build.helper(f"{name} = models.ImageField({upload}, storage={values.storage(build)})")
        return name
    if kind == "function":
        name = build.unique("picture_field", "private_picture")
        build.helper(f"def {name}():\n    return models.ImageField({upload}, storage={values.storage(build)})")
        return f"{name}()"
    return f"models.ImageField({upload})"


def processed_field(build: Build, indent: str = "    ") -> str:
    """Return an expression for a ProcessedImageField."""
    arguments = {"processors": values.processors(build, called=False)}
    if build.chance(0.12):
        size = build.size()
        fill = build.imports.spell("imagekit.processors", "ResizeToFill")
        arguments["processors"] = f"lambda file: [{fill}({size}, {size})]"
    if build.chance(0.7):
        arguments["format"] = values.image_format(build)
    if build.chance(0.3):
        arguments["options"] = values.options(build)
    if build.chance(0.1):
        arguments["autoconvert"] = "False"
    callee = build.imports.spell(FIELDS, "ProcessedImageField")
    return write_call(build, callee, arguments, indent, merge=False, extra=["upload_to='stored'"])
