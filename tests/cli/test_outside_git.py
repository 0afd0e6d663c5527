"""``apply`` outside of git: there is no way back, which is said before and after."""

from __future__ import annotations

import pytest

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image', format='JPEG')
"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "manage.py").touch()
    return tmp_path


def test_scan_offers_a_backup(run, site):
    text = run("scan", "--select", "IK101", cwd=site).stdout
    assert "Outside git there is no undo: copy the project, or add `--backup .bak`." in text
    assert "Commit" not in text


def test_apply_says_that_there_is_no_way_back(run, site):
    done = run("apply", "--select", "IK101", cwd=site)
    assert "outside git cannot be undone. Next time, add --backup .bak" in done.stderr
    assert "git diff" not in done.stdout


def test_apply_with_backups_says_how_to_go_back(run, site):
    done = run("apply", "--select", "IK101", "--backup", ".bak", cwd=site)
    assert done.stderr.splitlines() == [
        "To undo the rewrite of the files that are not in git:",
        "  mv -- models.py.bak models.py",
    ]


def test_notices_about_the_project_are_not_reported_for_single_files(run, site):
    assert "IK305" in run("scan", cwd=site).stdout
    assert "IK305" not in run("scan", "models.py", cwd=site).stdout


def test_hook_does_not_ask_to_commit(run, site, git):
    git(site, "init")
    text = run("apply", "--diff", "--select", "IK101", "models.py", cwd=site, env={"PRE_COMMIT": "1"}).stderr
    assert "Commit or stash" not in text
    assert "Commit or stash" in run("apply", "--diff", "--select", "IK101", "models.py", cwd=site).stderr
