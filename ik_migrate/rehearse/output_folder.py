"""``--output-dir``: the diff, the result page and the text of a pull request in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ik_migrate.files.writing import create_file, replace_file
from ik_migrate.model.errors import IkMigrateError
from ik_migrate.rehearse.html_page import render_rehearsal
from ik_migrate.rehearse.pull_request import render_pull_request
from ik_migrate.rehearse.rehearsal import Rehearsal
from ik_migrate.rehearse.text_report import best_result

DIFF = "upgrade.diff"
PAGE = "rehearsal.html"
PULL_REQUEST = "pull-request.md"


class CannotWrite(IkMigrateError):
    """A result cannot be written."""


@dataclass(frozen=True)
class Written:
    """The files that were written."""

    diff: Path
    page: Path
    pull_request: Path

    @property
    def written(self) -> tuple[Path, ...]:
        """All of them."""
        return self.diff, self.page, self.pull_request


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be made or written in, before the work is done.

    Raises:
        CannotWrite: when it cannot.
    """
    if not folder.absolute().parent.is_dir():
        raise CannotWrite(f"cannot write to {folder}: there is no folder {folder.absolute().parent}.")
    for name in (DIFF, PAGE, PULL_REQUEST):
        if (folder / name).exists() and not (folder / name).is_file():
            raise CannotWrite(f"cannot write {folder / name}: it is not a file.")


def write_results(rehearsal: Rehearsal, folder: Path) -> Written:
    """Write the results of the only variant, or of the one that keeps the most, each file whole or not at all.

    Raises:
        CannotWrite: when a file cannot be written.
    """
    result = best_result(rehearsal) or rehearsal.results[0]
    files = Written(folder / DIFF, folder / PAGE, folder / PULL_REQUEST)
    try:
        folder.mkdir(exist_ok=True)
        _write(files.diff, result.diff)
        _write(files.page, render_rehearsal(rehearsal, result, DIFF).encode("utf-8"))
        _write(files.pull_request, render_pull_request(rehearsal, result).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise CannotWrite(f"cannot write to {folder}: {error.strerror or error}.") from None
    return files


def _write(path: Path, data: bytes) -> None:
    if path.exists():
        replace_file(path, path.read_bytes(), data)
    else:
        create_file(path, data)
