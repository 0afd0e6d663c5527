"""Nothing that a project, a file or an environment says can take a terminal over, in whatever report or message."""

from __future__ import annotations

import json
import os
import shlex

import pytest
from command import command_line
from terminal import run_on_terminal

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")

# Sets the title, moves the cursor, turns the direction of writing round, and the same in other codes.
IN_CODE = "\x1b]0;title\x07\x1b[2J\x9b2J\u202e\u2066\x08"
EVIL = f"{IN_CODE}\r"
MODELS = f"""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')  # {IN_CODE}
    large = ImageSpecField(storage=private('{IN_CODE}'), pre_cache='{IN_CODE}')
"""


def check_plain(text):
    for line in text.split("\n"):
        # A tab is what some formats separate by.
        assert line.replace("\t", "").isprintable(), ascii(line)


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / f"site{EVIL}"
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("the file system has no such names")
    (folder / "manage.py").write_text("")
    (folder / f"models{EVIL}.py").write_text(MODELS)
    (folder / f"broken{EVIL}.py").write_text(f"import imagekit\nx = = '{EVIL}'\n")
    (folder / "requirements.txt").write_text(f"django-imagekit==2.0.4  # {EVIL}\n")
    return folder


FORMATS = ["text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "html"]


@pytest.mark.parametrize("name", FORMATS)
def test_reports(run, site, name):
    for arguments in (["scan", "--verbose"], ["scan", site]):
        done = run(*arguments, "--format", name, cwd=site)
        assert done.status == 2
        assert "IK101" in done.stdout
        check_plain(done.stdout)
        check_plain(done.stderr)


def test_messages_of_a_rewrite(run, site, git):
    git(site, "init", "-q")
    done = run("apply", "--backup", ".bak", "--verbose", cwd=site)
    assert done.status == 2
    check_plain(done.stdout)
    check_plain(done.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", f"{EVIL}"],
        ["scan", "--baseline", f"{EVIL}.json"],
        ["scan", "--baseline", "list.json"],
        ["scan", "--baseline", "entry.json"],
        ["scan", "--config", f"{EVIL}.toml"],
        ["scan", "--config", f"config{EVIL}.toml"],
        ["config", "--config", f"config{EVIL}.toml"],
        ["config", "--config", f"good{EVIL}.toml"],
        ["scan", "--since", f"{EVIL}"],
        ["scan", "--select", f"{EVIL}"],
        ["scan", "--target", f"{EVIL}"],
        ["scan", "--output", f"json={EVIL}/x.json"],
        ["scan", "--output", f"{EVIL}=x.json"],
        ["scan", "--output", f"json=full{EVIL}"],
        ["scan", "--format", f"{EVIL}"],
        ["scan", f"--{EVIL}"],
        ["apply", "--backup", f"{EVIL}"],
        ["merge-reports", f"{EVIL}.json", "list.json"],
        ["merge-reports", f"report{EVIL}.json"],
        ["explain", f"{EVIL}"],
        [f"{EVIL}"],
        ["snapshot", f"{EVIL}", "-o", f"{EVIL}/x.json"],
        ["verify", ".", "--settings", f"{EVIL}", "--python", f"{EVIL}"],
    ],
    ids=lambda arguments: ascii(arguments[:2]),
)
def test_messages(run, site, git, arguments):
    git(site, "init", "-q")
    (site / "list.json").write_text(json.dumps([EVIL]))
    entry = {"path": EVIL, "rule": EVIL, "context": EVIL, "code": 1}
    (site / "entry.json").write_text(json.dumps({"ik-migrate-baseline": 1, "findings": [entry]}))
    (site / f"config{EVIL}.toml").write_text(
        f'"k{EVIL.encode("unicode_escape").decode()}" = 1\n'.replace("\\x", "\\u00")
    )
    (site / f"good{EVIL}.toml").write_text('exclude = ["\\u001b[2J"]\n')
    report = json.loads(run("scan", "--format", "json", cwd=site).stdout)
    (site / f"report{EVIL}.json").write_text(json.dumps(report))
    (site / f"full{EVIL}").symlink_to("/dev/full")
    done = run(*arguments, cwd=site)
    assert done.stdout or done.stderr
    check_plain(done.stdout)
    check_plain(done.stderr)


def test_diff_on_a_terminal(site, environment):
    """In a pipe it is exact to the byte."""
    command = [*command_line(), "apply", "--diff", "--color", "never"]
    shown = run_on_terminal(command, cwd=site, env=environment(TERM="dumb"))
    assert "source='image'" in shown.raw
    check_plain(shown.raw.replace("\r\n", "\n"))


def test_diff_in_a_pipe(site, environment):
    command = [*command_line(), "apply", "--diff"]
    text = " ".join(map(shlex.quote, command))
    shown = run_on_terminal(["sh", "-c", f"{text} >diff"], cwd=site, env=environment())
    assert shown.status == 2
    assert IN_CODE.encode() in (site / "diff").read_bytes()


@pytest.mark.parametrize("variable", ["DJANGO_SETTINGS_MODULE", "IK_MIGRATE_DEBUG", "COLUMNS", "TERM"])
def test_environment(run, site, variable):
    for arguments in (["scan"], ["verify", "--python", "false"]):
        done = run(*arguments, cwd=site, env={variable: EVIL})
        check_plain(done.stdout)
        if variable != "IK_MIGRATE_DEBUG":
            check_plain(done.stderr)
