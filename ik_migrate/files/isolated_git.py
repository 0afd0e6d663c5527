"""Git, asked about a work tree that may be hostile: no program runs that its configuration names.

The configuration of a repository may name a file system monitor, hooks, filters, aliases, pagers and programs that show
differences, and git runs some of them even to list files. So git never reads it here: `isolate` makes a temporary git
directory with the history, the references and the index of the repository, and of its settings only those that say how
files are stored (see `repository`). What the user's own configuration names still counts, as with any git command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic

from ik_migrate.files.git import Git, GitError, NoAnswer

# Work trees whose git did not answer, until when it is not asked again, and the limit: a run asks several times.
_SILENT: dict[Path, tuple[float, float]] = {}
_SILENT_SECONDS = 300.0


@contextmanager
def isolate(top: Path, index: Path | None = None) -> Iterator[Git]:
    """Yield a git that is safe to be used on a work tree.

    Args:
        top: the top folder of the work tree, without links.
        index: the index to be used instead of the repository's own.

    Raises:
        GitError: when the folder has no usable repository, or git does not read its configuration.
        NoAnswer: when git did not answer a short time ago.
        SpecialFile: when git would have to read what is not a regular file.
    """
    from ik_migrate.files.repository import copy_safely, find_repository
    from ik_migrate.files.scratch import scratch_folder

    until, seconds = _SILENT.get(top, (0.0, 0.0))
    if monotonic() < until:
        raise NoAnswer(seconds)
    try:
        with ExitStack() as stack:
            try:
                folder = stack.enter_context(scratch_folder())
                variables = copy_safely(find_repository(top), folder, index)
            except OSError as error:
                raise GitError(f"cannot set git up: {error.strerror or error}") from None
            git = Git(top, variables)
            stack.callback(git.stop)
            yield git
    except NoAnswer as error:
        _SILENT[top] = (monotonic() + _SILENT_SECONDS, error.seconds)
        raise
