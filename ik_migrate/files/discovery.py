"""From the paths that were given to the files that may concern us.

Files are searched as bytes before anything is parsed or imported: with ``git grep`` where there is a
git work tree, so that files that git ignores are skipped, else by a walk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from ik_migrate.files.excluded_dirs import foreign_tree
from ik_migrate.files.filetypes import is_own
from ik_migrate.files.git import Git, GitError, answer_of, first_line
from ik_migrate.files.git_listing import LISTING, Listing
from ik_migrate.files.isolated_git import isolate
from ik_migrate.files.places import is_below, quick_test
from ik_migrate.files.reading import LARGEST, file_content, is_larger_than_text
from ik_migrate.files.repository import SpecialFile, top_of
from ik_migrate.files.search_result import Search
from ik_migrate.files.special_files import check_files_of_git
from ik_migrate.files.triggers import EXCLUDED, TRIGGERS
from ik_migrate.files.utf16 import unsearchable_requirements
from ik_migrate.model.options import Options
from ik_migrate.model.path_patterns import any_matches

# Words that git looks for one by one; from then on it is faster with one pattern for all.
_FEW = 6
_LINE_ENDS = re.compile(rb"[\0\r\n]")
_OUT_OF_MEMORY = b"Out of memory"
# What git prints on stderr about a file or folder that it cannot open and skips.
_GIT_COMPLAINT = rb"(?m)^(?:error|warning): .*?'(?P<path>.+)': (?P<reason>[^']+)$"


def search(
    folder: Path,
    triggers: Iterable[bytes] = TRIGGERS,
    options: Options | None = None,
    counted: Collection[Path] | None = None,
) -> Search:
    """The files below ``folder`` that contain one of ``triggers``.

    Args:
        folder: an existing folder, absolute.
        triggers: byte strings, in any of which a file must have to be found; one at least. Of several lines, the
            longest is looked for.
        options: what to skip, and what to include that would be skipped.
        counted: count only those of the files searched that are, or lie in, one of these; all if None. To count none
            saves time.
    """
    options = options or Options()
    triggers = tuple(max(_LINE_ENDS.split(trigger), key=len) for trigger in triggers)
    counted = None if counted is None or folder in counted else counted
    remarks: list[str] = []
    found = _git_grep(folder, triggers, remarks, counted, with_ignored=False) if options.respect_gitignore else None
    if found is None:
        from ik_migrate.files.walk import walk

        found = walk(folder, triggers, options, None if counted is None else quick_test(counted))
        found.remarks += remarks
    elif options.include and (ignored := _git_grep(folder, triggers, remarks, (), with_ignored=True)) is not None:
        known = set(found.files)
        found.files += [
            path for path in ignored.files if path not in known and any_matches(path, options.include, folder)
        ]
    if triggers == TRIGGERS:
        found.errors += unsearchable_requirements(folder)
    kept = []
    for path in found.files:
        tree = None if any_matches(path, options.include, folder) else foreign_tree(folder, path)
        if tree is not None:
            if tree not in found.skipped:
                found.skipped.append(tree)
        elif any_matches(path, options.exclude, folder):
            found.left_out.append((path, EXCLUDED))
        elif is_own(path):
            found.left_out.append((path, "ik-migrate's own"))
        else:
            kept.append(path)
    found.errors = [(path, reason) for path, reason in found.errors if not any_matches(path, options.exclude, folder)]
    found.files = sorted(kept)
    return found


def search_python(folder: Path, triggers: Iterable[bytes], options: Options) -> list[Path]:
    """Return the Python modules below a folder that contain one of ``triggers``; see `search`."""
    return [path for path in search(folder, triggers, options, counted=()).files if path.suffix == ".py"]


def _git_grep(
    folder: Path,
    triggers: tuple[bytes, ...],
    remarks: list[str],
    counted: Collection[Path] | None,
    *,
    with_ignored: bool,
) -> Search | None:
    """Let git search its work tree, also what it ignores if asked to; see `search` for the other arguments.

    Returns:
        None where there is no work tree, or git does not do it. The latter is added to ``remarks``.

    Raises:
        SpecialFile: when git would have to read what is not a regular file.
    """
    top = top_of(folder)
    if top is None:
        return None
    grep = ["grep", "-l", "-z", "--untracked", "--no-recurse-submodules", "--no-color"]
    if with_ignored:
        grep.append("--no-exclude-standard")
    kind, patterns = _patterns(triggers)
    huge: list[str] = []
    try:
        check_files_of_git(top, folder)
        with isolate(top) as git:
            # From standard input: thousands of names are too long for a command line.
            searching = git.start(*grep, kind, "-f", "-", "--", ".", folder=folder)
            listing = git.start(*LISTING, folder=folder) if counted is None or counted else None
            names, complaints = answer_of(searching, patterns)
            if _OUT_OF_MEMORY in complaints:
                huge = _huge_files(git, folder)
                others = (f":(exclude,literal){os.path.relpath(path, folder)}" for path in huge)
                searching = git.start(*grep, kind, "-f", "-", "--", ".", *others, folder=folder)
                names, complaints = answer_of(searching, patterns)
            listed, more_complaints = answer_of(listing) if listing is not None else (b"", b"")
    except SpecialFile:
        raise
    except GitError as error:
        remarks.append(_without_git(folder, str(error)))
        return None
    if searching.returncode not in {0, 1} or (listing is not None and listing.returncode):
        reason = first_line(complaints or more_complaints)
        remarks.append(_without_git(folder, reason or f"its exit status was {searching.returncode}"))
        return None
    paths = [folder / os.fsdecode(name) for name in names.split(b"\0") if name]
    found = Search([path for path in paths if _is_to_be_read(path)])
    tree = Listing(str(folder), listed)
    is_counted = None if counted is None else quick_test(counted)
    found.searched = len(tree) if is_counted is None else sum(map(is_counted, tree))
    errors = {
        folder / os.fsdecode(complaint["path"]): complaint["reason"].decode("utf-8", "replace")
        for complaint in re.finditer(_GIT_COMPLAINT, complaints + more_complaints)
    }
    found.errors = sorted(errors.items())
    if tree.links or huge:
        from ik_migrate.files.walk import search_links

        linked = search_links([*tree.links, *huge], triggers)
        found.files += linked.files
        found.errors += linked.errors
    submodules = list(_submodules(folder))
    for path in map(Path, tree.repositories):
        if path not in submodules and (is_counted is None or is_counted(str(path))):
            found.skipped.append(path.relative_to(folder).as_posix())
    for module in submodules:
        inner = search(module, triggers, counted=counted)
        found.files += inner.files
        found.searched += inner.searched
        found.errors += inner.errors
    return found


def _huge_files(git: Git, folder: Path) -> list[str]:
    """The files that git cannot search since it would hold them in memory, as a list of paths.

    Raises:
        GitError: when git does not list its files.
    """
    listing = git.start("ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=folder)
    answer, _ = answer_of(listing)
    paths = [os.path.join(folder, os.fsdecode(name)) for name in answer.split(b"\0") if name]
    return [path for path in paths if os.path.isfile(path) and os.path.getsize(path) > LARGEST]


def _is_to_be_read(path: Path) -> bool:
    """Whether a file that git found is one to look into; it may have gone since, or be known to the index alone."""
    try:
        return os.path.isfile(path) and not is_larger_than_text(path)
    except OSError:
        return True


def _patterns(triggers: tuple[bytes, ...]) -> tuple[str, bytes]:
    """The option that says how git is to read the patterns, and the patterns, one a line.

    It looks for one after the other, so many become one.
    """
    if len(triggers) <= _FEW:
        return "-F", b"\n".join(triggers)
    from ik_migrate.files.multi_pattern import any_of, shortest

    return "-E", any_of(shortest(triggers), is_posix=True)


def _without_git(folder: Path, reason: str) -> str:
    return f"git could not list the files of {folder}, so those that it ignores are searched as well: {reason}"


def _submodules(folder: Path) -> Iterator[Path]:
    """Checked-out submodules below ``folder``, which ``git grep --untracked`` does not enter."""
    try:
        listing = file_content(folder / ".gitmodules").decode("utf-8", "replace")
    except OSError:
        # There are none; or git could not read it either, and has said so.
        return
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        module = folder / os.path.normpath(value.strip())
        # Git itself puts submodules nowhere else than below the folder, and not behind links.
        if key.strip() == "path" and (module / ".git").exists() and is_below(module, [folder]) and module != folder:
            real = os.path.join(os.path.realpath(folder), module.relative_to(folder))
            if os.path.realpath(module) == real:
                yield module
