"""Put a project together."""

from __future__ import annotations

import re
from random import Random

from generator.imports import FIELDS
from generator.layout import PYTHON3_LINES, between, finish
from generator.placements import add_models
from generator.project import APP, HELPERS, MODELS, Build, GeneratedProject
from generator.values import SETTINGS

PYTHON2_SHARE = 0.4
_BOUND = re.compile(r"^(?:class |def )?([A-Za-z_]\w*)(?: = |\()", re.M)
_PYTHON3 = re.compile("|".join(re.escape(lines.partition("\n")[0]) for lines in PYTHON3_LINES))
_DECOYS = (
    "class PhotoAdmin(object):\n    thumbnail = AdminThumbnail(image_field='{spec}')",
    "def render(**context):\n    return sorted(context)\n\ndef show_image(image_field=None, cache_to='x'):\n"
    "    return render(image_field=image_field, cache_to=cache_to)",
    "def storing(storage=None):\n    return models.FileField(upload_to='files', storage=storage)",
)


def generate(seed: int) -> GeneratedProject:
    """Return the project of this seed."""
    random = Random(f"imagekit {seed}")
    build = Build(random, python2=random.random() < PYTHON2_SHARE)
    build.imports.add_from("django.db", "models")
    add_models(build)
    if build.chance(0.15):
        decoy = build.choose(_DECOYS)
        if "AdminThumbnail" in decoy:
            build.imports.add_from("imagekit.admin", "AdminThumbnail")
        build.tail.append(decoy.format(spec="small"))
        build.parameters |= {"AdminThumbnail": {"image_field"}, "render": {"image_field", "cache_to"}}
    parts = _split(build)
    files = {
        "manage.py": b"import os, sys\n",
        f"{APP}/__init__.py": b"",
        "settings.py": _settings(build).encode(),
        **{path: finish(random, text, build.python2) for path, text in parts.items()},
    }
    features = sorted({*build.features, *(f"{name} by {way}" for name, way in build.imports.ways.items())})
    parameters = {name: frozenset(names) for name, names in build.parameters.items()}
    whole = "".join(parts.values())
    runs_on_python2 = build.python2 or (whole.isascii() and "super()" not in whole and not _PYTHON3.search(whole))
    return GeneratedProject(seed, files, build.python2, runs_on_python2, parameters, tuple(features))


def _split(build: Build) -> dict[str, str]:
    """Return the text of the models module, and of the one that some of its helpers are in, by their paths."""
    helpers = list(build.helpers)
    if len(helpers) < 2 or not build.chance(0.15):
        return {MODELS: _module(build, helpers, [*build.classes, *build.tail])}
    build.feature("helpers in another module")
    count = build.random.randrange(1, len(helpers) + 1)
    other = _module(build, helpers[:count], [])
    names = [name for helper in helpers[:count] for name in _BOUND.findall(helper)]
    rest = "\n".join([*helpers[count:], *build.classes, *build.tail])
    used = [name for name in names if re.search(rf"\b{name}\b", rest)]
    ours = f"from .fields import {', '.join(used)}" if used else "from . import fields"
    if build.chance(0.1):
        ours = "from .fields import *"
    return {MODELS: _module(build, [ours, *helpers[count:]], [*build.classes, *build.tail]), HELPERS: other}


def _module(build: Build, helpers: list[str], rest: list[str]) -> str:
    """Return the text of a module."""
    helpers = list(helpers)
    for other in between(build.random, build.python2):
        helpers.insert(build.random.randrange(len(helpers) + 1), other)
    if build.chance(0.05):
        helpers.insert(0, f"import {FIELDS}")
    is_import = helpers[:1] and helpers[0].startswith("from .")
    imports = build.imports.lines("\n".join([*helpers, *rest]))
    if build.chance(0.04) and rest:
        imports.append("from imagekit.imagecache import NonValidatingImageCacheBackend  # not used")
    if is_import:
        imports.append(helpers.pop(0))
    head = []
    if build.chance(0.3):
        head.append('"""Models."""')
    if build.python2 and build.chance(0.3):
        head.append("from __future__ import unicode_literals")
    elif build.chance(0.1):
        head.append("from __future__ import absolute_import, division")
    blank = build.choose(("\n\n\n", "\n\n\n", "\n\n", "\n"))
    parts = ["\n".join(head), "\n".join(imports), *helpers, *rest]
    return blank.join(part for part in parts if part) + "\n"


def _settings(build: Build) -> str:
    lines = [f"{name} = {value!r}" for name, value in SETTINGS.items()]
    lines += [f"INSTALLED_APPS = ['imagekit', '{APP}']", "MEDIA_URL = '/media/'"]
    if build.chance(0.2):
        name = build.choose(("NonValidatingImageCacheBackend", "PessimisticImageCacheBackend"))
        lines.append(f"IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'imagekit.imagecache.{name}'")
    return "\n".join(lines) + "\n"
