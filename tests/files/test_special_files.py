"""Pipes and devices where a file is expected: nothing waits for them, and nothing reads what has no end."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from ik_migrate import api
from ik_migrate.files import work_tree
from ik_migrate.files.git import GitError
from ik_migrate.files.repository import SpecialFile

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "manage.py").write_text("")
    (folder / "models.py").write_text(MODELS)
    return folder


@pytest.fixture
def repository(site, git):
    git(site, "init", "-q")
    git(site, "add", "-A")
    git(site, "commit", "-qm", "x")
    return site


@pytest.fixture
def alarm():
    """Ends a test that waits for ever, instead of letting it."""

    def ring(number, frame):
        raise AssertionError("it waits")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.alarm(15)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)


class Watched:
    """A pipe, and whether anybody opened it for reading."""

    def __init__(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        os.mkfifo(path)
        self._path = path

    @property
    def is_read(self):
        try:
            os.close(os.open(self._path, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            # Nobody is at the other end.
            return False
        return True


def settings(tmp_path, text):
    """The variables for a configuration of the user's own."""
    config = tmp_path / "user-config"
    config.write_text(text)
    return {"GIT_CONFIG_GLOBAL": str(config), "GIT_CONFIG_NOSYSTEM": "1"}


PLACES = [
    ".gitignore",
    ".gitattributes",
    ".gitmodules",
    "app/.gitignore",
    "app/sub/deep/.gitattributes",
    ".git/config",
    ".git/index",
    ".git/HEAD",
    ".git/packed-refs",
    ".git/refs/heads/main",
    ".git/info/exclude",
    ".git/shallow",
    ".git/refs/heads/other",
    ".git/refs/replace/0123456789012345678901234567890123456789",
    ".git/objects/info/alternates",
    ".git/objects/info/commit-graph",
    ".git/objects/pack/pack-0123456789012345678901234567890123456789.idx",
    "lib/inner/.git/HEAD",
]


@pytest.mark.parametrize("place", PLACES)
def test_pipe_that_git_would_read(repository, place, alarm):
    pipe = Watched(repository / place)
    reading = threading.Event()
    threading.Thread(target=watch, args=(pipe, reading), daemon=True).start()
    for ask in (
        lambda: api.scan([repository], base=repository),
        lambda: work_tree.uncommitted([repository]),
        lambda: work_tree.changed_since([repository], "HEAD"),
        lambda: work_tree.tracked([repository]),
    ):
        with pytest.raises(SpecialFile, match="is a pipe, not a regular file") as raised:
            ask()
        assert str(repository / place) in str(raised.value)
        assert "\n" not in str(raised.value)
    assert not reading.is_set()


def watch(pipe, reading):
    while not reading.is_set():
        if pipe.is_read:
            reading.set()
        time.sleep(0.002)


@pytest.mark.parametrize("scope", ["repository", "user", "usual place"])
def test_pipe_that_settings_of_git_name(repository, git, tmp_path, run, scope):
    pipe = tmp_path / "home" / "git" / "ignore"
    Watched(pipe)
    env = settings(tmp_path, f"[core]\n\texcludesFile = {pipe}\n" if scope == "user" else "")
    if scope == "repository":
        git(repository, "config", "core.excludesFile", pipe)
    if scope == "usual place":
        env["XDG_CONFIG_HOME"] = str(tmp_path / "home")
    for arguments in (["scan"], ["apply"], ["scan", "--since", "HEAD"], ["apply", "--require-clean"]):
        done = run(*arguments, cwd=repository, env=env)
        assert (done.status, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        assert f"{pipe}: it is a pipe, not a regular file" in done.stderr
    assert (repository / "models.py").read_text() == MODELS
    assert run("scan", "--no-respect-gitignore", cwd=repository, env=env).status == 1


@pytest.mark.parametrize("key", ["include.path", "includeIf.gitdir:/.path"])
def test_pipe_that_the_repository_includes_is_not_read(repository, git, tmp_path, key, alarm):
    Watched(tmp_path / "included")
    git(repository, "config", key, tmp_path / "included")
    report = api.scan([repository], base=repository)
    assert not report.remarks and report.results
    assert work_tree.tracked([repository])


def test_pipe_that_the_user_includes_ends_after_seconds(repository, tmp_path, monkeypatch, alarm):
    Watched(tmp_path / "included")
    for name, value in settings(tmp_path, f"[include]\n\tpath = {tmp_path / 'included'}\n").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("ik_migrate.files.git.LIMIT_SECONDS", 0.2)
    with pytest.raises(GitError, match=r"git did not answer within 0\.2 seconds: is there a pipe"):
        work_tree.tracked([repository])
    (remark,) = api.scan([repository], base=repository).remarks
    assert "those that it ignores are searched as well: git did not answer within 0.2 seconds" in remark


def test_git_that_does_not_answer_is_not_asked_again(repository, run, tmp_path):
    """A run searches several times, for different words."""
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(f"#!/bin/sh\necho asked >> '{tmp_path}/asked'\nexec sleep 60\n")
    slow.chmod(0o755)
    begun = time.monotonic()
    done = run("scan", cwd=repository, env={"PATH": f"{slow.parent}{os.pathsep}{os.environ['PATH']}"})
    assert time.monotonic() - begun < 12
    assert "git did not answer within 5 seconds" in done.stderr
    assert done.stderr.count("\n") == 1 and "IK101" in done.stdout
    assert (tmp_path / "asked").read_text() == "asked\n"


def test_time_limit_of_git_is_seconds():
    from ik_migrate.files import git

    assert git.LIMIT_SECONDS <= 30


@pytest.mark.parametrize("place", [".gitignore", ".gitattributes"])
def test_device_that_git_would_read(repository, place, run):
    (repository / place).symlink_to("/dev/zero")
    done = run("scan", cwd=repository)
    assert done.status == 2
    assert "it is a device, not a regular file" in done.stderr


@pytest.mark.parametrize("place", [".gitignore", "app/.gitattributes", ".git/info/exclude", ".git/config"])
def test_huge_file_that_git_would_read(repository, place, run):
    """Git holds it in memory as a whole."""
    (repository / place).parent.mkdir(exist_ok=True)
    with open(repository / place, "ab") as stream:
        stream.truncate(10 << 30)
    done = run("scan", "--since", "HEAD", cwd=repository)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and "it is larger than" in done.stderr


def test_null_device_as_an_ignore_file(repository, tmp_path, run):
    """A usual way to have none."""
    env = settings(tmp_path, "[core]\n\texcludesFile = /dev/null\n\tattributesFile = /dev/null\n")
    done = run("scan", cwd=repository, env=env)
    assert (done.status, done.stderr) == (1, "")
    assert run("scan", cwd=repository, env={"GIT_CONFIG_GLOBAL": "/dev/null"}).stderr == ""


# Files of our own --------------------------------------------------------------------------------


def special(tmp_path, kind):
    """A path of something that is not a regular file."""
    path = tmp_path / "special.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to("/dev/zero")
    return path if kind in {"pipe", "folder", "link"} else kind


KINDS = ["pipe", "folder", "link", "/dev/zero", "/dev/stdin", "/dev/tty", "/proc/self/pagemap"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("command", "option"), [("scan", "--baseline"), ("scan", "--config"), ("verify", "--against")], ids=lambda v: v
)
def test_file_of_ours_that_is_not_regular(site, start, tmp_path, command, option, kind):
    path = special(tmp_path, kind)
    if not os.path.exists(path):
        pytest.skip("there is no such file here")
    with start(command, option, path, site, *(["--settings", "x"] if command == "verify" else [])) as process:
        out, err = process.communicate(timeout=20)
    text = err.decode()
    assert process.returncode == 2, text
    assert out == b""
    assert "not a regular file" in text or "is a directory" in text or "larger than" in text or "no snapshot" in text
    assert len([line for line in text.splitlines() if not line.startswith(("Usage", "Try", "")) or "rror" in line]) == 1


@pytest.mark.parametrize("kind", ["pipe", "/dev/stdin"])
def test_report_to_be_merged_that_is_not_regular(start, tmp_path, kind):
    with start("merge-reports", special(tmp_path, kind)) as process:
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 2
    assert b"not a regular file" in out


def test_pipe_as_manage_py(tmp_path, start):
    os.mkfifo(tmp_path / "manage.py")
    with start("verify", tmp_path, env={"DJANGO_SETTINGS_MODULE": ""}) as process:
        _, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert b"Use --settings" in err


def test_code_that_has_no_end(site, start, git):
    """Files of the system can be read for ever though they are regular files of no size."""
    if not os.path.exists("/proc/self/pagemap"):
        pytest.skip("there is no such file here")
    (site / "endless.py").symlink_to("/proc/self/pagemap")
    (site / "endless.txt").symlink_to("/proc/self/pagemap")
    for in_git in (False, True):
        if in_git:
            git(site, "init", "-q")
        with start("scan", cwd=site) as process:
            out, err = process.communicate(timeout=30)
        assert process.returncode == 1, err
        assert b"models.py  IK101 " in out
