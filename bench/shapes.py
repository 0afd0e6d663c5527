"""Code that has a lot of one thing, for `bench.growth`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Files = Mapping[str, bytes | int]

HEAD = """\
from django.db import models
from imagekit.imagecache import NonValidatingImageCacheBackend, PessimisticImageCacheBackend
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill, ResizeToFit

"""
MODEL = "class Photo(models.Model):\n    image = models.ImageField(upload_to='photos')\n"
FIELD = "ImageSpecField([ResizeToFit(100, {0})], image_field='image', format='JPEG')"


@dataclass(frozen=True)
class Shape:
    """Something that a project can have a lot of.

    Args:
        name: what the table calls it.
        size: how much of it the smallest project has.
        make: makes a project with so much of it: contents by path, the length alone for a sparse file.
    """

    name: str
    size: int
    make: Callable[[int], Files]


def _python(*parts: str | Iterable[str]) -> Files:
    """A project with one models file."""
    return {"models.py": (HEAD + "".join(part if isinstance(part, str) else "".join(part) for part in parts)).encode()}


def _each(template: str, size: int, start: int = 0) -> Iterable[str]:
    """A template with a number, and the one before it."""
    return (template.format(number, number - 1) for number in range(start, size))


def _fields(size: int) -> Files:
    return _python(MODEL, _each(f"    field_{{0}} = {FIELD}\n", size))


def _models(size: int) -> Files:
    model = MODEL.replace("Photo", "Photo{0}") + f"    small = {FIELD}\n\n\n"
    return _python(_each(model, size))


def _factory(size: int) -> Files:
    factory = (
        "def thumb(image_field, width):\n    return ImageSpecField([ResizeToFit(width)], image_field=image_field)\n"
    )
    return _python(factory, MODEL, _each("    field_{0} = thumb('image', {0})\n", size))


def _factory_of_own_dicts(size: int) -> Files:
    factory = "def thumb(**options):\n    return ImageSpecField(**dict(options, format='JPEG'))\n\n\n"
    return _python(factory, MODEL, _each("    field_{0} = thumb(image_field='image', quality={0})\n", size))


def _factories(size: int) -> Files:
    factory = "def thumb_{0}(width):\n    return ImageSpecField([ResizeToFit(width)], image_field='image')\n\n\n"
    return _python(_each(factory, size), MODEL, _each("    field_{0} = thumb_{0}({0})\n", size))


def _factory_chain(size: int) -> Files:
    first = "def thumb_0(**options):\n    return ImageSpecField(image_field='image', **options)\n\n\n"
    other = "def thumb_{0}(**options):\n    return thumb_{1}(**options)\n\n\n"
    return _python(first, _each(other, size, 1), MODEL, f"    small = thumb_{size - 1}()\n")


def _backends(size: int) -> Files:
    first = "class Backend0(PessimisticImageCacheBackend):\n    pass\n\n\n"
    other = (
        "class Backend{0}(Backend{1}):\n    def validate(self, file):\n"
        "        super(Backend{0}, self).validate(file)\n\n\n"
    )
    field = f"    small = ImageSpecField(image_field='image', image_cache_backend=Backend{size - 1}())\n"
    return _python(first, _each(other, size, 1), MODEL, field)


def _backends_used(size: int) -> Files:
    backend = (
        "class Backend{0}(PessimisticImageCacheBackend):\n    def invalidate(self, file):\n        file.delete()\n\n\n"
    )
    field = "    field_{0} = ImageSpecField(image_field='image', image_cache_backend=Backend{0}())\n"
    return _python(_each(backend, size), MODEL, _each(field, size))


def _constructors(size: int) -> Files:
    field = (
        "class Field{0}(ImageSpecField):\n    def __init__(self, *args, **kwargs):\n"
        "        kwargs.setdefault('image_field', 'image')\n"
        "        super(Field{0}, self).__init__(*args, **kwargs)\n\n\n"
    )
    return _python(_each(field, size), MODEL, _each("    field_{0} = Field{0}(format='PNG')\n", size))


def _constructor_chain(size: int) -> Files:
    first = "class Field0(ImageSpecField):\n    pass\n\n\n"
    other = (
        "class Field{0}(Field{1}):\n    def __init__(self, *args, **kwargs):\n        kwargs['quality'] = {0}\n"
        "        super(Field{0}, self).__init__(*args, **kwargs)\n\n\n"
    )
    return _python(first, _each(other, size, 1), MODEL, f"    small = Field{size - 1}(image_field='image')\n")


def _dict_chain(size: int) -> Files:
    other = "OPTIONS_{0} = dict(OPTIONS_{1}, key_{0}={0})\n"
    field = f"    small = ImageSpecField(**OPTIONS_{size - 1})\n"
    return _python("OPTIONS_0 = dict(image_field='image')\n", _each(other, size, 1), MODEL, field)


def _update_chain(size: int) -> Files:
    field = "    small = ImageSpecField(**OPTIONS)\n"
    return _python("OPTIONS = {'image_field': 'image'}\n", _each("OPTIONS.update(key_{0}={0})\n", size), MODEL, field)


def _alias_chain(size: int) -> Files:
    alias = "Field{0} = Field{1}\n"
    field = f"    small = Field{size - 1}(image_field='image')\n"
    return _python("Field0 = ImageSpecField\n", _each(alias, size, 1), MODEL, field)


def _reassigned(size: int) -> Files:
    return _python(_each("SIZE = [ResizeToFit({0})]\n", size), MODEL, _each("    f_{0} = ImageSpecField(SIZE)\n", size))


def _loop(size: int) -> Files:
    names = ", ".join(f"('small_{number}', {number})" for number in range(size))
    loop = f"for name, width in [{names}]:\n    ImageSpecField([ResizeToFit(width)], image_field='image')"
    return _python(MODEL, loop, ".contribute_to_class(Photo, name)\n")


def _arguments(size: int) -> Files:
    processors = ", ".join(f"ResizeToFit({number})" for number in range(size))
    return _python(MODEL, f"    small = ImageSpecField([{processors}], image_field='image')\n")


def _spec_files(size: int) -> Files:
    use = "def show_{0}(photo):\n    if photo.small.source_file:\n        photo.small.validate()\n\n\n"
    return _python(MODEL, f"    small = {FIELD}\n\n\n", _each(use, size))


def _callables(size: int) -> Files:
    name = (
        "def name_{0}(instance, path, specname, extension):\n    return 'cache/%s{0}%s' % (specname, extension)\n\n\n"
    )
    field = "    field_{0} = ImageSpecField(image_field='image', cache_to=name_{0})\n"
    return _python(_each(name, size), MODEL, _each(field, size))


def _nested(size: int) -> Files:
    blocks = "".join(f"{'  ' * depth}if x{depth}:\n" for depth in range(min(size, 90)))
    inner = "  " * min(size, 90)
    fields = "".join(f"{inner}f{number} = {FIELD}\n" for number in range(size))
    return _python(blocks, fields)


def _nested_functions(size: int) -> Files:
    inner = "".join(f"{' ' * depth}def f{depth}(a{depth}):\n" for depth in range(size))
    return _python(inner, " " * size, f"return {FIELD}\n")


def _sum(size: int) -> Files:
    terms = " + ".join(f"[ResizeToFit({number})]" for number in range(size))
    return _python(MODEL, f"    small = ImageSpecField({terms}, image_field='image')\n")


def _strings(size: int) -> Files:
    return _python(_each("TEXT_{0} = 'imagekit.models.ImageSpecField'\n", size))


def _python2(size: int) -> Files:
    show = "def show_{0}(photo):\n    try:\n        print photo, {0}\n    except IOError, error:\n        raise\n\n\n"
    return _python(_each(show, size), MODEL, f"    small = {FIELD}\n")


def _ignored(size: int) -> Files:
    return _python(MODEL, _each(f"    f{{0}} = {FIELD}  # ik-migrate: ignore[IK101]\n", size))


def _apps(size: int) -> Files:
    model = HEAD + MODEL + f"    small = {FIELD}\n"
    views = "def show(photo):\n    return photo.small.source_file.url\n"
    apps: dict[str, bytes | int] = {"manage.py": b"import django\n"}
    for number in range(size):
        apps |= {
            f"app_{number}/__init__.py": b"",
            f"app_{number}/models.py": model.encode(),
            f"app_{number}/views.py": views.encode(),
        }
    return apps


def _modules_in_turn(size: int) -> Files:
    modules: dict[str, bytes | int] = {"part_0.py": b"from imagekit.models import ImageSpecField\n"}
    for number in range(1, size):
        modules[f"part_{number}.py"] = f"from part_{number - 1} import *\n".encode()
    use = f"from part_{size - 1} import ImageSpecField\nfield = ImageSpecField(image_field='image')\n"
    return {**modules, "models.py": use.encode()}


def _settings(size: int) -> Files:
    first = "INSTALLED_APPS = ['imagekit']\nIMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'imagekit.imagecache.{0}'\n"
    backend = "NonValidatingImageCacheBackend"
    others = {
        f"settings/part_{number}.py": f"from settings.base import *\n{first.format(backend)}" for number in range(size)
    }
    named = {"settings/__init__.py": "", "settings/base.py": first.format(backend), **others}
    return {**{name: text.encode() for name, text in named.items()}, **_fields(1)}


def _blanks_in_requirement(size: int) -> Files:
    return {"requirements.txt": b"django-imagekit" + b" " * size + b"==2.0.4\n" + b"django-imagekit" + b" " * size}


def _many_requirements(size: int) -> Files:
    return {"requirements.txt": b"django-imagekit==2.0.4\n" * size}


def _commands_in_a_line(size: int) -> Files:
    line = b"python manage.py ikcachevalidate " * 8 + b"ikcachevalidate " * 1_000 + b"\n"
    return {"run.sh": line * size, "notes.ini": line * size}


def _commands_in_long_lines(size: int) -> Files:
    return {"run.sh": (b"python manage.py ikcachevalidate " * 600 + b"\n") * size}


def _command_in_a_string(size: int) -> Files:
    return {"run.py": b"COMMANDS = '" + b"python manage.py ikcachevalidate {{" * size + b"'\n"}


def _requirements_in_long_lines(size: int) -> Files:
    line = b"pip install " + b"django-imagekit==2.0.4 git+http://x/django-imagekit.git" * 350 + b"\n"
    return {"requirements.txt": line * size}


def _requirements_in_a_string(size: int) -> Files:
    return {"run.py": b"LINES = '" + b"django-imagekit==2.0.4 " * size + b"'\n"}


def _commands(size: int) -> Files:
    return {"run.sh": b"python manage.py ikcachevalidate shop.Photo || true\n" * size}


def _template(size: int) -> Files:
    line = '<img src="{{ photo.small.source_file.url }}"> ikcache '
    return {**_fields(1), "list.html": (line * size).encode()}


def _template_lines(size: int) -> Files:
    line = '{% if photo.field_0.source_file %}<img src="{{ photo.field_0.url }}">{% endif %} imagekit\n'
    return {**_fields(1), "list.html": (line * size).encode()}


def _plain_text(size: int) -> Files:
    return {"notes.txt": b"imagekit is a word in this text, and 'cache/photos' is a path {{ photo.small }} \n" * size}


def _json(size: int) -> Files:
    rows = [{"model": "imagekit.photo", "pk": number, "image": f"cache/photos/{number}.jpg"} for number in range(size)]
    return {**_fields(1), "fixture.json": json.dumps(rows, indent=1).encode()}


def _python_megabytes(size: int) -> Files:
    row = "    ('imagekit', 'photos/0123456789.jpg', 640, 480, 'A title of a photo that is rather long'),\n"
    return {"data.py": ("ROWS = [\n" + row * (size * 1_000_000 // len(row)) + "]\n").encode()}


def _code_megabytes(size: int) -> Files:
    code = "def part_{0}(photo):\n    total = photo.width * {0} + photo.height\n    return [total, 'imagekit']\n\n\n"
    return {"data.py": "".join(_each(code, size * 1_000_000 // 100)).encode()}


def _sparse(size: int) -> Files:
    return {"disk.img": size * 1_000_000_000, "disk.py": size * 1_000_000_000, "disk.txt": size * 1_000_000_000}


def _abstract(size: int) -> Files:
    base = "class Base(models.Model):\n    class Meta:\n        abstract = True\n\n"
    fields = "    field_{0} = ImageSpecField([ResizeToFit(100, {0})])\n"
    model = "class Photo{0}(Base):\n    image = models.ImageField(upload_to='photos')\n\n\n"
    return _python(base, _each(fields, size), "\n\n", _each(model, size))


def _chain_of_models(size: int) -> Files:
    first = "class Photo0(models.Model):\n    image = models.ImageField(upload_to='photos')\n\n\n"
    other = f"class Photo{{0}}(Photo{{1}}):\n    small_{{0}} = {FIELD}\n\n\n"
    return _python(first, _each(other, size, 1))


def _chain_of_specs(size: int) -> Files:
    field = "    field_{0} = ImageSpecField([ResizeToFit(100, {0})], image_field='field_{1}')\n"
    return _python(MODEL, f"    field_0 = {FIELD}\n", _each(field, size, 1))


def _users_of_a_factory(size: int) -> Files:
    factory = HEAD + "def thumb(name):\n    return ImageSpecField([ResizeToFit(9)], image_field=name)\n"
    user = "from sizes import thumb\nfrom django.db import models\n\n\n" + MODEL + "    small = thumb('image')\n"
    return {"sizes.py": factory.encode(), **{f"app_{number}/models.py": user.encode() for number in range(size)}}


def _shadowed_names(size: int) -> Files:
    branch = "if A{0}:\n    Field = ImageSpecField\nelse:\n    Field = None\n"
    return _python(_each(branch, size), MODEL, _each("    f_{0} = Field(image_field='image')\n", size))


def _brackets(size: int) -> Files:
    return {"page.html": b"{{ " * size + b"imagekit " + b"{% " * size + b"<!-- " * size, **_fields(1)}


def _dotted_name(size: int) -> Files:
    return _python(f"x = a{'.photo.small' * size}.url\n", MODEL, f"    small = {FIELD}\n")


def _factories_with_parameters(size: int) -> Files:
    factory = "def thumb_{0}(steps):\n    return ImageSpecField(steps, image_field='image')\n\n\n"
    return _python(_each(factory, size), MODEL, _each("    field_{0} = thumb_{0}([ResizeToFit({0})])\n", size))


def _branches_of_a_name(size: int) -> Files:
    return _python(
        _each("SIZE{0} = SIZE{1} if A else SIZE0\n", size, 1), MODEL, f"    f = ImageSpecField(SIZE{size - 1})\n"
    )


SHAPES = (
    Shape("fields of one model", 250, _fields),
    Shape("models in one file", 250, _models),
    Shape("fields by one factory", 500, _factory),
    Shape("fields by one factory with dicts", 250, _factory_of_own_dicts),
    Shape("factories", 150, _factories),
    Shape("factories that call each other", 50, _factory_chain),
    Shape("chain of backends", 50, _backends),
    Shape("backends side by side", 100, _backends_used),
    Shape("subclasses with constructors", 150, _constructors),
    Shape("chain of constructors", 50, _constructor_chain),
    Shape("chain of dicts", 100, _dict_chain),
    Shape("dict that is updated", 250, _update_chain),
    Shape("chain of aliases", 100, _alias_chain),
    Shape("name assigned again", 100, _reassigned),
    Shape("fields made in a loop", 1000, _loop),
    Shape("processors of one field", 500, _arguments),
    Shape("uses of spec files", 250, _spec_files),
    Shape("functions that name files", 150, _callables),
    Shape("fields in nested blocks", 150, _nested),
    Shape("nested functions", 20, _nested_functions),
    Shape("sum of lists", 150, _sum),
    Shape("dotted names as strings", 1000, _strings),
    Shape("Python 2 functions", 500, _python2),
    Shape("comments that ignore", 250, _ignored),
    Shape("apps", 50, _apps),
    Shape("modules that pass a name on", 30, _modules_in_turn),
    Shape("settings files", 50, _settings),
    Shape("blanks in a requirement", 20_000, _blanks_in_requirement),
    Shape("requirements", 1_000, _many_requirements),
    Shape("requirements in long lines", 25, _requirements_in_long_lines),
    Shape("requirements in one string", 1_000, _requirements_in_a_string),
    Shape("lines that name a command often", 25, _commands_in_a_line),
    Shape("lines that call a command often", 25, _commands_in_long_lines),
    Shape("string that calls a command often", 1_000, _command_in_a_string),
    Shape("commands in a script", 500, _commands),
    Shape("spec files in a line of a template", 100, _template),
    Shape("lines of a template", 2_000, _template_lines),
    Shape("lines of text", 5_000, _plain_text),
    Shape("rows of JSON", 5_000, _json),
    Shape("megabytes of rows in Python", 2, _python_megabytes),
    Shape("megabytes of code in Python", 1, _code_megabytes),
    Shape("fields and children of an abstract model", 150, _abstract),
    Shape("chain of models", 150, _chain_of_models),
    Shape("chain of specs", 100, _chain_of_specs),
    Shape("apps that use one factory", 50, _users_of_a_factory),
    Shape("name bound in many branches", 100, _shadowed_names),
    Shape("brackets that are not closed", 3_000, _brackets),
    Shape("parts of a dotted name", 20, _dotted_name),
    Shape("factories with parameters", 150, _factories_with_parameters),
    Shape("chain of conditions", 150, _branches_of_a_name),
    Shape("gigabytes of sparse files", 5, _sparse),
)
