"""The code that findings suggest, pasted where they say, works; ``python -m bench.suggestions`` shows what does not.

What fails today is in the table of known failures. It is compared strictly, one part of the projects at a time.
"""

from __future__ import annotations

import ast
import os

import pytest
from equivalence import sites
from nets.known import known_failures
from nets.paste import CannotPaste, paste
from nets.pasted_sites import SITES, image_failures
from nets.pasting import Pasted, failures_of, load_all, normalised, paste_all
from nets.suggestions import Shape, is_receiver, needs_filling_in, read_suggestion
from nets.tool import Applicability, Finding, Place

from bench.suggestions import CHUNKS, chunk, names_by_kind, project_files

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="projects are imported in forks of one process")
IMAGES = ("other images", "the site does not load")


@pytest.fixture(scope="module")
def projects() -> dict[str, dict[str, bytes]]:
    return project_files()


def _project(name: str) -> str:
    return name.partition(" ")[0]


@needs_fork
@pytest.mark.parametrize("index", range(CHUNKS))
def test_pasted_suggestions_work_or_are_known(projects: dict[str, dict[str, bytes]], index: int) -> None:
    part = chunk(projects, index)
    failures, _ = failures_of(part)
    known = {
        kind: [name for name in names if _project(name) in part]
        for kind, names in known_failures("suggestions").items()
        if kind not in IMAGES
    }
    failing = names_by_kind(failures)
    messages = "\n".join(f"{failure.kind}: {failure.name}: {failure.message}" for failure in failures)
    assert failing == {kind: names for kind, names in known.items() if names}, messages


def test_sites_with_pasted_suggestions_show_the_images_of_imagekit_2() -> None:
    failures = image_failures()
    known = {kind: names for kind, names in known_failures("suggestions").items() if kind in IMAGES}
    assert names_by_kind(failures) == known, "\n".join(map(str, failures))


def test_known_failures_are_of_projects_that_are_there(projects: dict[str, dict[str, bytes]]) -> None:
    names = [(kind, _project(name)) for kind, known in known_failures("suggestions").items() for name in known]
    assert {name for kind, name in names if kind not in IMAGES} <= projects.keys()
    assert {name for kind, name in names if kind in IMAGES} <= set(SITES)
    assert set(SITES) <= {site.name for site in sites()}


# How it is done -----------------------------------------------------------------------------------


def finding(text: str, marked: str, suggestion: str, applicability: Applicability = Applicability.MANUAL) -> Finding:
    """Return a finding about some code in a text."""
    start = text.index(marked)
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    end = start + len(marked)
    end_line = text.count("\n", 0, end) + 1
    place = Place(line, column, end_line, end - text.rfind("\n", 0, end))
    return Finding(RULE, "models.py", place, "message", applicability, suggestion=suggestion)


class _Rule:
    code = "IK000"
    why = help = "text"


RULE = _Rule()

TEXT = """\
'''Models.'''
from __future__ import unicode_literals
from imagekit.models import ImageSpecField

KEYS = {'image_field': 'image'}
CALLED = dict(storage=1)


class Photo(Model):
    image = ImageField()
    small = ImageSpecField([f(1)], image_field='image', **KEYS)

    def show(self):
        return self.small.source_file
"""


WORD = "image_field='image', **"


@pytest.mark.parametrize(
    ("marked", "suggestion", "expected"),
    [
        (WORD, "source='image'", ["small = ImageSpecField([f(1)], source='image', **KEYS)"]),
        (
            "ImageSpecField([f(1)]",
            "from a import b\n\nx = b()\n\n# with x\ncachefile_storage=x",
            ["from a import b", "x = b()", "ImageSpecField([f(1)], image_field='image', cachefile_storage=x, **KEYS)"],
        ),
        (
            "[f(1)]",
            "from imagekit import ImageSpec\n\nclass PhotoSmall(ImageSpec):\n    pass\n\nsmall = Field(spec=P)",
            [
                "import unicode_literals\nfrom imagekit import ImageSpec",
                "class PhotoSmall",
                "small = Field(spec=P)",
            ],
        ),
        ("KEYS)", "'source': 'other'", ["KEYS = {'source': 'other'}"]),
        ("'image_field': 'image'", "'source'", ["KEYS = {'source': 'image'}"]),
        ("dict(storage=1)", "'cachefile_storage': 2", ["CALLED = dict(cachefile_storage=2)"]),
        (
            "self.small.source_file",
            "self.small.generator.source  # a comment",
            ["return self.small.generator.source\n"],
        ),
        (
            "self.small.source_file",
            "from u import g\n\na, b = g(1)",
            ["        a, b = g(1)\n        return a\n", "from u import g"],
        ),
        ("Photo", "def method(self):\n    pass", ["source_file\n    def method(self):\n        pass\n"]),
        ("Photo", "class Photo(Other):\n    pass", ["class Photo(Other):\n    pass\n"]),
        ("small", "@receiver(s)\ndef gone(sender):\n    pass", ["source_file\n\n\n@receiver(s)\ndef gone(sender):"]),
        ("KEYS = {", "KEYS = 1\nMORE = 2", ["KEYS = 1\nMORE = 2\nCALLED"]),
        ("from imagekit.models", "from imagekit import a", ["literals\nfrom imagekit import a\n\nKEYS"]),
        (WORD, "format = 'JPEG'", ["image_field='image', format='JPEG', **KEYS)"]),
    ],
)
def test_suggestion_is_pasted_at_its_place(marked: str, suggestion: str, expected: list[str]) -> None:
    result = paste(TEXT, finding(TEXT, marked, suggestion))
    ast.parse(result)
    for piece in expected:
        assert piece in result


@pytest.mark.parametrize(
    ("marked", "suggestion"),
    [
        (WORD, "if photo.small:"),
        (WORD, "def on_source_saved(self, file):\n    pass"),
        ("KEYS)", "class Other(Base):\n    pass"),
        ("self.small", "SETTING = 1"),
    ],
)
def test_suggestion_without_a_place_is_refused(marked: str, suggestion: str) -> None:
    with pytest.raises(CannotPaste):
        paste(TEXT, finding(TEXT, marked, suggestion))


def test_shapes_are_told_apart() -> None:
    assert read_suggestion("source='a'").shape is Shape.KEYWORDS
    assert read_suggestion("x.y").shape is Shape.EXPRESSION
    assert read_suggestion("x = 1\nif x:\n    pass").shape is Shape.STATEMENTS
    assert is_receiver("@receiver(s)\ndef f(sender):\n    pass")
    assert needs_filling_in("source=...") and not needs_filling_in("source='a'")


def test_projects_are_made_python_3() -> None:
    files = {
        "a.py": b"# coding: latin-1\r\nprint 'gr\xfc\xdf'\r\n",
        "b.py": b"if x:\n\tprint 1\n        print 2\n",
        "c.html": b"\r\n",
    }
    changed = normalised(files)
    for path in ("a.py", "b.py"):
        ast.parse(changed[path])
    assert "grüß".encode() in changed["a.py"]
    assert changed["c.html"] == b"\r\n"


@needs_fork
def test_broken_suggestion_is_found() -> None:
    text = b"from imagekit.models import ImageSpecField\nfrom django.db import models\n\n\nclass Photo(models.Model):\n"
    good = text + b"    image = models.ImageField()\n"
    loaded = load_all(
        [
            Pasted("good", {"models.py": good}),
            Pasted("bad", {"models.py": good + b"    small = ImageSpecField(image_field='image')\n"}),
            Pasted("made up", {"shop/models.py": b"from nowhere import Base\n" + good, "shop/__init__.py": b""}),
            Pasted("missing", {"models.py": b"from imagekit.nowhere import Base\n" + good}),
        ]
    )
    assert loaded["good"] == loaded["made up"] == ""
    assert loaded["bad"].startswith("TypeError")
    assert loaded["missing"].startswith("ModuleNotFoundError")


@needs_fork
def test_manual_findings_are_resolved_by_what_they_suggest() -> None:
    text = """\
from django.db import models
from django.db.models.fields.files import FieldFile
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image')

    def is_stored(self):
        return isinstance(self.small, FieldFile)


def source_of(name):
    return Photo.small.image_field
"""
    result = paste_all("a", {"models.py": text.encode()})
    assert (result.failures, result.open) == ([], ())
    assert result.rules == {"IK506", "IK507"}
    after = result.files["models.py"].decode()
    assert "from imagekit.cachefiles import ImageCacheFile\n" in after
    assert "        return isinstance(self.small, ImageCacheFile)\n" in after
    assert "    return Photo.small.source\n" in after
    assert load_all([result]) == {"a": ""}
