"""``--format`` and ``--output``: what goes where, in which form, and what is said of wrong values."""

from __future__ import annotations

import json
import os
import stat

import pytest

from ik_migrate.reports.formats import FORMATS, writer

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image', format='JPEG')
"""
ONE_RULE = ["--select", "IK101"]
SCAN = ["scan", *ONE_RULE]
is_all_powerful = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def project(tmp_path):
    """A project with one finding."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "models.py").write_text(MODELS)
    return folder


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_imported(name):
    assert callable(writer(name))


# --output ---------------------------------------------------------------------------------------


def test_outputs_are_written_beside_the_report_on_the_console(run, project, tmp_path):
    plain = run(*SCAN, cwd=project)
    kept = tmp_path / "kept.json"
    kept.write_text("old")
    kept.chmod(0o640)
    done = run(*SCAN, "--output", f"json={kept}", "--output", "jsonl=out=put.jsonl", cwd=project)
    assert (done.status, done.out, done.err) == (plain.status, plain.out, plain.err)
    assert done.status == 1
    assert json.loads(kept.read_text())["summary"]["findings"] == 1
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    assert (project / "out=put.jsonl").read_text().count("\n") == 3
    assert sorted(path.name for path in project.iterdir()) == ["models.py", "out=put.jsonl"]


def test_a_report_replaces_what_a_link_points_to(run, project, tmp_path):
    (project / "link.json").symlink_to(tmp_path / "target.json")
    run(*SCAN, "--output", "json=link.json", cwd=project)
    assert (project / "link.json").is_symlink()
    assert json.loads((tmp_path / "target.json").read_text())["version"] == 1


@pytest.mark.skipif(os.name == "nt", reason="there is no /dev/stderr")
def test_a_report_can_go_to_a_stream(run, project):
    done = run(*SCAN, "--output", "json=/dev/stderr", cwd=project)
    assert json.loads(done.stderr)["version"] == 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("json", "'json' names no file: write json=FILE"),
        ("json=", "'json=' names no file: write json=FILE"),
        ("xls=report.xls", "'xls=report.xls' does not start with a format"),
        ("report.json", "'report.json' does not start with a format"),
        ("json=-", "for standard output write --format json"),
        ("json=nowhere/report.json", "there is no folder"),
        ("json=.", "it is a folder"),
    ],
)
def test_bad_outputs_stop_the_run_before_it_starts(run, project, contents, value, message):
    before = contents(project)
    done = run("apply", "--output", value, cwd=project)
    assert (done.status, done.stdout) == (2, "")
    assert message in done.stderr
    assert contents(project) == before


def test_one_file_for_two_reports_is_refused(run, project):
    done = run(*SCAN, "--output", "json=report", "--output", "jsonl=./report", cwd=project)
    assert done.status == 2
    assert "./report is given twice" in done.stderr


@pytest.mark.skipif(is_all_powerful or os.name == "nt", reason="root may write everything")
def test_a_read_only_folder_is_refused(run, project, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    done = run(*SCAN, "--output", f"json={locked}/report.json", cwd=project)
    assert done.status == 2
    assert "is read-only" in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_report_that_can_not_be_written_is_an_error_and_the_others_are_written(run, project):
    done = run(*SCAN, "--output", "json=/dev/full", "--output", "jsonl=report.jsonl", cwd=project)
    assert done.status == 2
    assert "Error: /dev/full: it can't be written: No space left on device" in done.stderr
    assert (project / "report.jsonl").exists()


# --format ---------------------------------------------------------------------------------------


def test_apply_diff_in_a_format_for_programs_reports_with_the_diff(run, project, contents):
    before = contents(project)
    text = run("apply", "--diff", *ONE_RULE, "--output", "json=report.json", cwd=project)
    report = json.loads((project / "report.json").read_text())
    (project / "report.json").unlink()
    assert text.stdout.startswith("--- a/models.py\n")
    assert [file["diff"] for file in report["files"]] == [text.stdout]
    done = run("apply", "--diff", *ONE_RULE, "--format", "json", cwd=project)
    assert (json.loads(done.stdout), done.stderr, done.status) == (report, "", 1)
    assert contents(project) == before


def test_apply_reports_in_the_format_what_was_done(run, project):
    done = run("apply", *ONE_RULE, "--format", "json", cwd=project)
    report = json.loads(done.stdout)
    assert (done.status, report["command"], report["summary"]["applied"]) == (0, "apply", 1)
    assert "source='image'" in (project / "models.py").read_text()


def test_jsonl_has_the_findings_then_their_file_and_the_run_last(run, project):
    (project / "broken.py").write_text("import imagekit (\n")
    done = run(*SCAN, "--format", "jsonl", "nowhere", ".", cwd=project)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["type"], line.get("path")) for line in lines] == [
        ("file", "broken.py"),
        ("finding", "models.py"),
        ("file", "models.py"),
        ("error", "nowhere"),
        ("run", None),
    ]
    whole = json.loads(run(*SCAN, "--format", "json", "nowhere", ".", cwd=project).stdout)
    assert lines[-1]["summary"] == whole["summary"]
    assert lines[1] == {"type": "finding", "path": "models.py", **whole["files"][1]["findings"][0]}
