"""One file through all rules: read, found, rewritten, checked."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ik_migrate.engine.add_ignores import suppress_ignored
from ik_migrate.engine.conflicts import drop_partial_classes
from ik_migrate.engine.errors import REPORT_IT, TOO_DEEP, RuleError, describe_exception
from ik_migrate.engine.interactive import ConfirmCallback, confirm_rewrites
from ik_migrate.engine.parsed_file import ParsedFile, PlainFile, PythonFile
from ik_migrate.engine.time_limit import TEXT_BYTES_PER_SECOND, TEXT_SECONDS, time_limit
from ik_migrate.files.filetypes import is_python
from ik_migrate.model.change import NeedSupport
from ik_migrate.model.finding import Finding
from ik_migrate.model.options import Options
from ik_migrate.model.result import FileResult, Status
from ik_migrate.project.project import Project
from ik_migrate.project.text_file import TextFile
from ik_migrate.source.edited_text import Conflict
from ik_migrate.source.python2.tokens import NotPython, TooDeep, TooLarge
from ik_migrate.source.source_file import Source, Undecodable

# Bytes. The rules for text are made for templates and scripts; a line of a megabyte would keep them busy for minutes.
_TEXT_AT_MOST = 2_000_000
_LINE_AT_MOST = 20_000
_TOO_LARGE = "skipped: looks generated (over 2 MB or very long lines)"


def migrate_file(
    project: Project, path: Path, shown_path: str, options: Options, choose: ConfirmCallback | None = None
) -> FileResult:
    """Look at one file, and work out what it would be after the rewrite.

    Nothing is written. Whatever goes wrong is in the result, not raised.

    Args:
        project: the project that it belongs to.
        path: the file.
        shown_path: how it is named to the user.
        options: what to rewrite.
        choose: asked about each rewrite, if given.
    """
    try:
        data = project.read(path)
    except OSError as error:
        if error.errno == errno.EFBIG and not is_python(path.name, b""):
            return FileResult(shown_path, Status.SKIPPED, reason=_TOO_LARGE)
        reason = f"cannot read it: {error.strerror or error}"
        if error.errno == errno.EFBIG:
            reason += ". Exclude it with --exclude."
        return FileResult(shown_path, Status.FAILED, reason=reason)
    return migrate_bytes(project, path, shown_path, data, options, choose)


def migrate_bytes(
    project: Project, path: Path, shown_path: str, data: bytes, options: Options, choose: ConfirmCallback | None = None
) -> FileResult:
    """Look at the content of one file, and work out what it would be after the rewrite; see `migrate_file`."""
    try:
        if path in project.faults:
            raise RuleError(project.faults[path])
        options = options.for_file(path, project.root)
        # Whoever is asked about a rewrite may think as long as they like: that takes no processor time.
        if is_python(path.name, data):
            with time_limit(len(data)):
                return _migrate(PythonFile.load(project, path, data), shown_path, data, options, choose)
        if _is_generated(data):
            return FileResult(shown_path, Status.SKIPPED, before=data, after=data, reason=_TOO_LARGE)
        with time_limit(len(data), TEXT_SECONDS, TEXT_BYTES_PER_SECOND):
            file = PlainFile(TextFile(shown_path, Source.from_text(data), project))
            return _migrate(file, shown_path, data, options, choose)
    except Undecodable as error:
        reason = f"cannot decode it: {error}. Declare its encoding in its first line, or save it as UTF-8."
    except TooDeep:
        reason = TOO_DEEP
    except TooLarge as error:
        reason = f"it is larger than {error.limit // 1_000_000} MB, the limit for Python. Split it or use --exclude."
    except NotPython as error:
        reason = f"not valid Python 2 or 3: {error}. Fix the file or exclude it with --exclude."
    except RuleError as error:
        reason = str(error)
    except Conflict as error:
        reason = f"conflicting edits: {error}. {REPORT_IT}"
    except Exception as error:
        reason = describe_exception(error)
    return FileResult(shown_path, Status.FAILED, before=data, after=data, reason=reason)


def _migrate(
    file: ParsedFile, shown_path: str, data: bytes, options: Options, choose: ConfirmCallback | None
) -> FileResult:
    source = file.source
    findings, ignored = file.find(options)
    proposed = _proposed(findings, options)
    result = FileResult(
        shown_path, Status.UNCHANGED, findings, before=data, after=data, encoding=source.encoding, suppressed=ignored
    )
    chosen = proposed
    if choose is not None:
        chosen = confirm_rewrites(result, proposed, lambda unit: _encoded(source, file.rewrite(unit)), choose)
        confirmed = frozenset(chosen)
        result = replace(result, declined=tuple(finding for finding in proposed if finding not in confirmed))
    text, again, left = source.text, file, findings
    if chosen:
        text = file.rewrite(chosen)
        again = file.reread(text)
        left, _ = again.find(options)
        _check_second_run(_proposed(left, options), result.declined)
        result = replace(result, findings=file.update_suggestions(findings, chosen, left, again))
    if options.todo or options.add_ignores:
        edits = again.comment_edits(left, options)
        text = again.with_edits(edits) if edits else text
    if options.add_ignores:
        final = again.reread(text)
        result = suppress_ignored(result, chosen, final.find(options)[0])
        final.forget()
    if again is not file:
        again.forget()
    if text == source.text:
        # What only needs a piece of the support module changes no text.
        return replace(result, applied=chosen)
    return replace(result, status=Status.CHANGED, applied=chosen, after=_encoded(source, text))


def _proposed(findings: tuple[Finding, ...], options: Options) -> tuple[Finding, ...]:
    """The findings that ``apply`` would rewrite."""
    return tuple(drop_partial_classes([finding for finding in findings if options.should_apply(finding)], findings))


def _check_second_run(proposed: Iterable[Finding], declined: Iterable[Finding]) -> None:
    """See that a second run would have nothing to do but what was declined.

    Raises:
        RuleError: when it would rewrite something else.
    """
    too_many = Counter(finding.rule.code for finding in proposed) - Counter(finding.rule.code for finding in declined)
    for finding in proposed:
        if finding.rule.code in too_many and not all(isinstance(change, NeedSupport) for change in finding.changes):
            line = finding.location.line
            raise RuleError(f"a second run would change it again (rule {finding.rule.code}, line {line}). {REPORT_IT}")


def _is_generated(data: bytes) -> bool:
    """Whether a file that is not Python looks like a dump or like minified code."""
    return len(data) > _TEXT_AT_MOST or any(len(line) > _LINE_AT_MOST for line in data.splitlines())


def _encoded(source: Source, text: str) -> bytes:
    try:
        return source.encode(text)
    except UnicodeEncodeError:
        raise RuleError(f"the rewritten text does not fit the encoding {source.encoding}. {REPORT_IT}") from None
