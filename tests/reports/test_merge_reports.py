"""``ik-migrate merge-reports``: what JSON reports say is not lost on the way through it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ik_migrate.api import Options, scan
from ik_migrate.model.baseline_entry import BaselineDiff, BaselineEntry
from ik_migrate.reports.formats import FORMATS
from ik_migrate.reports.json_reader import NotAReport, read_json
from ik_migrate.reports.json_report import as_dict
from ik_migrate.reports.merge import report_names

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image', format='JPEG')
    other = ImageSpecField([], image_field='image', source='image', format='PNG')
    third = ImageSpecField([], image_field='image', format='GIF')  # ik-migrate: ignore
"""


@pytest.fixture
def reports(run, tmp_path):
    """The JSON reports of two repositories, ``shop.json`` and ``blog.json``."""
    folder = tmp_path / "reports"
    folder.mkdir()
    for path, text in {"shop/models.py": MODELS, "blog/app/models.py": MODELS, "blog/bad.py": "imagekit ("}.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    for name in ("shop", "blog"):
        run("scan", "-q", "--output", f"json={folder}/{name}.json", cwd=tmp_path / name)
    return folder


def test_nothing_is_lost(run, reports):
    read = [json.loads((reports / f"{name}.json").read_text()) for name in ("blog", "shop")]
    done = run("merge-reports", "blog.json", "shop.json", "--format", "json", cwd=reports)
    merged = json.loads(done.stdout)
    assert done.status == merged["summary"]["exit_status"] == 2
    for key, value in merged["summary"].items():
        if isinstance(value, int) and key != "exit_status":
            assert value == sum(report["summary"][key] for report in read), key
    assert [file["path"] for file in merged["files"]] == ["blog/app/models.py", "blog/bad.py", "shop/models.py"]
    assert [file["findings"] for file in merged["files"]] == [f["findings"] for r in read for f in r["files"]]
    assert merged["files"][0]["suppressed"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_a_merged_report(run, reports, name):
    done = run("merge-reports", "shop.json", "--format", name, cwd=reports)
    assert (done.status, done.stderr) == (1, "")
    assert "shop" in done.stdout
    assert "IK101" in done.stdout


def test_outputs_and_status(run, reports):
    done = run("merge-reports", "shop.json", "--exit-zero", "--output", "html=all.html", cwd=reports)
    assert done.status == 0
    assert "shop/models.py:8:" in done.stdout
    assert "models.py" in (reports / "all.html").read_text()


BAD = {
    "empty": (b"", "it is empty"),
    "no json": (b"{", "it is not JSON"),
    "binary": (b"\x89PNG\xff\0", "it is not JSON"),
    "deep": (b"[" * 100_000, "nested too deeply"),
    "foreign": (b'{"results": []}', "not a report of ik-migrate"),
    "list": (b"[1]", "not a report of ik-migrate"),
    "sarif": (b'{"version": "2.1.0", "runs": [{"tool": {}}]}', "not a report of ik-migrate"),
    "newer": (b'{"version": 99, "tool": {"name": "ik-migrate"}}', "version 99"),
    "cut": (b'{"version": 1, "tool": {"name": "ik-migrate"}, "command": "scan"}', "it is damaged"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD)
def test_what_is_no_report_says_so(data, reason):
    with pytest.raises(NotAReport, match=reason):
        read_json(data)


def test_every_value_is_checked(tmp_path):
    """Whatever is put in the place of a value is read, or said to be no report: there is no third."""
    (tmp_path / "models.py").write_text(MODELS)
    report = as_dict(scan([tmp_path], base=tmp_path))

    def with_wrong_values(data, put):
        for key in list(data) if isinstance(data, dict) else range(len(data)):
            kept = data[key]
            for wrong in (None, 7, [], {}, "nonsense"):
                data[key] = wrong
                put()
            data[key] = kept
            if isinstance(kept, (dict, list)):
                with_wrong_values(kept, put)

    def put():
        try:
            read_json(json.dumps(report).encode())
        except NotAReport:
            nonlocal refused
            refused += 1

    refused = 0
    report["files"] = report["files"][:1]
    report["files"][0]["findings"] = report["files"][0]["findings"][:1]
    with_wrong_values(report, put)
    assert refused > 50


def test_a_bad_report_does_not_stop_the_others(run, reports):
    (reports / "cut.json").write_text("{")
    done = run("merge-reports", "shop.json", "cut.json", "nowhere.json", cwd=reports)
    assert done.status == 2
    assert "cut.json\n    it is not JSON" in done.stdout
    assert "nowhere.json\n    cannot read it: No such file or directory" in done.stdout
    assert "shop/models.py:8:32" in done.stdout


def test_rules_of_another_version_are_shown_as_they_are(run, reports):
    text = (reports / "shop.json").read_text().replace('"IK101"', '"IK999"').replace("image-field", "from-the-future")
    (reports / "shop.json").write_text(text)
    done = run("merge-reports", "shop.json", cwd=reports)
    assert "from-the-future [manual]" in done.stdout
    for name in FORMATS:
        assert run("merge-reports", "shop.json", "--format", name, cwd=reports).status == 1


def test_what_does_not_add_up_is_refused(run, reports, tmp_path):
    run("apply", "-q", "--output", f"json={reports}/done.json", cwd=tmp_path / "shop")
    done = run("merge-reports", "done.json", "blog.json", cwd=reports)
    assert (done.status, done.stdout) == (2, "")
    assert "done tells what apply has done, and blog what it would do" in done.stderr
    assert run("merge-reports", "done.json", cwd=reports).status == 1
    assert "shop.json is named twice" in run("merge-reports", "shop.json", "./shop.json", cwd=reports).stderr
    assert "Missing argument" in run("merge-reports", cwd=reports).stderr


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a/shop.json", "a/blog.json"], ["shop", "blog"]),
        (["a/shop/report.json", "a/blog/report.json"], ["shop", "blog"]),
        (["a/shop.json", "b/shop.json", "b/blog.json"], ["a/shop", "b/shop", "blog"]),
        (["x/a/ik/report.json", "y/a/ik/report.json"], ["x", "y"]),
        (["org/repo.json"], ["repo"]),
        (["a.json", "b/a.v2.json"], ["a", "a.v2"]),
    ],
)
def test_names(paths, names):
    assert report_names([Path(path) for path in paths]) == names


def test_a_report_comes_back_as_it_was(tmp_path):
    (tmp_path / "models.py").write_text(MODELS)
    traits = (BaselineEntry("models.py", "IK101", "class Photo/old", "image_field='image'"),)
    report = as_dict(
        replace(
            scan([tmp_path], Options(unsafe_fixes=True), base=tmp_path),
            baseline=BaselineDiff("baseline.json", traits, traits),
        )
    )
    assert as_dict(read_json(json.dumps(report).encode())) == report


def test_repositories_have_a_table(run, tmp_path):
    for name, code in (("shop", "image_field='image'"), ("blog", "image_field='image', source='image'")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "models.py").write_text(
            "from django.db import models\nfrom imagekit.models import ImageSpecField\n\n\nclass Photo(models.Model):\n"
            f"    image = models.ImageField()\n    small = ImageSpecField([], {code})\n"
        )
        run("scan", "-q", "--select", "IK101", "--output", f"json=../{name}.json", cwd=folder)
    outputs = ("--output", "html=all.html", "--output", "markdown=all.md")
    text = run("merge-reports", "shop.json", "blog.json", *outputs, cwd=tmp_path).stdout
    rows = [line.split() for line in text.splitlines()]
    assert ["blog", "-", "-", "1", "-", "6.1"] in rows and ["shop", "1", "-", "-", "-", "6.1"] in rows
    assert "Next steps (in each repository)" in text
    assert "| `shop` | 1 | - | - | - | 6.1 |" in (tmp_path / "all.md").read_text()
    page = (tmp_path / "all.html").read_text()
    assert '<section id="repositories">' in page and "shop: top folder" in page


def test_report_merged_again_keeps_its_table(run, reports):
    run("merge-reports", "blog.json", "shop.json", "--output", "json=web.json", "-q", cwd=reports)
    once = json.loads((reports / "web.json").read_text())
    assert once["repositories"] == ["blog", "shop"]

    done = run("merge-reports", "web.json", "shop.json", "--output", "json=all.json", cwd=reports)
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line.endswith("6.1")}
    assert rows == {
        "web/blog": ["1", "-", "1", "1", "6.1"],
        "web/shop": ["1", "-", "1", "-", "6.1"],
        "shop": ["1", "-", "1", "-", "6.1"],
    }
    assert json.loads((reports / "all.json").read_text())["repositories"] == ["web/blog", "web/shop", "shop"]


def test_json_report_of_before_has_no_repositories(reports):
    old = json.loads((reports / "shop.json").read_text())
    del old["repositories"]
    assert read_json(json.dumps(old).encode()).repositories == ()
