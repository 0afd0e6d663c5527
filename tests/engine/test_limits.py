"""What is too large, too long or too much is left with a message, or takes no longer than its size explains."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ik_migrate import api
from ik_migrate.model.options import Options
from ik_migrate.project.project import PYTHON_AT_MOST

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(image_field='image')
"""
SECONDS = 10
"""What took minutes and takes less than one now."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project with one model that can be rewritten."""
    (tmp_path / "manage.py").write_text("")
    (tmp_path / "photos.py").write_text(MODELS)
    return tmp_path


def test_python_file_that_is_too_large_is_named_with_a_remedy(site):
    row = "    ('imagekit', 'photos/0123456789.jpg', 640, 480),\n"
    (site / "rows.py").write_text("ROWS = [\n" + row * (PYTHON_AT_MOST // len(row) + 1) + "]\n")
    report = api.apply([site], Options(unsafe_fixes=True), base=site)
    assert report.failed == (("rows.py", "it is larger than 4 MB, the limit for Python. Split it or use --exclude."),)
    assert "source='image'" in (site / "photos.py").read_text()


def test_text_file_that_is_too_large_is_named(site):
    (site / "notes.sh").write_text("manage.py ikcachevalidate  # imagekit\n" * 60_000)
    report = api.scan([site], base=site)
    (reason,) = (result.reason for result in report.results if result.path == "notes.sh")
    assert "2 MB" in reason


CHAIN = "\n".join(f"O{number} = dict(O{number - 1}, key_{number}={number})" for number in range(1, 500))
LINES = {
    "requirements.txt": ("django-imagekit" + " " * 19_800 + "\n") * 50,
    "commands.sh": ("echo " + "ikcachevalidate " * 1_170 + "\n") * 40,
    "calls.sh": ("manage.py ikcachevalidate " * 700 + "\n") * 5,
    "install.sh": ("pip install " + "django-imagekit==2.0.4 " * 800 + "\n") * 20,
    "places.txt": ("git+https://x/django-imagekit.git" * 600 + "\n") * 20,
    "braces.sh": ("manage.py ikcachevalidate " + "{{" * 9_000 + "\n") * 10,
    "long.py": "TEXT = 'imagekit " + "manage.py ikcachevalidate " * 1_000 + "'\n",
    "pieces.py": "TEXT = 'imagekit \\t' '" + "manage.py ikcachevalidate " * 3_000 + "'\n",
    "dicts.py": MODELS.replace("\n\nclass", f"\nO0 = dict(image_field='image')\n{CHAIN}\n\n\nclass").replace(
        "image_field='image')\n", "**O499)\n"
    ),
    "signs.py": "# imagekit\n" + "x = '''\n" + "\\'''\n" * 50_000 + "print " * 9_000 + "except A, " * 5_000 + "\n",
}


@pytest.mark.parametrize("name", LINES)
def test_much_of_one_thing_takes_seconds(site, name):
    (site / name).write_text(LINES[name])
    started = time.process_time()
    report = api.scan([site], Options(jobs=1, unsafe_fixes=True), base=site)
    assert time.process_time() - started < SECONDS
    if name != "signs.py":
        assert report.failed == ()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot limit the memory of git")
@pytest.mark.parametrize("is_repository", [False, True])
def test_file_of_gigabytes_is_not_read_through(site, run, is_repository):
    if is_repository:
        subprocess.run(["git", "init", "-q", str(site)], check=True)
    for name in ("disk.img", "dump.txt", "rows.py"):
        (site / name).write_text("imagekit\n")
        os.truncate(site / name, 20 * 1024**3)
    started = time.monotonic()
    done = run("scan", cwd=site)
    assert time.monotonic() - started < 25, "git alone takes 30 seconds, and memory for all of it"
    assert "IK101" in done.stdout
    assert "rows.py" in done.stdout
    assert "it is larger than 64 MB" in " ".join(done.stdout.split())
    assert "git could not list" not in done.stderr
    assert done.status == 2
