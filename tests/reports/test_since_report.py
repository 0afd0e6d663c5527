"""``scan --since-report``: what is new, gone and left since an earlier report."""

from __future__ import annotations

import json

import pytest

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image', format='JPEG')
"""
OTHER = "    large = ImageSpecField([], image_field='image', format='PNG')\n"


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    for app in ("shop", "blog"):
        (folder / app).mkdir(parents=True)
        (folder / app / "models.py").write_text(MODELS)
    return folder


@pytest.fixture
def earlier(run, site):
    run("scan", "-q", "--select", "IK101", "--output", "json=../old.json", cwd=site)
    return "../old.json"


def compare(run, site, earlier, *more):
    done = run("scan", "--select", "IK101", "--since-report", earlier, "--format", "json", *more, cwd=site)
    since = json.loads(done.stdout)["since_report"]
    return [[item["path"] for item in since[key]] for key in ("new", "gone")], since["left"]


def test_nothing_has_changed(run, site, earlier):
    assert compare(run, site, earlier) == ([[], []], 2)


def test_moved_lines_are_left(run, site, earlier):
    (site / "shop" / "models.py").write_text("# moved\n\n" + MODELS)
    assert compare(run, site, earlier) == ([[], []], 2)


def test_new_and_gone_findings_are_listed(run, site, earlier):
    (site / "shop" / "models.py").write_text(MODELS + OTHER)
    (site / "blog" / "models.py").write_text(MODELS.replace("image_field", "source"))
    assert compare(run, site, earlier) == ([["shop/models.py"], ["blog/models.py"]], 1)


def test_files_outside_of_the_paths_are_not_gone(run, site, earlier):
    assert compare(run, site, earlier, "shop") == ([[], []], 1)


def test_rules_that_are_not_enabled_are_not_gone(run, site, earlier):
    done = run("scan", "--ignore", "IK101", "--since-report", earlier, "--format", "json", cwd=site)
    assert json.loads(done.stdout)["since_report"]["gone"] == []


def test_text_counts_by_app(run, site, earlier):
    (site / "shop" / "models.py").write_text(MODELS + OTHER)
    text = run("scan", "--select", "IK101", "--since-report", earlier, cwd=site).stdout
    assert "Since ../old.json of " in text and ": 1 new, 0 gone, 2 left." in text
    rows = [line.split() for line in text.splitlines()]
    assert ["shop", "1", "-", "1"] in rows and ["blog", "-", "-", "1"] in rows
    assert "  shop/models.py:8  IK101 Photo.large: " in text


def test_html_and_markdown_show_the_progress(run, site, earlier):
    outputs = ("--output", "html=report.html", "--output", "markdown=report.md")
    run("scan", "-q", "--select", "IK101", "--since-report", earlier, *outputs, cwd=site)
    assert '<section id="progress">' in (site / "report.html").read_text()
    assert "| `shop` | 0 | 0 | 1 |" in (site / "report.md").read_text()


@pytest.mark.parametrize(("content", "message"), [("{", "it is not JSON"), (None, "cannot read")])
def test_file_that_is_not_a_report_stops_the_run(run, site, content, message):
    if content is not None:
        (site / "old.json").write_text(content)
    done = run("scan", "--since-report", "old.json", cwd=site)
    assert (done.status, done.stdout) == (2, "")
    assert f"--since-report: {message}" in done.stderr or f"old.json: {message}" in done.stderr
