"""``snapshot`` of a site under ImageKit 2, and ``verify`` of it after its migration, each with its own Python.

For this a Python 2.7 has to be there; ``interpreters.py`` says how it is named.
"""

from __future__ import annotations

import json
import os
import shlex
import sys

import pytest

PYTHON2 = os.environ.get("IK_MIGRATE_PYTHON2", "")
IK2_PACKAGES = os.environ.get("IK_MIGRATE_IK2_PACKAGES", "")
IK3_PACKAGES = os.environ.get("IK_MIGRATE_IK3_PACKAGES", "")
PYTHON3 = ("--python", sys.executable)

pytestmark = pytest.mark.skipif(
    not (PYTHON2 and IK2_PACKAGES),
    reason="no Python 2.7 with ImageKit 2: set IK_MIGRATE_PYTHON2 and IK_MIGRATE_IK2_PACKAGES",
)


def python2(packages):
    """The interpreter with the packages of a site, as a command."""
    return ("--python", f"env PYTHONPATH={shlex.quote(os.path.abspath(packages))} {shlex.quote(PYTHON2)}")


@pytest.fixture
def before(photo_site, run, tmp_path):
    path = tmp_path / "before.json"
    taken = run("snapshot", photo_site, *python2(IK2_PACKAGES), "--images", "-o", path)
    assert (taken.status, taken.stderr) == (0, "")
    return path


def test_the_migrated_site_is_equal_and_others_are_not(photo_site, before, run):
    untouched = run("verify", photo_site, *PYTHON3, "--against", before, "--format", "json")
    report = json.loads(untouched.stdout)
    assert untouched.status == 1
    assert {field["verdict"] for field in report["fields"]} == {"failed after"}
    assert {problem["rule"] for problem in report["problems"]} == {"IK101", "IK404"}

    run("apply", photo_site)
    for python in [PYTHON3, *([python2(IK3_PACKAGES)] if IK3_PACKAGES else [])]:
        migrated = run("verify", photo_site, *python, "--against", before)
        assert (migrated.status, migrated.stderr) == (0, "")
        assert "The site shows the same images.\n  21 fields, 189 images: " in migrated.stdout

    # What a mere renaming would have left.
    imaging = photo_site / "core" / "imaging.py"
    imaging.write_text(imaging.read_text().replace(", upscale=False", ""))
    naive = run("verify", photo_site, *PYTHON3, "--against", before, "--format", "json")
    assert naive.status == 1
    told = {
        (field["field"], difference["what"], difference["rule"])
        for field in json.loads(naive.stdout)["fields"]
        if field["verdict"] == "different"
        for image in field["images"]
        for difference in image["differences"]
        if difference["verdict"] == "different" and difference["what"] != "processors"
    }
    assert told == {
        ("archive.Negative.facsimile", "size", "IK203"),
        ("gallery.Photo.slide", "pixels", "IK203"),
        ("news.Article.lead", "size", "IK203"),
    }
