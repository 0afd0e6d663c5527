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
_OWN_SCOPES = frozenset({b"local", b"worktree"})


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
    """The same for a command that compares the contents of files, as ``status`` and ``diff``."""
    listing = start_git(folder, "config", "--includes", "--show-scope", "-z", "--name-only", "--get-regexp", _PROGRAMS)
    fields = iter(listing.communicate()[0].split(b"\0"))
    own = {os.fsdecode(name): "" for scope, name in zip(fields, fields, strict=False) if scope in _OWN_SCOPES}
    own.update((name, "false") for name in own if name.endswith(".required"))
    return _start(folder, arguments, {**_NO_PROGRAMS, **own}, environment or {})


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
    # With `-c`, a name could end at a "=" in it.
    first = _number_of_settings(variables)
    variables["GIT_CONFIG_COUNT"] = str(first + len(settings))
    for number, (name, value) in enumerate(settings.items(), first):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    process = subprocess.Popen(
        ["git", "-C", str(folder), *arguments],
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
