"""``apply --diff``: what ``git apply`` makes of it is what ``apply`` would have written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""
ENDINGS = {
    "lf": MODELS,
    "crlf": MODELS.replace("\n", "\r\n"),
    "no newline at the end": MODELS.rstrip("\n"),
    "crlf, none at the end": MODELS.rstrip("\n").replace("\n", "\r\n"),
    "cr": MODELS.replace("\n", "\r"),
    "mixed": MODELS.replace("\n", "\r\n", 3).replace("photos')\n", "photos')\r"),
    "form feed": MODELS.replace("\n\nclass", "\n\f\nclass"),
    "byte order mark": "\ufeff" + MODELS,
    "carriage return in front of a line's end": MODELS.replace("')\n", "')  # \r\r\n"),
}


@pytest.fixture
def migrated(run, contents, tmp_path):
    """What ``apply`` makes of a project: the content of each of its files."""

    def migrated(project, *arguments):
        copy = tmp_path / "migrated"
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".git"), symlinks=True)
        done = run("apply", *arguments, cwd=copy)
        assert done.status in {0, 1}, done.stdout
        return {name: data for name, (data, _, _) in contents(copy).items()}

    return migrated


@pytest.fixture
def apply_with_git(git, contents):
    """Hands a diff to ``git apply`` in the folder where it was made; the files of the project afterwards."""

    def apply_with_git(project, diff, folder):
        git(folder, "apply", "--check", "-", data=diff)
        git(folder, "apply", "--whitespace=nowarn", "-", data=diff)
        return {name: data for name, (data, _, _) in contents(project).items()}

    return apply_with_git


@pytest.mark.parametrize("in_git", [True, False], ids=["work tree", "plain folder"])
def test_git_apply_does_what_apply_does(run, git, photo_site, migrated, apply_with_git, in_git):
    expected = migrated(photo_site)
    if in_git:
        git(photo_site, "init")
        git(photo_site, "add", ".")
    diff = run("apply", "--diff", cwd=photo_site)
    assert diff.status == 1
    assert apply_with_git(photo_site, diff.out, photo_site) == expected
    assert run("apply", "--diff", cwd=photo_site).out == b""


def test_sample_project_has_the_hard_cases(photo_site):
    """Without them, the tests here would be worth less."""
    assert b"\r\n" in (photo_site / "archive" / "models.py").read_bytes()
    assert not (photo_site / "core" / "imaging.py").read_bytes().endswith(b"\n")


def test_made_and_applied_in_a_subfolder(run, git, photo_site, migrated, apply_with_git):
    expected = migrated(photo_site, "settings")
    git(photo_site, "init")
    diff = run("apply", "--diff", cwd=photo_site / "settings")
    assert b"--- a/base.py\n" in diff.out
    assert apply_with_git(photo_site, diff.out, photo_site / "settings") == expected


def test_file_outside_of_the_folder(run, git, photo_site, migrated, apply_with_git):
    """The support module is a file of the project; ``git apply`` takes no path that begins with ``..``."""
    expected = migrated(photo_site, "gallery")
    git(photo_site, "init")
    diff = run("apply", "--diff", cwd=photo_site / "gallery")
    assert b"--- a/gallery/models.py\n" in diff.out
    assert f"relative to {photo_site}" in diff.stderr
    assert apply_with_git(photo_site, diff.out, photo_site) == expected


def test_made_and_applied_above_the_project(run, git, photo_site, migrated, apply_with_git):
    expected = migrated(photo_site)
    git(photo_site.parent, "init")
    diff = run("apply", "--diff", "photo_site", cwd=photo_site.parent)
    assert b"--- a/photo_site/accounts/models.py\n" in diff.out
    assert apply_with_git(photo_site, diff.out, photo_site.parent) == expected


@pytest.mark.parametrize("path", ["archive", "archive/models.py", "./archive", "core/../archive/models.py"])
def test_only_the_path_that_was_given(run, git, photo_site, migrated, apply_with_git, path):
    expected = migrated(photo_site, path)
    git(photo_site, "init")
    diff = run("apply", "--diff", path, cwd=photo_site)
    assert diff.out.count(b"--- a/") == 1
    assert apply_with_git(photo_site, diff.out, photo_site) == expected


def test_absolute_path(run, photo_site):
    relative = run("apply", "--diff", cwd=photo_site)
    assert run("apply", "--diff", photo_site, cwd=photo_site).out == relative.out


@pytest.mark.parametrize("content", ENDINGS.values(), ids=ENDINGS)
def test_ends_of_lines(run, git, tmp_path, migrated, apply_with_git, content):
    project = tmp_path / "project"
    project.mkdir()
    (project / "models.py").write_bytes(content.encode())
    expected = migrated(project)
    assert expected["models.py"] == content.encode().replace(b"image_field=", b"source=")
    git(project, "init")
    diff = run("apply", "--diff", cwd=project)
    assert apply_with_git(project, diff.out, project) == expected


NAMES = ["my photos", "fotos de São Paulo", "写真", 'quo"ted', "tab\there", "back\\slash", "-dash", " blank "]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("in_git", [True, False], ids=["work tree", "plain folder"])
@pytest.mark.parametrize("name", NAMES)
def test_names_of_folders(run, git, tmp_path, migrated, apply_with_git, name, in_git):
    project = tmp_path / "project"
    folder = project / name / "ünïcode app"
    folder.mkdir(parents=True)
    (folder / "models.py").write_text(MODELS)
    expected = migrated(project)
    if in_git:
        git(project, "init")
    diff = run("apply", "--diff", cwd=project)
    assert diff.status == 1, diff.stderr
    assert apply_with_git(project, diff.out, project) == expected


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names are Unicode there")
def test_name_that_is_not_unicode(run, git, tmp_path, apply_with_git):
    project = tmp_path / "project"
    project.mkdir()
    path = Path(os.fsdecode(os.fsencode(project) + b"/caf\xe9.py"))
    path.write_text(MODELS)
    git(project, "init")
    diff = run("apply", "--diff", cwd=project)
    apply_with_git(project, diff.out, project)
    assert path.read_text() == MODELS.replace("image_field=", "source=")


def test_writes_nothing(run, photo_site, contents):
    before = contents(photo_site)
    run("apply", "--diff", cwd=photo_site)
    run("apply", "--diff", "--unsafe-fixes", cwd=photo_site)
    run("scan", cwd=photo_site)
    assert contents(photo_site) == before


def test_same_diff_every_time(run, photo_site):
    seeds = [run("apply", "--diff", cwd=photo_site, env={"PYTHONHASHSEED": seed}) for seed in ("0", "1", "2")]
    assert len({(done.out, done.err) for done in seeds}) == 1
