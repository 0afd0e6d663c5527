"""Text on standard input, as editors hand it over: ``apply -``, ``apply --diff -`` and ``scan -``."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from command import Finished, command_line

MODELS = b"""\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image')
"""
MIGRATED = MODELS.replace(b"image_field=", b"source=")


@pytest.fixture
def pipe(tmp_path, environment):
    """Runs ``ik-migrate`` with these bytes on standard input."""

    def pipe(data, *arguments, name="app/models.py", cwd=tmp_path):
        done = subprocess.run(
            [*command_line(), *arguments, "-", "--stdin-filename", str(name)],
            cwd=cwd,
            env=environment(),
            input=data,
            capture_output=True,
            check=False,
            timeout=120,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    return pipe


def test_apply(pipe, tmp_path, contents):
    done = pipe(MODELS, "apply")
    assert (done.status, done.out) == (0, MIGRATED)
    assert "1 file was rewritten" in done.stderr
    assert contents(tmp_path) == {}, "nothing is written, there need not even be a folder"
    done = pipe(MODELS, "apply", "--quiet")
    assert (done.status, done.out, done.stderr) == (0, MIGRATED, "")


def test_what_is_on_the_disk_is_left_alone_and_not_read(pipe, tmp_path):
    (tmp_path / "app").mkdir()
    file = tmp_path / "app" / "models.py"
    file.write_bytes(b"image_field = imagekit = (\n")
    assert pipe(MODELS, "apply").out == MIGRATED
    assert pipe(MODELS, "apply", cwd=tmp_path / "app", name="models.py").out == MIGRATED
    assert pipe(MODELS, "apply", name=file).out == MIGRATED
    assert file.read_bytes() == b"image_field = imagekit = (\n"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "models.py"),
        (b"\xef\xbb\xbf", "models.py"),
        (b"x = 1\r\ny = 2\r", "models.py"),
        (b"# -*- coding: latin-1 -*-\n# \xe4 imagekit\n", "models.py"),
        (b"syntax error, but nothing of ours (", "models.py"),
        (b"\x00\xff\xfe", "photo.png"),
        (b"imagekit {{ \xff }}", "page.html"),
        (b"# image_field= of imagekit 2\n", "README.md"),
    ],
)
def test_nothing_to_do_comes_back_byte_for_byte(pipe, data, name):
    done = pipe(data, "apply", "--quiet", name=name)
    assert (done.status, done.out, done.stderr) == (0, data, "")


@pytest.mark.parametrize("data", [MODELS + b"def (\n", MODELS + b"# \xff\n"])
def test_what_can_not_be_read_comes_back_too(pipe, data):
    done = pipe(data, "apply")
    assert (done.status, done.out) == (2, data)
    assert "app/models.py" in done.stderr
    done = pipe(data, "apply", "--quiet")
    assert (done.status, done.out) == (2, data)
    assert done.stderr.startswith("app/models.py: ")


def test_what_needs_a_person_comes_back_with_status_1(pipe):
    data = MIGRATED.replace(b"source='image'", b"source='image', image_field='image'")
    done = pipe(data, "apply")
    assert (done.status, done.out) == (1, data)
    assert "app/models.py:7:" in done.stderr
    assert pipe(data, "apply", "--exit-zero").status == 0


def test_diff(pipe):
    done = pipe(MODELS, "apply", "--diff")
    assert done.status == 1
    assert done.stdout.startswith("--- a/app/models.py\n+++ b/app/models.py\n")
    assert "\n+    small = ImageSpecField([], source='image')\n" in done.stdout
    done = pipe(MIGRATED, "apply", "--diff")
    assert (done.status, done.out) == (0, b"")


def test_scan(pipe):
    done = pipe(MODELS, "scan", "--format", "json")
    (file,) = json.loads(done.stdout)["files"]
    assert done.status == 1
    assert file["path"] == "app/models.py"
    assert "IK101" in {finding["rule"]["code"] for finding in file["findings"]}
    assert "app/models.py  IK101 " in pipe(MODELS, "scan").stdout


def test_report_beside_the_text(pipe, tmp_path):
    done = pipe(MODELS, "apply", "--quiet", "--output", "json=report.json")
    assert done.out == MIGRATED
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["command"], report["summary"]["applied"]) == ("apply", 1)


def test_facts_come_from_the_project_around_the_name(pipe, tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "manage.py").write_text("")
    (tmp_path / "fields.py").write_text(
        "from imagekit.models import ImageSpecField\n\n\nclass Thumbnail(ImageSpecField):\n    pass\n"
    )
    uses = MODELS.replace(b"imagekit.models import ImageSpecField", b"fields import Thumbnail")
    uses = uses.replace(b"ImageSpecField(", b"Thumbnail(")
    assert b"imagekit" not in uses
    assert pipe(uses, "apply", "--quiet").out == uses.replace(b"image_field=", b"source=")


def test_excluded_file_comes_back_as_it_is(pipe, tmp_path):
    (tmp_path / "manage.py").write_text("")
    done = pipe(MODELS, "apply", "--quiet", "--exclude", "app")
    assert (done.status, done.out, done.stderr) == (0, MODELS, "")


def test_text_stands_for_its_file_in_the_project(pipe, tmp_path):
    """What the text says of itself counts, not what its file does: ``Thumbnail`` is a spec field no more."""
    (tmp_path / "manage.py").write_text("")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "models.py").write_bytes(MODELS.replace(b"ImageSpecField(", b"Thumbnail("))
    text = b"from imagekit.models import ProcessedImageField\n\n\ndef ImageSpecField(a, image_field):\n    pass\n\n\n"
    text += b"small = ImageSpecField([], image_field='image')\n"
    done = pipe(text, "apply", "--quiet")
    assert (done.status, done.out) == (0, text)


def test_file_that_is_not_python(pipe):
    data = b"django-imagekit==2.0.4\r\nPillow\r\n"
    done = pipe(data, "apply", "--quiet", "--unsafe-fixes", name="requirements.txt")
    assert done.out.startswith(b"django-imagekit")
    assert b"2.0.4" not in done.out
    assert done.out.endswith(b"\r\nPillow\r\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a symbolic link")
def test_name_of_a_link(pipe, tmp_path):
    (tmp_path / "real.py").write_bytes(b"")
    (tmp_path / "link.py").symlink_to("real.py")
    assert pipe(MODELS, "apply", "--quiet", name="link.py").out == MIGRATED
    assert (tmp_path / "real.py").read_bytes() == b""
