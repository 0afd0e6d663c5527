"""How much is said and how it looks: quiet, verbose, colour, the progress bar, the traceback."""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil

import pytest
from command import command_line
from terminal import run_on_terminal

from ik_migrate.cli import progress_bar

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image')
"""
BROKEN = MODELS + "def (\n"
ESCAPE = "\x1b["
needs_terminal = pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "manage.py").write_text("")
    (folder / "models.py").write_text(MODELS)
    return folder


@pytest.fixture
def on_terminal(site, environment):
    """Runs ``ik-migrate`` on a terminal, in the site."""

    def on_terminal(*arguments, env=None, **options):
        return run_on_terminal([*command_line(), *arguments], cwd=site, env=environment(**(env or {})), **options)

    return on_terminal


# Quiet and verbose ------------------------------------------------------------------------------


@pytest.mark.parametrize(("command", "status"), [("scan", 1), ("apply --diff", 1), ("apply", 0)])
def test_quiet_leaves_the_exit_status_and_what_was_asked_for(run, site, command, status):
    done = run(*command.split(), "--quiet", cwd=site)
    assert (done.status, done.stderr) == (status, "")
    assert done.stdout.startswith("--- a/models.py") if "--diff" in command else done.stdout == ""


def test_quiet_still_says_errors_and_writes_reports(run, site):
    (site / "broken.py").write_text(BROKEN)
    done = run("scan", "-q", "--format", "json", cwd=site)
    assert done.status == 2
    assert len(json.loads(done.stdout)["files"]) == 2
    done = run("scan", "-q", ".", "missing.py", cwd=site)
    assert (done.status, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["missing.py", "broken.py"]
    assert "not valid Python 2 or 3" in lines[1]


def test_verbose_says_what_was_left_out_and_how_long_it_took(run, site):
    (site / "README.md").write_text("We use imagekit.\n")
    (site / "settings.py.bak").write_text(MODELS)
    (site / "old").mkdir()
    (site / "old" / "models.py").write_text(MODELS)
    (site / "other.md").write_text("Nothing.\n")
    done = run("scan", "--verbose", "--exclude", "old", cwd=site)
    left_out, _, rest = done.stderr.partition("files searched")
    assert left_out.splitlines()[:-1] == [
        "Skipped, though they mention ImageKit:",
        "  README.md: documentation, an image or a backup, by its name",
        "  old/models.py: excluded",
        "  settings.py.bak: documentation, an image or a backup, by its name",
    ]
    assert rest.startswith(". Seconds: searching ")
    quiet = run("scan", "--exclude", "old", cwd=site)
    assert (quiet.stdout, quiet.stderr) == (done.stdout, "")
    done = run("apply", "-v", "models.py", cwd=site)
    assert "Skipped" not in done.stderr, "only what was named"
    assert "writing 0." in done.stderr


def test_file_that_no_python_takes_is_said_to_be_left_alone(run, site):
    """It does not mention ImageKit; but it says the name of something that the project makes with it."""
    (site / "fields.py").write_text(
        "from imagekit.models import ImageSpecField\n\n\nclass Thumb(ImageSpecField):\n    pass\n"
    )
    (site / "uses.py").write_text("from fields import Thumb\ndef (\n")
    (site / "alien.py").write_text("def (\n")
    (site / "models.py").unlink()
    done = run("scan", cwd=site)
    assert done.status == 0, "nothing is known to be wrong"
    assert "Skipped: 1 file\n  uses.py\n" in done.stdout
    assert "not valid Python 2 or 3" in " ".join(done.stdout.split())
    assert "alien" not in done.stdout


# Colour -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "arguments", "in_color"),
    [
        ({}, "", False),
        ({"FORCE_COLOR": "1"}, "", True),
        ({"FORCE_COLOR": "yes"}, "", True),
        ({"FORCE_COLOR": ""}, "", False),
        ({"FORCE_COLOR": "0"}, "", False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "", False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, "", True),
        ({"NO_COLOR": "1"}, "--color always", True),
        ({"FORCE_COLOR": "1"}, "--color never", False),
        ({"FORCE_COLOR": "1"}, "--color=auto", True),
    ],
)
@pytest.mark.parametrize("command", ["scan", "explain IK101"])
def test_color_in_a_pipe(run, site, command, variables, arguments, in_color):
    done = run(*command.split(), *arguments.split(), cwd=site, env=variables)
    assert (ESCAPE in done.stdout) == in_color


@needs_terminal
@pytest.mark.parametrize(
    ("env", "arguments", "in_color"),
    [
        ({}, "", True),
        ({"NO_COLOR": "1"}, "", False),
        ({"NO_COLOR": ""}, "", True),
        ({"FORCE_COLOR": ""}, "", True),
        ({"TERM": "dumb"}, "", False),
        ({}, "--color never", False),
        ({"TERM": "dumb"}, "--color always", True),
    ],
)
def test_color_on_a_terminal(on_terminal, env, arguments, in_color):
    done = on_terminal("scan", *arguments.split(), env=env)
    assert done.status == 1
    assert (f"{ESCAPE}1;32m" in done.raw) == in_color


def test_no_such_color(run, site):
    done = run("scan", "--color", "blue", cwd=site)
    assert done.status == 2
    assert "'blue' is not one of 'auto', 'always', 'never'" in done.stderr


# The progress bar -------------------------------------------------------------------------------


@pytest.fixture
def slow_git(tmp_path, site, git):
    """Settings with which ``git`` takes longer, once, than a run may take without a bar."""
    git(site, "init", "-q")
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    # Once is enough: a run calls it some fifteen times.
    once = f"mkdir {shlex.quote(str(tmp_path / 'slept'))} 2>/dev/null && sleep 0.7"
    slow.write_text(f'#!/bin/sh\n{once}\nexec {shlex.quote(shutil.which("git"))} "$@"\n')
    slow.chmod(0o755)
    return {"PATH": f"{slow.parent}{os.pathsep}{os.environ['PATH']}"}


@needs_terminal
def test_bar_on_a_terminal_is_gone_in_the_end(on_terminal, slow_git):
    done = on_terminal("scan", env=slow_git, stdout_to_pipe=True)
    assert "Working out" in done.text
    assert done.raw.rstrip("\r\n").endswith(f"{ESCAPE}2K"), "the line of the bar is wiped"
    assert done.raw.count(f"{ESCAPE}?25l") == done.raw.count(f"{ESCAPE}?25h") == 1, "the cursor is back"
    assert ESCAPE not in done.stdout
    assert done.stdout.startswith("Target: ")


@needs_terminal
@pytest.mark.parametrize(("arguments", "env"), [("--quiet", {}), ("", {"TERM": "dumb"})])
def test_no_bar(on_terminal, slow_git, arguments, env):
    done = on_terminal("scan", *arguments.split(), env={**slow_git, **env}, stdout_to_pipe=True)
    assert (done.status, done.raw) == (1, "")


def test_no_bar_in_a_pipe(run, site, slow_git):
    done = run("scan", cwd=site, env={**slow_git, "FORCE_COLOR": "1"})
    assert (done.status, done.stderr) == (1, "")


class FakeTerminal(io.StringIO):
    def isatty(self):
        return True


def test_bar_is_for_runs_that_take_more_than_half_a_second(monkeypatch):
    clock = iter([0.0, 0.1, 0.49, 0.51, 0.55, 0.9, 2.0])
    monkeypatch.setattr(progress_bar.time, "monotonic", lambda: next(clock))
    monkeypatch.setenv("TERM", "xterm")
    stream = FakeTerminal()
    drawn = []
    with progress_bar.ProgressBar(stream, color=False) as bar:
        for done in range(5):
            monkeypatch.setattr(bar, "_draw", lambda *values: drawn.append(values))
            bar("Reading" if done < 4 else "Writing", done, 9)
    assert drawn == [("Reading", 2, 9), ("Writing", 4, 9)], "not before its time, and not all the time"
    assert bar.seconds == pytest.approx({"Reading": 0.8, "Writing": 1.1})


# Errors of our own ------------------------------------------------------------------------------


def test_debug_shows_the_traceback(run, site, tmp_path):
    (tmp_path / "fault").mkdir()
    (tmp_path / "fault" / "sitecustomize.py").write_text(
        "from ik_migrate import api\n\n\n"
        "def scan(*_, **__):\n    raise ZeroDivisionError('for the test')\n\n\napi.scan = scan\n"
    )
    fault = {"PYTHONPATH": str(tmp_path / "fault")}
    plain = run("scan", cwd=site, env=fault)
    assert plain.status == 2
    assert "Error: for the test" in plain.stderr
    assert "--debug" in plain.stderr
    assert "Traceback" not in plain.stderr
    for arguments, env in ((["--debug"], {}), ([], {"IK_MIGRATE_DEBUG": "1"})):
        done = run("scan", *arguments, cwd=site, env={**fault, **env})
        assert "Traceback (most recent call last)" in done.stderr
        assert done.stderr.endswith("ZeroDivisionError: for the test\n")
