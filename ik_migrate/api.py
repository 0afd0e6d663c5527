"""Scan a code base, or rewrite it: what the command line calls."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ik_migrate.baseline.run_baseline import RunBaseline
from ik_migrate.engine.progress import Progress, unseen
from ik_migrate.files.discovery import search
from ik_migrate.files.filetypes import is_of_concern, is_python
from ik_migrate.files.places import is_below, is_project, project_root
from ik_migrate.files.reading import LARGEST, file_content, large_pieces
from ik_migrate.files.repository import top_of
from ik_migrate.files.search_result import Search
from ik_migrate.files.triggers import has_trigger
from ik_migrate.model.errors import ConfigError
from ik_migrate.model.options import Options
from ik_migrate.model.path_patterns import any_matches
from ik_migrate.model.report import Report

if TYPE_CHECKING:
    from ik_migrate.engine.interactive import ConfirmCallback
    from ik_migrate.model.result import FileResult
    from ik_migrate.model.run_info import ProjectTarget


Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


def scan(
    paths: Paths,
    options: Options | None = None,
    *,
    base: Path | None = None,
    only: Iterable[Path] | None = None,
    contents: Mapping[Path, bytes] | None = None,
    choose: ConfirmCallback | None = None,
    with_fixes: bool = False,
    write_baseline: Path | None = None,
    progress: Progress = unseen,
) -> Report:
    """Find what ImageKit 3 changes, and work out the rewrites; write nothing.

    Args:
        paths: files and folders to look at, or a single one.
        options: what to rewrite and what to skip.
        base: the folder that paths are shown relative to; the current one if not given.
        only: the files to look at among those in ``paths``, absolute; all if not given.
        contents: what stands for files instead of what they hold, by their absolute paths. They need not be there.
        choose: asked about each rewrite, if given: those that it refuses are in no result's ``after``.
        with_fixes: also work out what each rewrite does on its own, see `FileResult`; not with ``choose``.
        write_baseline: a file to make the baseline of all that is found; none of it counts then.
        progress: called as the run advances.

    Raises:
        IkMigrateError: when an option cannot be used, or the baseline cannot be read or written.
    """
    paths = as_paths(paths)
    options = options or Options()
    base = base or Path.cwd()
    only = None if only is None else set(only)
    baseline = RunBaseline(options, paths, only, base, write_baseline)
    contents = contents or {}
    found = Search()
    results: dict[str, FileResult] = {}
    targets: list[ProjectTarget] = []
    for root, wanted in _by_project(paths, found, contents).items():
        progress("Searching", 0, 0)
        is_lone_file = not is_project(root) and not any(path.is_dir() for path in wanted)
        options = replace(options, only_packages=is_lone_file)
        texts = {path: data for path, data in contents.items() if not any_matches(path, options.exclude, root)}
        inner = _mentioning(root, wanted, options, texts)
        found.errors += [error for error in inner.errors if error not in found.errors and is_below(error[0], wanted)]
        found.left_out += [left for left in _left_out(inner) if is_below(left[0], wanted)]
        found.remarks += [remark for remark in inner.remarks if remark not in found.remarks]
        found.skipped += [name for name in inner.skipped if name not in found.skipped]
        if only is not None:
            wanted = [path for path in sorted(only) if is_below(path, wanted)]
        found.searched += inner.searched if only is None else len(wanted)
        if wanted and (inner.files or texts):
            from ik_migrate.engine.run import migrate_project

            check_codes(options)
            migrated = migrate_project(
                root,
                inner.files,
                wanted,
                base,
                options,
                contents=texts,
                choose=choose,
                with_fixes=with_fixes,
                progress=progress,
                targets=targets,
            )
            results |= {result.path: result for result in migrated}
    results = _each_once(results, base)
    errors = tuple((_shown(path, base), reason) for path, reason in found.errors)
    report = Report(
        "scan",
        tuple(results[path] for path in sorted(results)),
        files_searched=found.searched,
        errors=errors,
        unsafe_fixes=options.unsafe_fixes,
        flags=options.rewrite_flags,
        skipped_trees=tuple(found.skipped),
        left_out=tuple((_shown(path, base), reason) for path, reason in sorted(found.left_out)),
        all_rules=not (options.select or options.ignore or options.per_file_ignores),
        remarks=tuple(found.remarks),
        targets=tuple(targets),
        is_in_git=all(top_of(path) is not None for path in paths),
    )
    return baseline.compared(report)


def apply(
    paths: Paths,
    options: Options | None = None,
    *,
    base: Path | None = None,
    only: Iterable[Path] | None = None,
    choose: ConfirmCallback | None = None,
    select: Callable[[Report], Report] | None = None,
    backup: str = "",
    before_writing: Callable[[Report], None] | None = None,
    progress: Progress = unseen,
) -> Report:
    """Rewrite files in place, each whole or not at all; see `scan` for the other arguments.

    Args:
        select: removes from the report what is not to be rewritten.
        backup: keep each rewritten file as it was beside it, with this added to its name; not if empty.
        before_writing: called once all is worked out and nothing is written.
    """
    from ik_migrate.engine.write_results import written

    paths = as_paths(paths)
    options = options or Options()
    base = base or Path.cwd()
    only = None if only is None else set(only)
    baseline = RunBaseline(options, paths, only, base)
    report = scan(paths, replace(options, baseline=None), base=base, only=only, choose=choose, progress=progress)
    report = select(report) if select is not None else report
    if before_writing is not None:
        before_writing(report)
    return baseline.compared(written(report, paths, base, backup, progress))


def as_paths(paths: Paths) -> list[Path]:
    """What was given as one path or several, as a list."""
    return [Path(paths)] if isinstance(paths, str | os.PathLike) else [Path(path) for path in paths]


def check_codes(options: Options) -> None:
    """See that the rules of other packages can be used, and that there are rules for all codes.

    Raises:
        PluginError: when the rules of a package cannot be used.
        ConfigError: when there are no rules for a code.
    """
    from ik_migrate.engine.registry import describe_unknown_code, rules

    rules()
    ignores = [code for _, codes in options.per_file_ignores for code in codes]
    for key, codes in (("select", options.select), ("ignore", options.ignore), ("per-file-ignores", ignores)):
        complaint = describe_unknown_code(codes)
        if complaint:
            raise ConfigError(f"{options.said_in}: {key}: {complaint}" if options.said_in else f"{key}: {complaint}")


def _by_project(paths: Sequence[Path], found: Search, contents: Mapping[Path, bytes]) -> dict[Path, list[Path]]:
    """The paths that were given, by the projects that they lie in; those that are not there are errors."""
    projects: dict[Path, list[Path]] = {}
    for path in paths:
        absolute = Path(os.path.abspath(path))
        if absolute not in contents and not path.exists():
            found.errors.append((path, "no such file or folder"))
        elif absolute not in contents and not (path.is_file() or path.is_dir()):
            found.errors.append((path, "not a file or folder"))
        else:
            root = project_root(path)
            real = Path(os.path.realpath(path))
            if path.is_dir() and not is_below(real, [Path(os.path.realpath(root))]):
                # A link out of the project, whose files a search of the project does not come to.
                root, absolute = project_root(real), real
            projects.setdefault(root, []).append(absolute)
    return projects


def _mentioning(root: Path, wanted: Sequence[Path], options: Options, contents: Mapping[Path, bytes]) -> Search:
    """The files of a project that mention ImageKit, and those named on their own even if git ignores them."""
    found = search(root, options=options, counted=wanted)
    found.files = [path for path in found.files if path not in contents]
    found.files += [path for path, data in contents.items() if has_trigger(data)]
    known = set(found.files)
    for path in wanted:
        if path in contents:
            continue
        try:
            if path.is_dir() and not os.access(path, os.R_OK | os.X_OK):
                found.errors.append((path, "cannot read it"))
            elif any_matches(path, options.exclude, root):
                continue
            elif path.is_file() and path not in known and _mentions_imagekit(path):
                found.files.append(path)
                known.add(path)
        except OSError as error:
            found.errors.append((path, f"cannot read it: {error.strerror or error}"))
    return found


def _mentions_imagekit(path: Path) -> bool:
    """Whether a file that was named says so.

    Raises:
        OSError: when it cannot be read.
    """
    pieces = large_pieces(path) if path.stat().st_size > LARGEST else [file_content(path)]
    return any(map(has_trigger, pieces))


def _left_out(found: Search) -> list[tuple[Path, str]]:
    """The files that mention ImageKit and are not looked into, with the reasons."""
    prose = [path for path in found.files if not is_of_concern(path.name)]
    return [*found.left_out, *((path, "documentation, an image or a backup, by its name") for path in prose)]


def _each_once(results: dict[str, FileResult], base: Path) -> dict[str, FileResult]:
    """Return the results without those for a link to a file that also has a result.

    A file that only the name of a link says to be Python is the link's.
    """
    links = sorted(path for path in results if (base / path).is_symlink())
    if not links:
        return results
    kept = dict(results)
    taken = {os.path.realpath(base / path): path for path in results if path not in links}
    for path in links:
        target = os.path.realpath(base / path)
        known = taken.get(target)
        if known is not None and (is_python(known, b"") or not is_python(path, b"")):
            del kept[path]
            continue
        if known is not None:
            del kept[known]
        taken[target] = path
    return kept


def _shown(path: Path, base: Path) -> str:
    """How a path is named to the user: relative to ``base``, with forward slashes."""
    return Path(os.path.relpath(path, base)).as_posix()


__all__ = ["Options", "apply", "project_root", "scan"]
