"""ik-migrate run by LibCST's own command."""

from __future__ import annotations

import subprocess
import sys

import pytest

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFit


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFit(50, 50)], image_field='image')  # the list
    both = ImageSpecField([], image_field='image', source='image')
"""


@pytest.fixture
def codemod(tmp_path, environment):
    """Runs the codemod with LibCST on a models file; returns the process, and what the file holds then."""

    def codemod(text, *options):
        path = tmp_path / "models.py"
        path.write_text(text)
        command = [sys.executable, "-m", "libcst.tool", "codemod", "-x"]
        done = subprocess.run(
            [*command, "ik_migrate.libcst_codemod.UpgradeImageKitCommand", "-j1", "--no-format", *options, str(path)],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done, path.read_text()

    return codemod


def test_file_is_upgraded_and_the_rest_is_named(codemod):
    done, text = codemod(MODELS)
    assert done.returncode == 0, done.stderr
    assert "small = ImageSpecField([ResizeToFit(50, 50, upscale=False)], source='image')  # the list\n" in text
    assert "line 9: IK101" in done.stderr
    assert "both = ImageSpecField([], image_field='image', source='image')\n" in text


def test_other_files_stay(codemod):
    text = "import os\n\n\ndef f( a ):\n    return os\n"
    assert codemod(text)[1] == text


def test_unsafe_fixes_are_an_option(codemod):
    text = MODELS + "\n\ndef original(photo):\n    return photo.small.source_file\n"
    assert "photo.small.source_file" in codemod(text)[1]
    assert "photo.small.generator.source" in codemod(text, "--unsafe-fixes")[1]
