"""One file through all rules: read, found, rewritten, checked."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ik_migrate.codegen.legacy_field import falls_back
from ik_migrate.engine.add_ignores import ignore_edits_of_module, ignore_edits_of_text, suppress_ignored
from ik_migrate.engine.conflicts import drop_partial_classes, fold_blocked, resolve_conflicts, update_suggestions
from ik_migrate.engine.errors import TOO_DEEP, describe_exception
from ik_migrate.engine.interactive import ConfirmCallback, confirm_rewrites
from ik_migrate.engine.registry import checks
from ik_migrate.engine.suppression import partition_findings
from ik_migrate.engine.time_limit import TEXT_BYTES_PER_SECOND, TEXT_SECONDS, time_limit
from ik_migrate.engine.todo import todo_edits_of_module, todo_edits_of_text
from ik_migrate.files.filetypes import is_python
from ik_migrate.imagekit.spec_field import SpecField, spec_fields
from ik_migrate.model.change import Edit, NeedSupport
from ik_migrate.model.errors import ISSUES
from ik_migrate.model.finding import Finding
from ik_migrate.model.options import Options
from ik_migrate.model.result import FileResult, Status
from ik_migrate.project.module import Module
from ik_migrate.project.project import Project
from ik_migrate.project.text_file import TextFile
from ik_migrate.rules import AnyCheck, LeftoverCheck, ModuleCheck, SpecFieldCheck, TextCheck
from ik_migrate.source.edited_text import Conflict, EditedText
from ik_migrate.source.python2.tokens import NotPython, TooDeep, TooLarge
from ik_migrate.source.source_file import Source, Undecodable
from ik_migrate.source.tree import read
from ik_migrate.source.undefined_names import undefined_names

_REPORT = f"The file is unchanged. Report this: {ISSUES}"
# Bytes. The rules for text are made for templates and scripts; a line of a megabyte would keep them busy for minutes.
_TEXT_AT_MOST = 2_000_000
_LINE_AT_MOST = 20_000
_TOO_LARGE = "skipped: looks generated (over 2 MB or very long lines)"


class RuleError(Exception):
    """A rule failed on a file; the message says which and how."""


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
                return _migrate_python(project, path, shown_path, data, options, choose)
        with time_limit(len(data), TEXT_SECONDS, TEXT_BYTES_PER_SECOND):
            return _migrate_text(project, shown_path, data, options, choose)
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
        reason = f"conflicting edits: {error}. {_REPORT}"
    except Exception as error:
        reason = describe_exception(error)
    return FileResult(shown_path, Status.FAILED, before=data, after=data, reason=reason)


def _migrate_python(
    project: Project, path: Path, shown_path: str, data: bytes, options: Options, choose: ConfirmCallback | None
) -> FileResult:
    module = project.load(path, data)
    source = module.text.source
    findings, ignored = partition_findings(module, findings_of(module, options), options)
    findings = fold_blocked(findings)
    proposed = tuple(drop_partial_classes([finding for finding in findings if options.should_apply(finding)], findings))
    result = FileResult(
        shown_path,
        Status.UNCHANGED,
        findings,
        before=data,
        after=data,
        encoding=source.encoding,
        suppressed=ignored,
    )

    def rewritten(chosen: tuple[Finding, ...]) -> str:
        from ik_migrate.engine.rewrite import rewrite

        return rewrite(module, spec_fields(module), chosen)

    chosen = proposed
    if choose is not None:
        chosen = confirm_rewrites(result, proposed, lambda unit: _encoded(source, rewritten(unit)), choose)
        result = replace(result, declined=_without(proposed, chosen))
    text = source.text
    again, left = module, findings
    if chosen:
        text = rewritten(chosen)
        again, left = _checked(module, text, options, result.declined)
        result = replace(result, findings=update_suggestions(findings, chosen, left, module, again))
    if options.todo or options.add_ignores:
        edits = (todo_edits_of_module if options.todo else ignore_edits_of_module)(again, left)
        text = EditedText(again.text.source, edits, frozenset()).render() if edits else text
    if options.add_ignores:
        final = Module(module.project, module.path, read(Source(text, source.encoding)))
        remaining, _ = partition_findings(final, findings_of(final, options), options)
        result = suppress_ignored(result, chosen, fold_blocked(remaining))
        final.forget()
    if again is not module:
        again.forget()
    return _with_text(result, source, text, chosen)


def _without(findings: Iterable[Finding], some: Iterable[Finding]) -> tuple[Finding, ...]:
    some = set(some)
    return tuple(finding for finding in findings if finding not in some)


def _migrate_text(
    project: Project, shown_path: str, data: bytes, options: Options, choose: ConfirmCallback | None
) -> FileResult:
    if _is_generated(data):
        return FileResult(shown_path, Status.SKIPPED, before=data, after=data, reason=_TOO_LARGE)
    file = TextFile(shown_path, Source.from_text(data), project)
    findings, ignored = partition_findings(file, _findings_of_text(file), options)
    result = FileResult(shown_path, Status.UNCHANGED, findings, before=data, after=data, suppressed=ignored)

    def rewritten(chosen: tuple[Finding, ...]) -> str:
        edits = [change for finding in chosen for change in finding.changes if isinstance(change, Edit)]
        return EditedText(file.source, edits, frozenset()).render()

    chosen = proposed = tuple(finding for finding in findings if options.should_apply(finding))
    if choose is not None:
        chosen = confirm_rewrites(result, proposed, lambda unit: _encoded(file.source, rewritten(unit)), choose)
        result = replace(result, declined=_without(proposed, chosen))
    text = rewritten(chosen)
    if options.todo or options.add_ignores:
        again = replace(file, source=Source(text, "utf-8"))
        left, _ = partition_findings(again, _findings_of_text(again), options)
        edits = (todo_edits_of_text if options.todo else ignore_edits_of_text)(again, left)
        text = EditedText(again.source, edits, frozenset()).render() if edits else text
    if options.add_ignores:
        final = replace(file, source=Source(text, "utf-8"))
        remaining, _ = partition_findings(final, _findings_of_text(final), options)
        result = suppress_ignored(result, chosen, remaining)
    return _with_text(result, file.source, text, chosen)


def _is_generated(data: bytes) -> bool:
    """Whether a file that is not Python looks like a dump or like minified code."""
    return len(data) > _TEXT_AT_MOST or any(len(line) > _LINE_AT_MOST for line in data.splitlines())


def _findings_of_text(file: TextFile) -> list[Finding]:
    """What the rules say of a file that is not Python.

    Raises:
        RuleError: when a rule fails.
    """
    found: list[Finding] = []
    for check in checks():
        if isinstance(check, TextCheck):
            try:
                found += check.find(file)
            except Exception as error:
                raise _failed(check, error) from error
    return found + _leftovers(file, found)


def _leftovers(file: Module | TextFile, found: list[Finding]) -> list[Finding]:
    """What is left to say about a file once all other rules have spoken.

    Raises:
        RuleError: when a rule fails.
    """
    left: list[Finding] = []
    for check in checks():
        if isinstance(check, LeftoverCheck):
            try:
                left += check.find(file, found)
            except Exception as error:
                raise _failed(check, error) from error
    return left


def _with_text(result: FileResult, source: Source, text: str, chosen: tuple[Finding, ...]) -> FileResult:
    """The result with what the file will be.

    Raises:
        RuleError: when the text does not fit the file's encoding.
    """
    if text == source.text:
        # What only needs a piece of the support module changes no text.
        return replace(result, applied=chosen)
    return replace(result, status=Status.CHANGED, applied=chosen, after=_encoded(source, text))


def _encoded(source: Source, text: str) -> bytes:
    try:
        return source.encode(text)
    except UnicodeEncodeError:
        raise RuleError(f"the rewritten text does not fit the encoding {source.encoding}. {_REPORT}") from None


def findings_of(module: Module, options: Options) -> list[Finding]:
    """All findings in a Python file, in the order of the file.

    Args:
        module: the file.
        options: which rules are enabled; the findings include those of other rules.

    Raises:
        RuleError: when a rule fails.
    """
    found: list[Finding] = []
    static: list[SpecField] | None = None
    for check in checks() if not module.is_support else ():
        try:
            match check:
                case SpecFieldCheck():
                    if static is None:
                        static = [spec for spec in spec_fields(module) if not falls_back(spec)]
                    for spec in static:
                        found += check.find(spec)
                case ModuleCheck():
                    found += check.find(module)
        except Exception as error:
            raise _failed(check, error) from error
    found += _leftovers(module, found)
    return resolve_conflicts(module, sorted(found, key=lambda finding: finding.sort_key), options)


def _failed(check: AnyCheck, error: Exception) -> RuleError:
    return RuleError(describe_exception(error, f"rule {', '.join(rule.code for rule in check.rules)}"))


def _checked(
    module: Module, text: str, options: Options, refused: Iterable[Finding]
) -> tuple[Module, tuple[Finding, ...]]:
    """The rewritten file and what is left in it.

    It must parse, and a second run must have nothing to do but what was refused.

    Raises:
        RuleError: when it is not so.
    """
    try:
        source = Source(text, module.text.source.encoding)
        again = Module(module.project, module.path, read(source))
        if module.text.is_python2:
            from ik_migrate.source.python2.translation import check_python2

            check_python2(text)
        again.text.check_compiles(module.text)
    except NotPython as error:
        raise RuleError(f"the rewritten file would not be Python any more ({error}). {_REPORT}") from None
    undefined = undefined_names(again.text)
    undefined = undefined and undefined - undefined_names(module.text)
    if undefined:
        raise RuleError(f"the rewritten file would use {min(undefined)} without defining it. {_REPORT}")
    findings = fold_blocked(partition_findings(again, findings_of(again, options), options)[0])
    left = drop_partial_classes([finding for finding in findings if options.should_apply(finding)], findings)
    too_many = Counter(finding.rule.code for finding in left) - Counter(finding.rule.code for finding in refused)
    for finding in left:
        if finding.rule.code in too_many and not all(isinstance(change, NeedSupport) for change in finding.changes):
            line = finding.location.line
            raise RuleError(f"a second run would change it again (rule {finding.rule.code}, line {line}). {_REPORT}")
    return again, findings
