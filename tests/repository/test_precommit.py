"""The hooks of ``.pre-commit-hooks.yaml``, run by the real pre-commit in a real commit."""

from __future__ import annotations

import os
import re
import shutil
import sys

import pytest

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""
MIGRATED = MODELS.replace("image_field=", "source=")
THUMBS = """\
from imagekit.processors import ResizeToFill


def thumb(instance, file):
    return [ResizeToFill(instance.edge, instance.edge)]
"""
USES_THUMBS = """\
from django.db import models
from imagekit.models import ImageSpecField

from thumbs import thumb


class Photo(models.Model):
    edge = models.IntegerField()
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(processors=thumb, source='image')
"""
CONFIG = """\
repos:
- repo: {source}
  rev: {revision}
  hooks:
  - id: {hook}
"""
# What pip says when it has no package index to go to.
NO_INDEX = re.compile(
    "No matching distribution found|Could not find a version|Failed to establish a new connection"
    "|Temporary failure in name resolution|Network is unreachable|No route to host"
)

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Where pre-commit keeps what it installs: once for all tests here."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture(scope="module")
def source(copy_source, tmp_path_factory):
    """This repository as it is now, as the source of the hooks."""
    return copy_source(tmp_path_factory.mktemp("hooks") / "ik-migrate")


@pytest.fixture
def revision(source, git):
    if not (source / ".git").exists():
        git(source, "init")
        git(source, "add", "--all")
        git(source, "commit", "-m", "the current state")
    return git(source, "rev-parse", "HEAD").stdout.strip()


@pytest.fixture
def repository(tmp_path, source, revision, cache, git):
    """Makes a git repository in which a hook is installed; returns its folder and a function that commits."""

    def repository(hook):
        folder = tmp_path / "site"
        folder.mkdir()
        git(folder, "init")
        (folder / "manage.py").write_text("")
        config = CONFIG.format(source=source.as_uri(), revision=revision, hook=hook)
        (folder / ".pre-commit-config.yaml").write_text(config)
        git(folder, "add", ".")
        git(folder, "commit", "-m", "start")
        env = {"PRE_COMMIT_HOME": str(cache), "PRE_COMMIT_COLOR": "never"}
        alias = f"alias.pre-commit=!'{sys.executable}' -m pre_commit"
        done = git(folder, "-c", alias, "pre-commit", "install", "--install-hooks", env=env, check=False)
        if done.status and NO_INDEX.search(done.stdout + done.stderr):
            pytest.skip("pre-commit could not install the hook: pip has no package index to go to")
        assert done.status == 0, done.stdout + done.stderr

        def commit(*paths):
            git(folder, "add", *paths)
            return git(folder, "commit", "-m", "work", env=env, check=False)

        return folder, commit

    return repository


def test_check_stops_a_commit_and_shows_the_diff(repository, git):
    folder, commit = repository("ik-migrate")
    (folder / "models.py").write_text(MODELS)
    done = commit("models.py")
    output = done.stdout + done.stderr
    assert done.status == 1, output
    assert "--- a/models.py\n+++ b/models.py\n" in output
    assert "-    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')" in output
    assert "+    small = ImageSpecField([ResizeToFill(50, 50)], source='image')" in output
    assert "files were modified by this hook" not in output
    assert (folder / "models.py").read_text() == MODELS
    assert git(folder, "log", "--format=%s").stdout == "start\n"


def test_check_lets_migrated_code_pass(repository, git):
    folder, commit = repository("ik-migrate")
    (folder / "models.py").write_text(MIGRATED)
    (folder / "photo.css").write_text(".imagekit {}\n")
    done = commit("models.py", "photo.css")
    assert done.status == 0, done.stdout + done.stderr
    assert git(folder, "log", "--format=%s").stdout == "work\nstart\n"


def test_check_looks_at_what_is_committed_only(repository):
    folder, commit = repository("ik-migrate")
    (folder / "models.py").write_text(MIGRATED)
    (folder / "later.py").write_text(MODELS)
    done = commit("models.py")
    assert done.status == 0, done.stdout + done.stderr


def test_rewrite_then_commit_again(repository, git):
    folder, commit = repository("ik-migrate-apply")
    (folder / "models.py").write_text(MODELS)
    first = commit("models.py")
    output = first.stdout + first.stderr
    assert first.status == 1, output
    assert "files were modified by this hook" in output
    assert "models.py  1 IK101" in output
    assert (folder / "models.py").read_text() == MIGRATED
    second = commit("models.py")
    assert second.status == 0, second.stdout + second.stderr
    assert git(folder, "log", "--format=%s").stdout == "work\nstart\n"


def test_file_alone_is_understood_in_its_project(run, repository):
    """What ``thumb`` is stands in a file that is not part of the commit."""
    folder, commit = repository("ik-migrate-apply")
    (folder / "thumbs.py").write_text(THUMBS)
    commit("thumbs.py")
    (folder / "models.py").write_text(USES_THUMBS)
    done = commit("models.py")
    assert done.status == 1, done.stdout + done.stderr
    models = (folder / "models.py").read_text()
    assert "needs LegacySpec" in " ".join(done.stderr.split()) and models == USES_THUMBS
    assert not (folder / "imagekit_support.py").exists()
    # As it says: for the whole project.
    run("apply", cwd=folder)
    assert "choose_processors = staticmethod(thumb)" in (folder / "models.py").read_text()
    assert "class LegacySpec(" in (folder / "imagekit_support.py").read_text()
    assert (folder / "thumbs.py").read_text() == THUMBS
    assert commit("models.py", "imagekit_support.py").status == 0


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_scripts_are_told_by_their_first_line(repository):
    folder, commit = repository("ik-migrate")
    (folder / "makethumbs").write_text("#!/usr/bin/env python\n" + MODELS)
    (folder / "makethumbs").chmod(0o755)
    assert commit("makethumbs").status == 1
