"""Git as a process: all calls of git start here, with one command line and one environment.

What git is asked about a work tree goes through `isolated_git`, which keeps the repository's configuration away.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ik_migrate.model.errors import IkMigrateError

if TYPE_CHECKING:
    import subprocess

LIMIT_SECONDS = 30.0
"""How long a call of git may take: it would wait forever for a pipe in a work tree, or a lost network disk."""

# Bytes of address space: git holds each file that it searches in memory as a whole, also one of many gigabytes.
_MEMORY = 2 * 1024**3
_CONFIG_SECONDS = 5.0
_LONGEST = 500
# Where the user's own configuration is. Any other variable of git may name a program, a file to write to or another
# repository, or come from the hook of one.
_KEPT_VARIABLES = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_ATTR_NOSYSTEM"})
_VARIABLES = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    # What a partial clone lacks is not fetched: a transport is a program, too.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_TRACE2": "0",
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
}
_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.pager=cat",
    "diff.external=",
    "submodule.recurse=false",
    "protocol.allow=never",
)


class GitError(IkMigrateError):
    """Git is missing, fails, or does not know a revision; the message says which."""


class NoAnswer(GitError):
    """Git does not answer in time.

    Args:
        seconds: how long it took at least.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(
            f"git did not answer within {seconds:g} seconds: is there a pipe among the files that it reads, or a disk"
            " that does not respond? Try `git status`"
        )


class Git:
    """Git for one work tree, with nothing of its repository's configuration that names a program.

    Args:
        top: the top folder of the work tree.
        variables: the environment variables that say where the parts of the repository are.
    """

    def __init__(self, top: Path, variables: Mapping[str, str]) -> None:
        self.top = top
        self._variables = variables
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str, folder: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a command of git in a folder, the top one if not given; see `answer_of`.

        Raises:
            GitError: when there is no git, or it cannot be started.
        """
        process = _start(self.top, ["-C", str(folder or self.top), *arguments], self._variables)
        self._processes.append(process)
        return process

    def output(self, *arguments: str) -> bytes:
        """Return what a command of git prints.

        Raises:
            GitError: when it fails.
        """
        process = self.start(*arguments)
        answer, complaint = answer_of(process)
        if process.returncode:
            raise GitError(first_line(complaint) or f"git ended with status {process.returncode}")
        return answer

    def stop(self) -> None:
        """End all processes that are still running."""
        for process in self._processes:
            _end(process)


def read_settings(top: Path, git_folder: Path, *arguments: str, given: bytes = b"") -> list[tuple[str, str]]:
    """Return names and values that ``git config`` prints.

    Args:
        top: the top folder of the work tree that it is about.
        git_folder: a git directory, so that it looks for no other one.
        arguments: what to print; it is printed with ``-z``.
        given: what it finds on standard input.

    Raises:
        GitError: when it cannot read the configuration.
    """
    process = _start(top, ["config", "-z", *arguments], {"GIT_DIR": str(git_folder)}, folder=git_folder)
    answer, complaint = answer_of(process, given, min(_CONFIG_SECONDS, LIMIT_SECONDS))
    if process.returncode not in {0, 1}:
        # 1: there is no such setting.
        raise GitError(first_line(complaint) or f"git config ended with status {process.returncode}")
    entries = (os.fsdecode(entry).partition("\n") for entry in answer.split(b"\0") if entry)
    # A name alone is a setting that is on.
    return [(name, value if separator else "true") for name, separator, value in entries]


def answer_of(
    process: subprocess.Popen[bytes], given: bytes = b"", seconds: float | None = None
) -> tuple[bytes, bytes]:
    """Return what git prints on standard output and on standard error; afterwards it has ended.

    Args:
        process: git, as it was started.
        given: what it finds on standard input.
        seconds: how long it may take; `LIMIT_SECONDS` if None.

    Raises:
        NoAnswer: when it takes longer.
    """
    import subprocess

    limit = LIMIT_SECONDS if seconds is None else seconds
    try:
        return process.communicate(given, timeout=limit)
    except subprocess.TimeoutExpired:
        raise NoAnswer(limit) from None
    finally:
        _end(process)


def find_git(top: Path) -> str:
    """Return the path of the program, which must not be one inside a project.

    Args:
        top: the work tree, from which no program is taken.

    Raises:
        GitError: when there is none.
    """
    found = shutil.which("git", path=_safe_path(top))
    if found is None or not os.path.isabs(found):
        raise GitError("cannot run git: PATH has none outside of the work tree")
    return found


def _safe_path(top: Path) -> str:
    """``PATH`` without relative folders, which lead into the project, and without those of the work tree."""
    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder)]
    if top != top.parent:
        inside = os.path.join(top, "")
        folders = [folder for folder in folders if not os.path.join(os.path.realpath(folder), "").startswith(inside)]
    return os.pathsep.join(folders)


def _start(
    top: Path, arguments: list[str], variables: Mapping[str, str], folder: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start git. This is the only place where that is done.

    Args:
        top: the work tree that it is about.
        arguments: what it is to do.
        variables: where it finds the parts of a repository.
        folder: where it runs; the current folder if None.

    Raises:
        GitError: when it cannot be started.
    """
    import subprocess

    kept = {name: value for name, value in os.environ.items() if not _is_of_git(name) or name in _KEPT_VARIABLES}
    command = [find_git(top), "--no-pager", *(part for setting in _SETTINGS for part in ("-c", setting)), *arguments]
    try:
        process = subprocess.Popen(
            command,
            env={**kept, "PATH": _safe_path(top), **_VARIABLES, **variables},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise GitError(f"cannot run git: {error.strerror or error}") from None
    _limit_memory(process)
    return process


def _limit_memory(process: subprocess.Popen[bytes]) -> None:
    """Let git end with an error before it takes all memory; without effect where the system has no such limit."""
    if sys.platform == "linux":
        import resource

        with suppress(OSError, ValueError):
            # It may have ended already, or have a lower limit.
            resource.prlimit(process.pid, resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _is_of_git(name: str) -> bool:
    return name.upper().startswith("GIT_") or name.upper() in {"SSH_ASKPASS", "LANGUAGE"}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git, whatever it does; nothing where it has ended."""
    if process.poll() is None:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None and not stream.closed:
            try:
                stream.close()
            except OSError:
                # What it was not given yet is of no use any more.
                continue


def first_line(complaint: bytes) -> str:
    """Return the first line of what git says on standard error, cut where it is long."""
    return complaint.decode("utf-8", "replace").strip().split("\n")[0][:_LONGEST].removeprefix("fatal: ")
