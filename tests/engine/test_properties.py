"""What holds for any file: made-up modules whose rewrite is known to the byte, and mutations of the fixtures.

``IK_MIGRATE_EXAMPLES`` sets how many examples each property is tried on; without it they are few, and always the same.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from case_runner import FIXTURES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ik_migrate import api
from ik_migrate.engine import registry
from ik_migrate.engine.executor import SerialExecutor
from ik_migrate.engine.pipeline import migrate_bytes
from ik_migrate.model.options import Options
from ik_migrate.model.result import Status
from ik_migrate.project.project import Project
from ik_migrate.reports.diff import unified_diff

EXAMPLES = int(os.environ.get("IK_MIGRATE_EXAMPLES", "0"))
settings.register_profile(
    "properties",
    max_examples=EXAMPLES or 40,
    derandomize=not EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
properties = settings(settings.get_profile("properties"))
ROOT = Path(tempfile.gettempdir(), "ik-migrate-properties-is-not-there")


def migrated(data, options=None):
    """What becomes of a file that stands alone."""
    return migrate_bytes(Project(ROOT), ROOT / "models.py", "models.py", data, options or Options(unsafe_fixes=True))


# Modules whose rewrite is known ------------------------------------------------------------------

gap = st.sampled_from(
    ["", "", "", " ", "  ", "\t", "\n", "\n        ", " # a, b=(\n    ", "\n\n\t# image_field='x'\n", "\\\n"]
)
NAME = "\0"  # where IK2 says image_field and IK3 source


@st.composite
def calls(draw, callee):
    """A call of a spec field of which nothing but the name of one argument changes."""
    value = draw(st.sampled_from(["'image'", '"image"', "('image')", "'im' 'age'", "(\n'image'  # it\n)", "r'image'"]))
    arguments = [
        draw(st.sampled_from(["[ResizeToFill(50, 50)]", "([ResizeToFill(50, height=(50))])"])),
        NAME + draw(gap) + "=" + draw(gap) + value,
        *draw(st.sampled_from([[], ["format='JPEG'"], ["options={'quality': 90,\n}", "format = 'PNG'"]])),
    ]
    if draw(st.booleans()):
        arguments[0] = "processors=" + arguments[0]
        arguments = draw(st.permutations(arguments))
    text = callee + draw(st.sampled_from(["", " ", "  "])) + "("
    for index, argument in enumerate(arguments):
        text += draw(gap) + argument + draw(gap)
        text += "," if index < len(arguments) - 1 else draw(st.sampled_from(["", ",", ", # the end\n"]))
    text += draw(gap) + ")"
    return draw(st.sampled_from(["{}", "({})", "\\\n{}", "(  # why\n{}\n)"])).format(text)


IMPORTS = {
    "from imagekit.models import ImageSpecField": "ImageSpecField",
    "from imagekit.models import (  # all\n    ImageSpecField as Spec,\n)": "Spec",
    "import imagekit.models as ik": "ik.ImageSpecField",
    "import imagekit.models": "imagekit . models.ImageSpecField",
    "from imagekit import models as ik; import os": "ik.ImageSpecField",
    "try:\n    from imagekit.models import ImageSpecField as F\nexcept ImportError:\n    F = None": "F",
}
BETWEEN = [
    "",
    "\f",
    "# Ä ß é: image_field='image'",
    "'''image_field=\n\\'\\'\\' '''",
    "def show(image_field=None):\n\treturn other(image_field=image_field)",
    "@admin.register(image_field='x')\n@other\nclass Admin(object): thumbnail = AdminThumbnail(image_field='small')",
    "if a: b = {  'image_field' :1 } ; c = ImageSpec(image_field=b)",
    "x = 1 + \\\n  2",
    "   # oddly indented",
]
PYTHON2 = [
    "print 'a', `b`, 0777",
    "exec 'a' in {}",
    "try:\n    pass\nexcept E, e:\n    raise E, ur'\\d', None",
    "x = 1 <> 2L",
]
PYTHON3 = ["x: int = f'{a!r:>{b}}'", "größe = 'ß'", "def f(a, /, *, b): return (yield)", "print(*a, sep='')"]


@st.composite
def modules(draw):
    """The bytes of a module of ImageKit 2, and what they are to be."""
    is_python2 = draw(st.booleans())
    line = st.sampled_from([*BETWEEN, *(PYTHON2 if is_python2 else PYTHON3)])
    # Python 2 takes no letter of other scripts in a name.
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "latin-1", "cp1252"]))
    indent = draw(st.sampled_from(["    ", "\t", "  "]))
    used, callee = draw(st.sampled_from(sorted(IMPORTS.items())))
    lines = [f"# -*- coding: {'utf-8' if encoding == 'utf-8-sig' else encoding} -*-"]
    lines += draw(st.lists(line, max_size=2))
    lines += [used, "from django.db import models", "from imagekit.processors import ResizeToFill"]
    for number in range(draw(st.integers(1, 3))):
        lines += draw(st.lists(line, max_size=2))
        lines += [f"class Photo{number}(models.Model):", f"{indent}image = models.ImageField()"]
        lines += [f"{indent}small{index} = {draw(calls(callee))}" for index in range(draw(st.integers(1, 2)))]
    lines += draw(st.lists(line, max_size=2))
    newlines = draw(st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1, max_size=3))
    parts = ("\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n  \n"]))).split("\n")
    text = parts[0]
    for index, part in enumerate(parts[1:]):
        newline = newlines[index % len(newlines)]
        # Right behind a "\r", a "\n" would be the second half of the same newline.
        text += ("\r\n" if newline == "\n" and text.endswith("\r") else newline) + part
    return tuple(text.replace(NAME, name).encode(encoding) for name in ("image_field", "source"))


@properties
@given(modules())
def test_nothing_changes_but_what_has_to(module):
    before, after = module
    result = migrated(before)
    assert result.status is Status.CHANGED, result.reason
    assert result.after == after
    again = migrated(after)
    assert (again.status, again.after) == (Status.UNCHANGED, after), again.reason


# Mutations of the fixtures -----------------------------------------------------------------------

SAMPLES = sorted(path.read_bytes() for path in FIXTURES.glob("*/*/before.py"))


@st.composite
def mutations(draw):
    """A fixture, or two of them in a row, with lines dropped, doubled, swapped, or put into a block."""
    lines = draw(st.sampled_from(SAMPLES)).splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(lines) - 1)))
        what = draw(st.sampled_from(["drop", "double", "swap", "join", "comment", "cut", "block", "other"]))
        if what == "drop":
            del lines[at : at + 1]
        elif what == "double":
            lines[at:at] = lines[at : at + 1]
        elif what == "swap":
            lines[at : at + 2] = lines[at : at + 2][::-1]
        elif what == "join":
            lines[at : at + 1] = [line.rstrip(b"\r\n") for line in lines[at : at + 1]]
        elif what == "comment":
            lines[at:at] = [b"# kept\n"]
        elif what == "cut":
            lines[at : at + 1] = [line[: draw(st.integers(0, len(line)))] for line in lines[at : at + 1]]
        elif what == "block":
            lines[at:] = [b"if True:\n", *(b"    " + line for line in lines[at:])]
        else:
            lines += draw(st.sampled_from(SAMPLES)).splitlines(keepends=True)
    return b"".join(lines)


@properties
@given(mutations(), st.booleans(), st.booleans())
def test_whatever_is_written_is_whole_and_stays(before, unsafe_fixes, todo):
    """The pipeline refuses what does not parse or would change again, and says so: that must not be needed."""
    options = Options(unsafe_fixes=unsafe_fixes, todo=todo)
    result = migrated(before, options)
    assert "report this" not in result.reason, result.reason
    if result.status is Status.CHANGED:
        assert unified_diff(result)
        again = migrated(result.after, options)
        assert again.status is Status.UNCHANGED, (again.reason, again.after)
    else:
        assert result.after == before


@properties
@given(st.one_of(st.binary(), st.text().map(str.encode), mutations()), st.integers(0, 10**6), st.binary(max_size=4))
def test_any_bytes(data, at, noise):
    """Whatever a file holds, there is a result for it."""
    at %= len(data) + 1
    before = data[:at] + noise + data[at + len(noise) :]
    for name in ("models.py", "page.html", "requirements.txt", "run.sh", "settings.cfg"):
        result = migrate_bytes(Project(ROOT), ROOT / name, name, before, Options(unsafe_fixes=True))
        assert "failed (" not in result.reason, result.reason
        assert (result.after == before) == (result.status is not Status.CHANGED)


# Order -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["rules", "files"])
def test_order_makes_no_difference(photo_site, monkeypatch, what):
    def results():
        report = api.scan([photo_site], Options(unsafe_fixes=True, jobs=1), base=photo_site)
        return [(found.path, unified_diff(found), found.findings) for found in report.results]

    expected = results()
    if what == "rules":
        monkeypatch.setattr("ik_migrate.engine.parsed_file.checks", lambda: registry.checks()[::-1])
    else:
        whole = SerialExecutor.results
        monkeypatch.setattr(SerialExecutor, "results", lambda self, paths: whole(self, sorted(paths, reverse=True)))
    assert results() == expected


def test_names_of_other_systems(tmp_path):
    """Paths are shown with forward slashes and come back from a diff, whatever is in them."""
    folder = tmp_path / "a b" / "größe"
    folder.mkdir(parents=True)
    shutil.copy(FIXTURES / "image-field" / "aliased-import" / "before.py", folder / "models.py")
    (tmp_path / "manage.py").touch()
    (result,) = api.scan([tmp_path], base=tmp_path).results
    assert result.path == "a b/größe/models.py"
    assert unified_diff(result).startswith(b'--- "a/a b/gr\\303\\266\\303\\237e/models.py"\n')
