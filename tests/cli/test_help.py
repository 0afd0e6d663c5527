"""--help: complete, with examples that can be run."""

from __future__ import annotations

import re

import click
import pytest

from ik_migrate.cli.group import main

CONTEXT = click.Context(main, info_name="ik-migrate")
COMMANDS = {name: main.get_command(CONTEXT, name) for name in main.list_commands(CONTEXT)}


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
