"""Git, asked about a work tree that nobody has vouched for: no program that its configuration names is run.

A work tree's own ``.git/config`` may name a file system monitor, filters and programs that show differences. Git runs
them even to list files. Here they are switched off; what the user's own configuration names stays as it is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

# A git hook hands these down; they stand for another work tree, or for an index that is being made.
_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
_NO_PROGRAMS = {"core.fsmonitor": "false", "core.hooksPath": os.devnull, "diff.external": ""}
_PROGRAMS = r"^(filter|diff)\..*\.(clean|smudge|process|required|textconv|command)$"
# Of the work tree itself, and of this one of several; git before 2.26 does not say what comes from where.
_OWN_SCOPES = ("--local", "--worktree")
_PATIENCE = 600
"""Seconds that git is waited for: it opens pipes that lie about in a work tree, and disks may have gone away."""


def start_git(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.Popen[bytes]:
    """Start git on the work tree of ``folder``, with its messages in English.

    The arguments must be of a command that applies no filter to files, as ``grep`` and ``ls-files``.

    Args:
        given: what it finds on standard input. It has to read all of it before it says anything.

    Raises:
        OSError: when there is no git, or it can't be run.
    """
    return _start(folder, arguments, _NO_PROGRAMS, {}, given)


def start_git_with_filters(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """The same for a command that compares the contents of files, as ``status`` and ``diff``.

    Raises:
        OSError: when there is no git, or it can't be run or gives no answer.
    """
    own: dict[str, str] = {}
    for scope in _OWN_SCOPES:
        listing = start_git(folder, "config", scope, "--includes", "-z", "--name-only", "--get-regexp", _PROGRAMS)
        own.update((os.fsdecode(name), "") for name in answer_of(listing)[0].split(b"\0") if name)
    own.update((name, "false") for name in own if name.endswith(".required"))
    return _start(folder, arguments, {**_NO_PROGRAMS, **own}, environment or {})


def answer_of(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """What git says on standard output and on standard error; it has come to its end then.

    Raises:
        TimeoutError: when it does not.
    """
    import subprocess

    try:
        return process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"it has not answered for {_PATIENCE // 60} minutes") from None
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End git, whatever it does; nothing where it has come to its end."""
    if process.poll() is None:
        process.kill()
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _start(
    folder: Path,
    arguments: tuple[str, ...],
    settings: Mapping[str, str],
    environment: Mapping[str, str],
    given: bytes = b"",
) -> subprocess.Popen[bytes]:
    import subprocess

    variables = {name: value for name, value in os.environ.items() if name not in _PLACES}
    # What is missing in a partial clone is not to be fetched: that runs programs, too.
    variables |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0"}
    options = []
    first = count = _number_of_settings(variables)
    for name, value in settings.items():
        if "=" not in name:
            options += ["-c", f"{name}={value}"]
            continue
        # With `-c`, the name would end there. Git before 2.31 does not heed these.
        variables[f"GIT_CONFIG_KEY_{count}"] = name
        variables[f"GIT_CONFIG_VALUE_{count}"] = value
        count += 1
    if count > first:
        variables["GIT_CONFIG_COUNT"] = str(count)
    process = subprocess.Popen(
        ["git", "-C", str(folder), *options, *arguments],
        env={**variables, **environment},
        stdin=subprocess.PIPE if given else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    if process.stdin is not None:
        with suppress(BrokenPipeError), process.stdin as stream:
            # Who does not listen says why on standard error.
            stream.write(given)
        process.stdin = None
    return process


def _number_of_settings(environment: Mapping[str, str]) -> int:
    """How many settings the environment has for git already."""
    count = environment.get("GIT_CONFIG_COUNT", "")
    return int(count) if count.isdecimal() else 0
