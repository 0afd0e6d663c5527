"""The values of a spec field's arguments, and what they need beside them."""

from __future__ import annotations

from generator.imports import BACKENDS, PROCESSORS
from generator.project import Build

SETTINGS = {
    "THUMB_FORMAT": "JPEG",
    "THUMB_CONVERT": True,
    "THUMB_FOLDER": "from-settings",
    "THUMB_SIZE": (60, 40),
    "THUMB_OPTIONS": {"quality": 70},
    "PRIVATE_ROOT": "/srv/private",
}
"""Settings that generated modules read while they are imported."""


def settings(build: Build, name: str) -> str:
    """Return an expression for one of the `SETTINGS`."""
    build.imports.add_from("django.conf", "settings")
    return build.choose((f"settings.{name}", f"settings.{name}", f"getattr(settings, '{name}', None)"))


_FIT_OPTIONS = ("{'upscale': True}", "{'mat_color': (255, 255, 255)}", "{}")


# Processors ---------------------------------------------------------------------------------------


def processor(build: Build) -> str:
    """Return an expression that makes one processor."""
    width, height = build.size(), build.size()
    kind = build.weighted(
        [
            (6, "fill"),
            (6, "fit"),
            (2, "fit-keywords"),
            (1, "fit-width"),
            (1, "fit-upscale"),
            (1, "fit-star"),
            (1, "fit-merge"),
            (1, "smart"),
            (1, "adjust"),
            (1, "transpose"),
            (1, "own"),
        ]
    )
    spell = build.imports.spell
    if kind == "fill":
        return f"{spell(PROCESSORS, 'ResizeToFill')}({width}, {height})"
    if kind == "smart":
        return f"{spell(PROCESSORS, 'SmartResize')}({width}, {height})"
    if kind == "adjust":
        return f"{spell(PROCESSORS, 'Adjust')}(contrast=1.2, sharpness=1.1)"
    if kind == "transpose":
        return f"{spell(PROCESSORS, 'Transpose')}()"
    if kind == "own":
        return f"{own_processor(build)}()"
    fit = spell(PROCESSORS, "ResizeToFit")
    if kind == "fit-keywords":
        return f"{fit}(width={width}, height={height})"
    if kind == "fit-width":
        return f"{fit}({width})"
    if kind == "fit-upscale":
        return f"{fit}({width}, {height}, upscale={build.choose(('True', 'False', 'None'))})"
    if kind == "fit-star":
        name = build.unique("SIZE", "BOX", "SQUARE")
        build.helper(f"{name} = ({width}, {height})")
        return f"{fit}(*{name})"
    if kind == "fit-merge":
        name = build.unique("FIT", "FIT_OPTIONS", "MAT")
        build.helper(f"{name} = {build.choose(_FIT_OPTIONS)}")
        more = build.choose(("", "", ", upscale=False"))
        if "upscale" in build.helpers[-1]:
            more = ""
        return f"{fit}({width}, {height}{more}, **{name})"
    return f"{fit}({width}, {height})"


def own_processor(build: Build) -> str:
    """Define a processor class of the project, and return its name."""
    name = build.unique("Watermark", "Grey", "Stamp", "Sepia")
    if build.chance(0.3):
        build.imports.add_from("imagekit.lib", "Image")
        body = "return img.resize(img.size, Image.BICUBIC)"
    else:
        body = "return img.convert('L')"
    build.helper(f"class {name}(object):\n    def process(self, img):\n        {body}")
    return name


def processor_list(build: Build) -> str:
    """Return a literal list or tuple of processors."""
    if build.chance(0.03):
        return f"[{build.imports.spell(PROCESSORS, 'ResizeToFill')}(size, size) for size in ({build.size()}, 20)]"
    items = [processor(build) for _ in range(build.choose((1, 1, 1, 2, 3)))]
    if build.chance(0.15):
        return f"({', '.join(items)},)"
    return f"[{', '.join(items)}]"


def processors(build: Build, called: bool = True) -> str:
    """Return an expression for ``processors=``.

    Args:
        build: the module.
        called: whether it may be a callable that ImageSpecField calls with the instance.
    """
    kinds = [(14, "list"), (2, "constant"), (1, "empty"), (1, "made"), (1, "condition")]
    if called:
        kinds += [(2, "function"), (2, "lambda"), (1, "partial"), (1, "object"), (1, "made-function")]
    kind = build.weighted(kinds)
    build.feature(f"processors: {kind}")
    if kind == "empty":
        return "[]"
    if kind == "constant":
        name = build.unique("PROCS", "SMALL_PROCESSORS", "SQUARE_PROCESSORS", "GREY")
        build.helper(f"{name} = {processor_list(build)}")
        return name
    if kind == "made":
        name = build.unique("make_processors", "fitting", "cropped_to")
        build.helper(f"def {name}(size):\n    return {processor_list(build)}")
        return f"{name}({build.size()})"
    if kind == "condition":
        return f"{processor_list(build)} if {settings(build, 'THUMB_CONVERT')} else {processor_list(build)}"
    if kind == "lambda":
        if build.chance(0.5):
            return f"lambda instance, file: {processor_list(build)}"
        fit = build.imports.spell(PROCESSORS, "ResizeToFit")
        return f"lambda instance, file: [{fit}(instance.width or {build.size()}, {build.size()})]"
    if kind == "object":
        name = build.unique("Chooser", "ProcessorsFor", "Picker")
        build.helper(
            f"class {name}(object):\n    def __call__(self, instance, file):\n        return {processor_list(build)}"
        )
        return f"{name}()"
    if kind == "made-function":
        name = build.unique("chooser", "processors_of", "picking")
        inner = f"def inner(instance, file):\n        return {processor_list(build)}"
        build.helper(f"def {name}(size):\n    {inner}\n    return inner")
        return f"{name}({build.size()})"
    if kind in {"function", "partial"}:
        name = build.unique("pick", "procs", "choose_processors", "banner_processors")
        more = "size, " if kind == "partial" else ""
        body = f"return {processor_list(build)}"
        if build.chance(0.3):
            body = f"if instance.pk:\n        return []\n    {body}"
        build.helper(f"def {name}({more}instance, file):\n    {body}")
        return name if kind == "function" else f"{partial(build)}({name}, {build.size()})"
    return processor_list(build)


def partial(build: Build) -> str:
    """Return the spelling of functools.partial."""
    if build.chance(0.3):
        build.imports.add("import functools")
        return "functools.partial"
    build.imports.add_from("functools", "partial")
    return "partial"


# The other arguments ------------------------------------------------------------------------------


def image_format(build: Build) -> str:
    """Return an expression for ``format=``."""
    kind = build.weighted([(8, "'JPEG'"), (4, "'PNG'"), (1, "'GIF'"), (1, "None"), (1, "name"), (1, "setting")])
    if kind == "name":
        name = build.unique("FORMAT", "THUMB_TYPE")
        build.helper(f"{name} = 'JPEG'")
        return name
    return settings(build, "THUMB_FORMAT") if kind == "setting" else kind


def options(build: Build) -> str:
    """Return an expression for ``options=``."""
    quality = f"{{'quality': {build.choose((60, 75, 90))}}}"
    kind = build.weighted([(8, quality), (1, "{}"), (1, "None"), (1, f"dict(quality={build.size()})"), (1, "name")])
    if kind == "name":
        name = build.unique("QUALITY", "SAVE_OPTIONS")
        build.helper(f"{name} = {quality}")
        return name
    return kind


def cache_to(build: Build) -> str:
    """Return an expression for ``cache_to=``."""
    kind = build.weighted(
        [
            (4, "'thumbs'"),
            (2, "'thumbs/%Y/%m'"),
            (1, "None"),
            (2, "constant"),
            (4, "function"),
            (2, "lambda"),
            (1, "partial"),
            (1, "setting"),
            (1, "join"),
        ]
    )
    build.feature(f"cache_to: {kind if kind.isalpha() else 'literal'}")
    if kind == "constant":
        name = build.unique("FOLDER", "CACHE_FOLDER")
        build.helper(f"{name} = {build.choose(('small', 'dated/%Y/%m', 'a/../b'))!r}")
        return name
    if kind == "setting":
        return settings(build, "THUMB_FOLDER")
    if kind == "join":
        build.imports.add("import os")
        return "os.path.join('thumbs', 'small')"
    if kind == "lambda":
        return "lambda instance, path, specname, extension: 'made/%s-%s%s' % (instance.pk, specname, extension)"
    if kind in {"function", "partial"}:
        name = build.unique("name_it", "thumb_path", "cache_name", "path_of")
        more = "folder, " if kind == "partial" else ""
        folder = "folder" if more else "'named'"
        body = build.choose(
            (
                f"return '%s/%s%s' % ({folder}, specname, extension)",
                f"return '%s/%s-%s.jpg' % ({folder}, instance.pk, specname)",
                f"return os.path.join({folder}, '%Y', os.path.basename(path))",
            )
        )
        if "os." in body:
            build.imports.add("import os")
        build.helper(f"def {name}({more}instance, path, specname, extension):\n    {body}")
        return name if kind == "function" else f"{partial(build)}({name}, 'dated/%Y')"
    return kind


def storage(build: Build) -> str:
    """Return an expression for a storage other than the default one."""
    kind = build.weighted([(4, "name"), (3, "call"), (2, "function"), (1, "class"), (1, "default"), (1, "setting")])
    build.feature(f"storage: {kind}")
    if kind == "default":
        build.imports.add_from("django.core.files.storage", "default_storage")
        return "default_storage"
    build.imports.add_from("django.core.files.storage", "FileSystemStorage")
    if kind == "call":
        return "FileSystemStorage('/srv/private')"
    if kind == "setting":
        return f"FileSystemStorage(location={settings(build, 'PRIVATE_ROOT')})"
    if kind == "name":
        name = build.unique("private", "vault", "private_storage")
        build.helper(f"{name} = FileSystemStorage(location='/srv/private')")
        return name
    if kind == "function":
        name = build.unique("get_storage", "private_files")
        build.helper(f"def {name}():\n    return FileSystemStorage('/srv/private')")
        return f"{name}()"
    name = build.unique("PrivateStorage", "Vault")
    build.helper(
        f"class {name}(FileSystemStorage):\n    def __init__(self):\n"
        f"        super({name}, self).__init__('/srv/private', '/private/')"
    )
    return f"{name}()"


def backend(build: Build) -> str:
    """Return an expression for ``image_cache_backend=``."""
    kind = build.weighted([(4, "non-validating"), (3, "pessimistic"), (2, "name"), (2, "own"), (1, "None")])
    build.feature(f"backend: {kind}")
    if kind == "None":
        return kind
    if kind == "own":
        return f"{own_backend(build)}()"
    base = "PessimisticImageCacheBackend" if kind == "pessimistic" else "NonValidatingImageCacheBackend"
    call = f"{build.imports.spell(BACKENDS, base)}()"
    if kind == "name":
        name = build.unique("backend", "BACKEND", "lazy")
        build.helper(f"{name} = {call}")
        return name
    return call


def own_backend(build: Build) -> str:
    """Define an image cache backend of the project, and return its name."""
    name = build.unique("LazyBackend", "LoggingBackend", "QuietBackend")
    base = build.choose(("PessimisticImageCacheBackend", "NonValidatingImageCacheBackend"))
    methods = {
        "validate": f"def validate(self, file):\n        super({name}, self).validate(file)",
        "invalidate": "def invalidate(self, file):\n        file.generate(save=True)",
        "clear": "def clear(self, file):\n        file.delete(save=False)",
        "attname": "def invalidate(self, file):\n        print(file.attname)",
    }
    chosen = build.random.sample(sorted(methods), build.choose((1, 1, 2, 3)))
    if "attname" in chosen and "invalidate" in chosen:
        chosen.remove("attname")
    body = "\n\n    ".join(methods[method] for method in chosen)
    build.helper(f"class {name}({build.imports.spell(BACKENDS, base)}):\n    {body}")
    return name


def autoconvert(build: Build) -> str:
    """Return an expression for ``autoconvert=``."""
    kind = build.weighted([(4, "False"), (3, "True"), (1, "name"), (1, "setting")])
    if kind == "name":
        name = build.unique("CONVERT", "AUTO")
        build.helper(f"{name} = False")
        return name
    return settings(build, "THUMB_CONVERT") if kind == "setting" else kind
