"""``apply --add-ignores``: a comment for each finding that is left."""

from __future__ import annotations

import json

import pytest

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image', format='JPEG')
    large = ImageSpecField(
        [],
        image_field='image',
        source='image',
    )
"""
PAGE = "<p>\n  {{ photo.small.source_file.url }}\n</p>\n"


@pytest.fixture
def site(tmp_path):
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    (tmp_path / "manage.py").touch()
    return tmp_path


def test_comments_are_added_to_what_is_left(run, site):
    done = run("apply", "--add-ignores", cwd=site)
    assert done.status == 0, done.stdout
    text = (site / "models.py").read_text()
    assert "    # ik-migrate: ignore[IK101]\n    large = ImageSpecField(\n" in text
    assert "small = ImageSpecField([], source='image', format='JPEG')" in text
    assert "<p>\n  {# ik-migrate: ignore[IK604] #}\n" in (site / "templates" / "page.html").read_text()
    assert "Also: 2 findings ignored by comments." in " ".join(done.stdout.split())


def test_commented_findings_are_no_longer_reported(run, site):
    run("apply", "--add-ignores", cwd=site)
    before = (site / "models.py").read_text()
    done = run("apply", "--add-ignores", cwd=site)
    assert done.status == 0
    assert (site / "models.py").read_text() == before
    assert "needs manual review" not in done.stdout


def test_only_enabled_rules_get_comments(run, site):
    done = run("apply", "--add-ignores", "--select", "IK604", cwd=site)
    assert done.status == 0
    assert (site / "models.py").read_text() == MODELS
    assert "ignore[IK604]" in (site / "templates" / "page.html").read_text()


def test_diff_shows_the_comments(run, site):
    done = run("apply", "--diff", "--add-ignores", cwd=site)
    assert "+    # ik-migrate: ignore[IK101]\n" in done.stdout
    assert (site / "models.py").read_text() == MODELS


def test_suppressed_findings_are_in_json(run, site):
    done = run("apply", "--add-ignores", "--format", "json", cwd=site)
    files = {file["path"]: file for file in json.loads(done.stdout)["files"]}
    assert [item["rule"]["code"] for item in files["models.py"]["suppressed"]] == ["IK101"]


def test_todo_and_ignores_exclude_each_other(run, site):
    done = run("apply", "--add-ignores", "--todo", cwd=site)
    assert (done.status, done.stdout) == (2, "")
    assert "--add-ignores cannot be used with --todo" in done.stderr
