"""The baseline: what is known does not count, and what is new does, over the weeks of a migration."""

from __future__ import annotations

import json
import shutil

import pytest

HEAD = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
"""
SMALL = "    small = ImageSpecField([], format='PNG', image_field='image')\n"
OTHER = "    other = ImageSpecField([], format='PNG', image_field='image', source='image')\n"
LARGE = "    large = ImageSpecField(\n        [], format='PNG',\n        image_field='image')\n"


@pytest.fixture
def site(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "manage.py").write_text("")
    (tmp_path / "requirements.txt").write_text("django-imagekit==2.0.4\n")
    (tmp_path / "app" / "models.py").write_text(HEAD + SMALL + OTHER)
    return tmp_path


@pytest.fixture
def scan(run, site):
    """Compares with the baseline: exit status, the new findings, the report."""

    def scan(*arguments, cwd=site, command=("scan",), baseline="known.json"):
        done = run(*command, "--baseline", baseline, "--format", "json", *arguments, cwd=cwd)
        assert done.stderr == ""
        report = json.loads(done.stdout)
        assert report["summary"]["applied"] <= report["summary"]["findings"]
        new = [
            (file["path"], finding["location"]["line"], finding["rule"]["code"])
            for file in report["files"]
            for finding in file["findings"]
        ]
        return done.status, new, report

    return scan


def test_only_what_is_new_counts(run, scan, site):
    assert run("scan", "--write-baseline", "known.json", cwd=site).status == 0
    written = (site / "known.json").read_bytes()
    assert scan()[:2] == (0, [])
    assert scan(command=("apply", "--diff"))[0] == 0
    # From elsewhere, moved lines, another newline, other code around it, a file of another name.
    models = site / "app" / "models.py"
    assert scan(cwd=site / "app", baseline="../known.json")[:2] == (0, [])
    models.write_bytes(("import os\n\n" + HEAD + "    title = 1\n" + OTHER + SMALL).replace("\n", "\r\n").encode())
    assert scan()[:2] == (0, [])
    models.write_text(
        (HEAD + SMALL + OTHER).replace("models.Model", "Base").replace("image='image'", "image='picture'")
    )
    assert scan()[:2] == (0, [])
    shutil.move(models, site / "app" / "photos.py")
    assert scan()[:2] == (0, [])
    # A copy is new, and so is one more of the same.
    shutil.copy(site / "app" / "photos.py", models)
    status, new, _ = scan("--select", "IK101")
    assert status == 1 and {path for path, _, _ in new} == {"app/photos.py"}
    (site / "app" / "photos.py").unlink()
    models.write_text(HEAD + SMALL + LARGE + OTHER)
    assert scan("--select", "IK1")[:2] == (1, [("app/models.py", 10, "IK101")])
    models.write_text(HEAD + SMALL + SMALL + OTHER)
    assert scan("--select", "IK1")[:2] == (1, [("app/models.py", 8, "IK101")])
    # It is written the same again, whatever order things were found in.
    models.write_text(HEAD + SMALL + OTHER)
    assert run("scan", "--write-baseline", "known.json", "--jobs", "1", cwd=site).status == 0
    assert (site / "known.json").read_bytes() == written
    lines = [json.loads(line.rstrip(",")) for line in written.decode().splitlines() if '"rule"' in line]
    assert lines == sorted(lines, key=lambda entry: (entry["path"], entry["rule"], entry["context"], entry["code"]))


def test_what_is_gone_is_fixed_or_to_be_looked_at(run, scan, site):
    (site / "app" / "views.py").write_text("def original_of(photo):\n    photo.other.validate()\n")
    run("scan", "--write-baseline", "known.json", cwd=site)
    models = site / "app" / "models.py"
    status, _, report = scan("requirements.txt")
    # What was not looked at is not fixed, nor is what was not asked for.
    assert (status, report["baseline"]["fixed"], report["baseline"]["unseen"]) == (0, [], [])
    assert scan("--select", "IK6", "--exclude", "app")[2]["baseline"]["fixed"] == []
    models.write_text(HEAD + SMALL.replace("image_field", "source") + OTHER)
    _, new, report = scan()
    assert [(entry["rule"], entry["context"]) for entry in report["baseline"]["fixed"]] == [
        ("IK101", "class Photo/small")
    ]
    # Without the field nothing tells any more that `photo.other` may be the file of a spec field.
    models.write_text(HEAD + SMALL.replace("image_field", "source"))
    (site / "requirements.txt").write_text("django-imagekit>=6.1\n")
    status, new, report = scan()
    assert (status, new) == (0, [])
    assert [(entry["rule"], entry["code"]) for entry in report["baseline"]["unseen"]] == [
        ("IK501", "photo.other.validate()")
    ]
    text = run("scan", "--baseline", "known.json", cwd=site).stdout
    assert "of the baseline fixed" in " ".join(text.split())
    assert "No longer found, though the code is unchanged" in text and "photo.other.validate()" in text
    # Written again, it forgets; a part of the project leaves the rest of it alone.
    entries = (site / "known.json").read_text()
    assert run("scan", "requirements.txt", "--write-baseline", "known.json", cwd=site).status == 0
    assert "IK501" in (site / "known.json").read_text() and "IK603" in entries
    assert "IK603" not in (site / "known.json").read_text()
    run("scan", "--write-baseline", "known.json", cwd=site)
    assert "IK501" not in (site / "known.json").read_text()


def test_rewrites_are_fixed_though_they_hold_the_old_words(run, scan, site):
    models = HEAD.replace("ImageSpecField\n", "ImageSpec, ImageSpecField\n")
    field = "    {} = ImageSpec([], cache_to=name_of, storage=private, format='PNG', image_field='image')\n"
    site.joinpath("app", "models.py").write_text(
        models.replace("\n\n\n", "\nfrom .files import name_of, private\n\n\n", 1) + field.format("small")
    )
    site.joinpath("app", "files.py").write_text("private = None\n\n\ndef name_of(instance, *others):\n    return ''\n")
    run("scan", "--write-baseline", "known.json", cwd=site)
    assert {"IK104", "IK107"} <= {entry["rule"] for entry in json.loads((site / "known.json").read_text())["findings"]}
    assert run("apply", cwd=site).status in {0, 1}
    assert "spec=PhotoSmall" in (site / "app" / "models.py").read_text()
    _, _, report = scan()
    assert {entry["rule"] for entry in report["baseline"]["unseen"]} & {"IK104", "IK107"} == set()
    assert report["baseline"]["path"] == "known.json"


def test_apply_rewrites_what_is_known(run, site):
    (site / "app" / "models.py").write_text(HEAD + SMALL + LARGE)
    run("scan", "--write-baseline", "known.json", cwd=site)
    (site / "ik-migrate.toml").write_text('baseline = "known.json"\n')
    done = run("apply", "app", cwd=site.parent / site.name)
    assert done.status == 0
    assert "image_field" not in (site / "app" / "models.py").read_text()
    assert "models.py  2 IK101" in done.stdout
    assert "1 finding in the baseline" in run("scan", cwd=site).stdout
    assert run("scan", "--no-config", cwd=site).status == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "Create it with: ik-migrate scan --write-baseline"),
        ("<<<<<<< HEAD\n{}", "is not a baseline of ik-migrate"),
        ("[]", "is not a baseline of ik-migrate"),
        ('{"version": 1, "files": []}', "is not a baseline of ik-migrate"),
        ('{"ik-migrate-baseline": 2, "findings": []}', "later version of ik-migrate"),
        (
            '{"ik-migrate-baseline": 1, "findings": [{"path": 1}]}',
            "finding 1 lacks one of path, ",
        ),
        (b"\xff\xfe\x00", "is not a baseline of ik-migrate"),
        (
            r'{"ik-migrate-baseline": 1, "findings": [{"path": "a\u0000b", "rule": "", "context": "", "code": ""}]}',
            "the path of finding 1 is not valid",
        ),
        (
            r'{"ik-migrate-baseline": 1, "findings": [{"path": "\ud800", "rule": "", "context": "", "code": ""}]}',
            "the path of finding 1 is not valid",
        ),
    ],
)
def test_what_is_no_baseline_is_refused(run, site, contents, content, complaint):
    if content is not None:
        (site / "known.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    before = contents(site)
    for arguments in (["scan", "--baseline"], ["apply", "--baseline"], ["scan", "--write-baseline"]):
        if content is None and "--write-baseline" in arguments:
            continue
        done = run(*arguments, "known.json", cwd=site)
        assert (done.status, done.stdout) == (2, "") and complaint in done.stderr
        assert "known.json" in done.stderr and "fault" not in done.stderr
    assert contents(site) == before
