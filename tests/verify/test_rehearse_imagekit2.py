"""``rehearse`` and the checks of files and rows from ImageKit 2 to 3, each side with its own Python.

For this a Python 2.7 has to be there; ``interpreters.py`` says how it is named.
"""

from __future__ import annotations

import json
import sys

import pytest
from test_verify_imagekit2 import IK2_PACKAGES, IK3_PACKAGES, PYTHON2, PYTHON3, python2

pytestmark = pytest.mark.skipif(
    not (PYTHON2 and IK2_PACKAGES),
    reason="no Python 2.7 with ImageKit 2: set IK_MIGRATE_PYTHON2 and IK_MIGRATE_IK2_PACKAGES",
)
CHECKS = {"replaced", "deleted", "recreated", "removed", "lost"}


def command(packages):
    return python2(packages)[1]


def differing(run, site, snapshot, *python):
    """The checks with another outcome, and the exit status."""
    verified = run("verify", site, *python, "--against", snapshot, "--format", "json")
    report = json.loads(verified.stdout)
    assert not [each for each in report["behaviours"] if each["kept"] == "not compared"]
    return {each["check"] for each in report["behaviours"] if each["kept"] == "different"}, verified.status


def test_checks_tell_plain_and_faithful_apart(photo_site, run, tmp_path):
    before = tmp_path / "before.json"
    taken = run("snapshot", photo_site, *python2(IK2_PACKAGES), "--sample", "0", "-o", before)
    assert (taken.status, taken.stderr) == (0, "")
    recorded = json.loads(before.read_text())["behaviours"]
    assert recorded["gallery.Photo.thumbnail"] == {
        "replaced": "the new image",
        "deleted": "the file is deleted",
        "recreated": "the new image",
        "removed": "the file is generated again",
        "lost": "its URL is given",
    }
    # Its backend does not look after the file.
    assert recorded["news.Article.share"]["removed"] == "no file"
    sides = [PYTHON3, *([python2(IK3_PACKAGES)] if IK3_PACKAGES else [])]
    run("apply", "--unsafe-fixes", photo_site)
    for python in sides:
        assert differing(run, photo_site, before, *python) == (CHECKS, 0)


def test_faithful_rewrite_keeps_all_checks(photo_site, run, tmp_path):
    before = tmp_path / "before.json"
    run("snapshot", photo_site, *python2(IK2_PACKAGES), "--sample", "0", "-o", before)
    run("apply", "--unsafe-fixes", "--faithful", photo_site)
    for python in [PYTHON3, *([python2(IK3_PACKAGES)] if IK3_PACKAGES else [])]:
        assert differing(run, photo_site, before, *python) == (set(), 0)


def test_rehearsal_compares_sets_of_options(photo_site, run, contents):
    before = contents(photo_site)
    done = run("rehearse", "--old", command(IK2_PACKAGES), "--new", sys.executable, "--compare", photo_site)
    assert contents(photo_site) == before
    assert done.status == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if "/" in line and " +" in line]
    by_name = {next(word for word in row if word.startswith(("plain", "--"))): row for row in rows}
    assert set(by_name) == {"plain", "--unsafe-fixes", "--faithful", "--keep-cache-names"}
    kept = {name: [word for word in row if "/" in word] for name, row in by_name.items()}
    assert {images for images, _ in kept.values()} == {"189/189"}
    assert kept["--faithful"][1] == "100/100"
    assert kept["plain"][1] != "100/100"
    assert "--unsafe-fixes --faithful` keeps the most" in done.stdout


def test_rehearsal_of_a_naive_migration_differs(photo_site, run):
    """Rules that keep what is shown are left out, as who only renames keywords does."""
    pythons = ("--old", command(IK2_PACKAGES), "--new", sys.executable)
    done = run("rehearse", *pythons, "--ignore", "IK203", photo_site)
    assert done.status == 1
    assert "IK203 ResizeToFit enlarges" in done.stdout
