"""The manual page and --help: complete, with examples, and right for ``man``."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from ik_migrate.cli.group import main

PAGE = Path(__file__).parents[2] / "docs" / "ik-migrate.1"
CONTEXT = click.Context(main, info_name="ik-migrate")
COMMANDS = {name: main.get_command(CONTEXT, name) for name in main.list_commands(CONTEXT)}


@pytest.fixture(scope="module")
def manual():
    """The page as ``man`` shows it."""
    if not shutil.which("groff"):
        pytest.skip("needs groff")
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=100n", str(PAGE)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "", "nothing in it is wrong for troff"
    return done.stdout.replace("\N{HYPHEN}", "-").replace("\N{MINUS SIGN}", "-")


def test_every_option_of_every_command(manual):
    for name, command in COMMANDS.items():
        part = manual.partition(f"   ik-migrate {name} [OPTION]...")[2]
        part = re.split(r"^(?:   ik-migrate |[A-Z])", part, maxsplit=1, flags=re.MULTILINE)[0]
        options = {opt for param in command.params if isinstance(param, click.Option) for opt in param.opts}
        on_page = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", part))
        assert options <= on_page, name


def test_code_stays_as_it_is_typed(manual):
    assert "ik-migrate apply - --stdin-filename shop/models.py <shop/models.py" in manual
    assert "'tests/*:IK5'" in manual
    assert "[tool.ik-migrate]" in manual
    assert "EXIT STATUS\n" in manual


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_each_option_does(name):
    for param in COMMANDS[name].params:
        if isinstance(param, click.Option):
            assert re.fullmatch(r"[A-Z].*[.)\]]", param.help or "", re.DOTALL), param.opts


@pytest.mark.parametrize("name", ["scan", "apply"])
def test_examples_in_the_help_can_be_run(run, photo_site, git, name):
    git(photo_site, "init", "-q", "-b", "main")
    git(photo_site, "add", "-A")
    git(photo_site, "commit", "-qm", "before")
    (photo_site / "shop").mkdir()
    epilog = run(name, "--help").stdout.partition("Examples:")[2].partition("Exit status:")[0]
    examples = [re.split(r" {2,}|<", line.strip())[0].split() for line in epilog.splitlines() if line.strip()]
    assert len(examples) == {"scan": 5, "apply": 6}[name]
    for program, *arguments in examples:
        assert program == "ik-migrate"
        if "--interactive" not in arguments:
            git(photo_site, "add", "-A")
            git(photo_site, "commit", "-qm", "so far", "--allow-empty")
            done = run(*arguments, cwd=photo_site)
            assert done.status in {0, 1}, (arguments, done.stderr)
