"""A command in a fork of the command server is the same as one in a new process; all tests rely on that."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from command import ROOT, CommandServer

SITE = ROOT / "tests" / "fixtures" / "readme_site"
COMMANDS = [
    "--help",
    "scan",
    "scan --verbose",
    "scan --jobs 2",
    "scan --format json",
    "scan --format html",
    "scan --format sarif",
    "scan --output json=report.json",
    "scan --no-such-option",
    "apply --diff",
    "apply --unsafe-fixes --faithful --todo",
    "rules --format json",
    "explain IK101",
    "completion bash",
    "merge-reports no-such-report.json",
    "snapshot",
    "verify --against no-such-snapshot.json",
]
VARYING = re.compile(
    rb"\d+\.\d+ ?s\b|in \d+ ms|(searching|reading|working out) \d+\.\d+"
    rb'|"(seconds|started|duration|time)": [^,}]+|\d{4}-\d\d-\d\dT[\d:.+Z-]+'
)


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): VARYING.sub(b"...", path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_fork_is_the_same_as_a_new_process(command, start, run, tmp_path):
    results = []
    folder = tmp_path / "site"
    for forked in (False, True):
        shutil.copytree(SITE, folder)
        if forked:
            done = run(*command.split(), cwd=folder)
            result = done.status, done.out, done.err
        else:
            with start(*command.split(), cwd=folder) as process:
                out, err = process.communicate(timeout=60)
            result = process.returncode, out, err
        results.append((result[0], *(VARYING.sub(b"...", text) for text in result[1:]), files_of(folder)))
        shutil.rmtree(folder)
    assert results[0] == results[1]


def test_forks_share_nothing(run, tmp_path):
    """What an earlier command has read or cached is not known to the next."""
    folder = tmp_path / "site"
    shutil.copytree(SITE, folder)
    first = json.loads(run("scan", "--format", "json", cwd=folder).stdout)
    assert run("apply", "--unsafe-fixes", cwd=folder).status in {0, 1}
    second = json.loads(run("scan", "--format", "json", cwd=folder).stdout)
    assert first["files"] != second["files"]
    assert run("scan", cwd=tmp_path, env={"NO_COLOR": "1"}).out == run("scan", cwd=tmp_path).out


@pytest.mark.parametrize("name", ["PYTHONPATH", "PYTHONWARNINGS", "PYTHONIOENCODING", "LC_ALL", "LANG", "TZ"])
def test_variable_of_the_interpreter_needs_a_new_process(name, environment):
    server = CommandServer(environment())
    assert server.can_run(environment(NO_COLOR="1"))
    assert not server.can_run(environment(**{name: "other"}))
