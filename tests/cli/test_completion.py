"""Each shell reads what ``ik-migrate completion`` prints, and completes the command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig

import pytest
from terminal import run_on_terminal

START_OF_LINE = "\x01"


@pytest.fixture
def shell(environment, tmp_path):
    """Environment for a shell that knows the command and nothing of whoever runs the tests."""
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    (tmp_path / "models.py").write_text("")
    return environment(PATH=path, HOME=str(tmp_path), PS1="READY> ", COLUMNS="200", XDG_CONFIG_HOME=str(tmp_path))


@pytest.mark.parametrize(
    ("start", "setting_up"),
    [
        (["bash", "--norc", "--noprofile", "-i"], 'eval "$(ik-migrate completion bash)"'),
        (
            ["zsh", "-f", "-i"],
            "PROMPT='READY> '; autoload -Uz compinit; compinit -u -D; eval \"$(ik-migrate completion zsh)\"",
        ),
    ],
    ids=["bash", "zsh"],
)
def test_completed_as_one_types(shell, tmp_path, start, setting_up):
    if os.name == "nt" or not shutil.which(start[0]):
        pytest.skip(f"needs {start[0]}")
    begun = [
        ("ik-migrate comple\t", "ik-migrate completion"),
        ("ik-migrate scan --colo\tnev\tmod\t", "ik-migrate scan --color never models.py"),
        ("ik-migrate explain IK60\t3\t", "ik-migrate explain IK603"),
        ("ik-migrate scan --select IK101,IK603\t", "ik-migrate scan --select IK101,IK603"),
        ("ik-migrate apply --target 6\t", "ik-migrate apply --target 6.1"),
    ]
    # Enter would run the command; as words of an echo it is printed.
    typed = [f"{keys}{START_OF_LINE}echo GOT \n" for keys, _ in begun]
    done = run_on_terminal(
        start,
        answers=[f"{setting_up}\n", *typed, "exit\n"],
        prompt="READY> ",
        cwd=tmp_path,
        env=shell,
    )
    got = [line.removeprefix("GOT ").rstrip() for line in done.text.splitlines() if line.startswith("GOT ")]
    assert got == [whole for _, whole in begun], done.text


@pytest.mark.skipif(not shutil.which("fish"), reason="needs fish")
def test_fish(shell, tmp_path):
    lines = ["ik-migrate comple", "ik-migrate scan --colo", "ik-migrate explain IK603", "ik-migrate scan mod"]
    asked = "; ".join(f"complete -C '{line}'" for line in lines)
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"ik-migrate completion fish | source; {asked}"],
        cwd=tmp_path,
        env=shell,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.partition("\t")[0] for line in done.stdout.splitlines()] == [
        "completion",
        "--color",
        "IK603",
        "models.py",
    ]


def test_unknown_shell(run):
    done = run("completion", "tcsh")
    assert (done.status, done.stdout) == (2, "")
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in done.stderr
