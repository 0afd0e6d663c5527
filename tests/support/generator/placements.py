"""Models, and the places where spec fields are bound to them."""

from __future__ import annotations

from collections.abc import Callable

from generator.calls import spec_arguments, write_call
from generator.fields import field_class, image_field, processed_field, spec_field
from generator.project import Build
from generator.values import processor_list

_MODELS = ("Photo", "Person", "Product", "Album", "Banner", "Event", "Teaser", "Place")
_IMAGES = ("image", "picture", "original", "photo", "portrait")
_SPECS = ("small", "large", "thumb", "icon", "card", "wide", "tile", "square", "preview", "poster", "stamp", "mini")


class Model:
    """A model class while it is being made.

    Args:
        build: the module.
        abstract: whether it is an abstract base.
    """

    def __init__(self, build: Build, abstract: bool = False) -> None:
        self.build = build
        self.name = build.unique(*_MODELS)
        self.abstract = abstract
        self.base = "models.Model"
        self.lines: list[str] = []
        self.images: list[str] = []
        self.specs: list[str] = []
        self.has_processed = False
        self.is_implicit = False
        self.decorators: list[str] = []
        self.taken: set[str] = set()

    def free_name(self, names: tuple[str, ...]) -> str:
        """Return an attribute name that the model does not have."""
        free = [name for name in names if name not in self.taken] or [f"{names[0]}{len(self.taken)}"]
        name = self.build.choose(free)
        self.taken.add(name)
        return name

    def add_images(self, count: int) -> None:
        """Add ImageFields."""
        for _ in range(count):
            name = self.free_name(_IMAGES)
            self.lines.append(f"{name} = {image_field(self.build)}")
            self.images.append(name)

    def source(self) -> str | None:
        """Return an expression for the source of a spec field; None where it may be left out, and is."""
        build, images = self.build, self.images
        if len(images) == 1 and not self.has_processed and build.chance(0.15):
            build.feature("implicit source")
            self.is_implicit = True
            return "None" if build.chance(0.2) else None
        name = build.choose(images)
        if self.specs and build.chance(0.05):
            build.feature("spec of a spec")
            name = build.choose(self.specs)
        if build.chance(0.04):
            constant = build.unique("SOURCE", "IMAGE_FIELD")
            build.helper(f"{constant} = '{name}'")
            return constant
        return build.choose((f"'{name}'", f"'{name}'", f"'{name}'", f'"{name}"', f"('{name}')", f"u'{name}'"))

    def text(self) -> str:
        """Return the class."""
        body = list(self.lines)
        if self.abstract:
            body.append("class Meta:\n    abstract = True")
        lines = "\n".join(body) or "pass"
        return (
            "".join(f"@{name}\n" for name in self.decorators) + f"class {self.name}({self.base}):\n" + _indented(lines)
        )


def _indented(text: str) -> str:
    """Return the text with each line one step further in, for it was laid out for the left margin of a class body."""
    lines = text.split("\n")
    return "\n".join(f"    {line}" if line.strip() else line for line in lines)


def add_models(build: Build) -> None:
    """Add one to three models with their spec fields, bound in different ways."""
    for _ in range(build.weighted([(3, 1), (2, 2), (1, 3)])):
        _add_model(build)


def _add_model(build: Build) -> None:
    model = Model(build)
    if build.chance(0.08):
        model.base = "models.Model, object" if build.chance(0.2) else "models.Model"
    if build.chance(0.6):
        model.lines.append("title = models.CharField(max_length=50)")
    if build.chance(0.6):
        model.lines.append("width = models.IntegerField(default=40)")
    base = None
    if build.chance(0.2):
        name = model.free_name(("avatar", "logo", "stored"))
        model.lines.append(f"{name} = {processed_field(build)}")
        model.has_processed = True  # an ImageField, too: the source of a spec has to be named
        build.feature("ProcessedImageField")
    elif build.chance(0.2):
        base = _abstract_base(build, model)
    if not model.images:
        model.add_images(build.choose((1, 1, 1, 1, 2, 3)))
    after: list[str] = []
    for _ in range(build.weighted([(2, 1), (2, 2), (1, 3), (1, 4)])):
        kinds = [(14, "attribute"), (1, "if"), (1, "try"), (2, "add_to_class"), (2, "loop"), (1, "contribute")]
        kinds += [
            (1, "semicolon"),
            (1, "class constant"),
            (1, "class function"),
            (1, "decorator"),
            (1, "adding function"),
        ]
        kind = build.weighted([*kinds, (1, "added source")])
        build.feature(f"placed by {kind}")
        _PLACES[kind](model, after)
    if build.chance(0.25):
        # The order of attributes makes no difference to ImageKit 2.
        build.random.shuffle(model.lines)
        model.lines.sort(key=lambda line: line.startswith(("if ", "try:", "def ")))
    _decorate(model)
    if base is not None:
        build.classes.append(base.text())
    build.classes.append(model.text())
    build.tail += after
    build.tail += _uses(model)


def _abstract_base(build: Build, model: Model) -> Model:
    """Return an abstract base with the spec fields, the ImageField, or both, and have the model derive from it."""
    base = Model(build, abstract=True)
    build.feature("abstract base")
    if build.chance(0.5):
        base.add_images(1)
        for _ in range(build.choose((1, 2))):
            name = base.free_name(_SPECS)
            base.lines.append(f"{name} = {spec_field(build, base.source())}")
            base.specs.append(name)
        model.images = list(base.images)
    else:
        model.add_images(1)
        name = base.free_name(_SPECS)
        source = build.choose((f"'{model.images[0]}'", f"'{model.images[0]}'", None))
        base.is_implicit = source is None
        base.lines.append(f"{name} = {spec_field(build, source)}")
        base.specs.append(name)
    model.base = base.name
    model.specs = list(base.specs)
    model.taken |= base.taken
    model.is_implicit = base.is_implicit
    return base


def _attribute(model: Model, after: list[str]) -> None:
    name = model.free_name(_SPECS)
    model.lines.append(f"{name} = {spec_field(model.build, model.source())}")
    model.specs.append(name)


def _semicolon(model: Model, after: list[str]) -> None:
    build = model.build
    name = model.free_name(_SPECS)
    text = spec_field(build, model.source())
    model.lines.append(f"order = 1; {name} = {text}" if build.chance(0.5) else f"{name} = {text}; order = 2")
    model.specs.append(name)


def _if(model: Model, after: list[str]) -> None:
    name = model.free_name(_SPECS)
    test = model.build.choose(("True", "1", "not False"))
    field = spec_field(model.build, model.source())
    model.lines.append(f"if {test}:\n" + _indented(f"{name} = {field}"))
    model.specs.append(name)


def _try(model: Model, after: list[str]) -> None:
    name = model.free_name(_SPECS)
    field = spec_field(model.build, model.source())
    model.lines.append("try:\n" + _indented(f"{name} = {field}") + f"\nexcept ValueError:\n    {name} = None")
    model.specs.append(name)


def _add_to_class(model: Model, after: list[str]) -> None:
    name = model.free_name(_SPECS)
    after.append(f"{model.name}.add_to_class('{name}', {spec_field(model.build, model.source(), '')})")
    model.specs.append(name)


def _contribute(model: Model, after: list[str]) -> None:
    name = model.free_name(_SPECS)
    field = spec_field(model.build, model.source(), "")
    if field.startswith("\\"):
        field = f"({field})"
    after.append(f"{field}.contribute_to_class({model.name}, '{name}')")
    model.specs.append(name)


def _loop(model: Model, after: list[str]) -> None:
    build = model.build
    name = model.free_name(("sized", "fitted", "scaled"))
    fill = build.imports.spell("imagekit.processors", "ResizeToFill")
    field_class = build.imports.spell("imagekit.models", "ImageSpecField")
    source = model.source()
    given = f", image_field={source}" if source is not None else ""
    field = f"{field_class}([{fill}(size, size)]{given}{build.choose(('', chr(44) + ' format=' + repr('JPEG')))})"
    label = f"'{name}_%d' % size"
    way = build.choose(
        (f"{model.name}.add_to_class({label}, {field})", f"{field}.contribute_to_class({model.name}, {label})")
    )
    after.append(f"for size in (10, 20):\n    {way}")
    model.specs.append(f"{name}_10")


def _class_constant(model: Model, after: list[str]) -> None:
    """Add a field whose size is an attribute of the class."""
    constant, name = model.free_name(("edge", "side", "largest")), model.free_name(_SPECS)
    fill = model.build.imports.spell("imagekit.processors", "ResizeToFill")
    arguments = spec_arguments(model.build, model.source(), called=False)
    arguments["processors"] = f"[{fill}({constant}, {constant})]"
    call = write_call(model.build, field_class(model.build), arguments, merge=False)
    model.lines.append(f"{constant} = {model.build.size()}\n{name} = {call}")
    model.specs.append(name)


def _class_function(model: Model, after: list[str]) -> None:
    """Add a field that calls a function of the class body."""
    build = model.build
    name = model.free_name(_SPECS)
    function = model.free_name(("_named", "_processors", "_made"))
    arguments = spec_arguments(build, model.source(), called=False)
    if build.chance(0.5):
        head = f"def {function}(instance, path, specname, extension):\n    return 'own/%s%s' % (specname, extension)"
        arguments["cache_to"] = function
    else:
        head = f"def {function}(instance, file):\n    return {processor_list(build)}"
        arguments["processors"] = function
    call = write_call(build, field_class(build), arguments, merge=False)
    model.lines.append(f"\n{head}\n\n{name} = {call}")
    model.specs.append(name)


def _decorator(model: Model, after: list[str]) -> None:
    """Bind a field by a class decorator."""
    build = model.build
    name, function = model.free_name(_SPECS), build.unique("with_thumbnail", "pictured", "with_sizes")
    call = write_call(build, field_class(build), spec_arguments(build, model.source()), "    ", merge=False)
    call = f"({call})" if call.startswith("\\") else call
    way = build.choose((f"cls.add_to_class('{name}', {call})", f"{call}.contribute_to_class(cls, '{name}')"))
    build.helper(f"def {function}(cls):\n    {way}\n    return cls")
    model.decorators.append(function)
    model.specs.append(name)


def _adding_function(model: Model, after: list[str]) -> None:
    """Bind fields by a function that is called with the model."""
    build = model.build
    name, function = model.free_name(("named", "step", "width_of")), build.unique("add_sizes", "add_thumbnails")
    fill = build.imports.spell("imagekit.processors", "ResizeToFill")
    source = model.source()
    given = f", image_field={source}" if source is not None else ""
    field = f"{field_class(build)}([{fill}(size, size)]{given})"
    build.helper(
        f"def {function}(model, sizes=(10, 20)):\n    for size in sizes:\n"
        f"        model.add_to_class('{name}_%d' % size, {field})"
    )
    after.append(f"{function}({model.name})")
    model.specs.append(f"{name}_10")


def _added_source(model: Model, after: list[str]) -> None:
    """Bind the ImageField afterwards, and a field that has it as its source."""
    build = model.build
    if model.is_implicit:  # another ImageField would leave that one with a choice
        _attribute(model, after)
        return
    model.has_processed = True
    source, name = model.free_name(("scan", "late_image")), model.free_name(_SPECS)
    after.append(f"{model.name}.add_to_class('{source}', {image_field(build)})")
    after.append(f"{model.name}.add_to_class('{name}', {spec_field(build, repr(source), '')})")
    model.specs.append(name)


_PLACES: dict[str, Callable[[Model, list[str]], None]] = {
    "attribute": _attribute,
    "if": _if,
    "try": _try,
    "add_to_class": _add_to_class,
    "loop": _loop,
    "contribute": _contribute,
    "semicolon": _semicolon,
    "class constant": _class_constant,
    "class function": _class_function,
    "decorator": _decorator,
    "adding function": _adding_function,
    "added source": _added_source,
}


def _decorate(model: Model) -> None:
    """Add methods, comments and a docstring."""
    build = model.build
    if build.chance(0.25):
        model.lines.insert(0, build.choose(("'''A model.'''", '"""Shows image_field=\'image\' to nobody."""')))
    if model.lines and build.chance(0.4):
        index = build.random.randrange(len(model.lines) + 1)
        model.lines.insert(index, build.choose(("# the sizes", "# image_field='old'", "#: größe", "# TODO: cache_to")))
    if build.chance(0.3):
        text = "return self.title" if "title" in " ".join(model.lines) else "return ''"
        name = "__unicode__" if build.python2 else "__str__"
        model.lines.append(f"\ndef {name}(self):\n    {text}")
    if model.specs and build.chance(0.2):
        model.lines.append(f"\n@property\ndef shown(self):\n    return self.{build.choose(model.specs)}.url")


def _uses(model: Model) -> list[str]:
    """Return functions that use the files of the spec fields."""
    build = model.build
    if not model.specs or not build.chance(0.3):
        return []
    spec, owner = build.choose(model.specs), model.name
    name = build.unique("refresh", "show", "warm_up", "export", "clean")
    body = build.choose(
        (
            f"return [item.{spec}.url for item in {owner}.objects.all()]",
            f"for item in {owner}.objects.all():\n        item.{spec}.validate()",
            f"for item in {owner}.objects.all():\n        item.{spec}.invalidate()",
            f"item = {owner}.objects.get(pk=1)\n    item.{spec}.delete()",
            f"item = {owner}.objects.get(pk=1)\n    return item.{spec}.source_file",
            f"item = {owner}()\n    return item._ik.spec_files",
            f"item = {owner}()\n    return item.{spec}.attname",
        )
    )
    build.feature("uses files")
    return [f"def {name}():\n    {body}"]
