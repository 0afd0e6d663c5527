"""A file as the pipeline sees it: what the rules find in it, and what it becomes; Python or not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ik_migrate.codegen.legacy_field import falls_back
from ik_migrate.engine.add_ignores import ignore_edits_of_module, ignore_edits_of_text
from ik_migrate.engine.conflicts import fold_blocked, resolve_conflicts, update_suggestions
from ik_migrate.engine.errors import REPORT_IT, RuleError, describe_exception
from ik_migrate.engine.registry import checks
from ik_migrate.engine.suppression import partition_findings
from ik_migrate.engine.todo import todo_edits_of_module, todo_edits_of_text
from ik_migrate.imagekit.spec_field import SpecField, spec_fields
from ik_migrate.model.change import Edit
from ik_migrate.model.finding import Finding
from ik_migrate.model.options import Options
from ik_migrate.project.module import Module
from ik_migrate.project.project import Project
from ik_migrate.project.text_file import TextFile
from ik_migrate.rules import AnyCheck, LeftoverCheck, ModuleCheck, SpecFieldCheck, TextCheck
from ik_migrate.source.edited_text import EditedText
from ik_migrate.source.python2.tokens import NotPython
from ik_migrate.source.source_file import Source
from ik_migrate.source.tree import read
from ik_migrate.source.undefined_names import undefined_names


class ParsedFile(ABC):
    """A file that was read, and the text that it has."""

    source: Source

    @abstractmethod
    def find(self, options: Options) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """Return the findings that count, in the order of the file, and those that a comment says to ignore.

        Raises:
            RuleError: when a rule fails.
        """

    @abstractmethod
    def rewrite(self, chosen: tuple[Finding, ...]) -> str:
        """Return the text with the changes of some findings."""

    @abstractmethod
    def reread(self, text: str) -> ParsedFile:
        """Return the file as it is with another text.

        Raises:
            RuleError: when it cannot be that.
        """

    @abstractmethod
    def comment_edits(self, findings: Iterable[Finding], options: Options) -> list[Edit]:
        """Return the edits that put comments above findings: to do them, or to ignore them."""

    def with_edits(self, edits: list[Edit]) -> str:
        """Return the text with edits."""
        return EditedText(self.source, edits, frozenset()).render()

    def update_suggestions(
        self, findings: tuple[Finding, ...], chosen: tuple[Finding, ...], left: tuple[Finding, ...], after: ParsedFile
    ) -> tuple[Finding, ...]:
        """Return the findings with suggestions that fit the file as the rewrite leaves it."""
        return findings

    def forget(self) -> None:  # noqa: B027
        """Free what was remembered of it."""


class PythonFile(ParsedFile):
    """A Python file."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.source = module.text.source

    @classmethod
    def load(cls, project: Project, path: Path, data: bytes) -> PythonFile:
        """Read it from its bytes."""
        return cls(project.load(path, data))

    def find(self, options: Options) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """Run the rules for Python, and decide which of their findings exclude each other."""
        counting, ignored = partition_findings(self.module, findings_of(self.module, options), options)
        return fold_blocked(counting), ignored

    def rewrite(self, chosen: tuple[Finding, ...]) -> str:
        """Let the code generation write the changes."""
        from ik_migrate.engine.rewrite import rewrite

        return rewrite(self.module, spec_fields(self.module), chosen)

    def reread(self, text: str) -> PythonFile:
        """Parse the text, which must be Python still, define all names that it uses, and compile."""
        before = self.module
        try:
            again = Module(before.project, before.path, read(Source(text, self.source.encoding)))
            if before.text.is_python2:
                from ik_migrate.source.python2.translation import check_python2

                check_python2(text)
            again.text.check_compiles(before.text)
        except NotPython as error:
            raise RuleError(f"the rewritten file would not be Python any more ({error}). {REPORT_IT}") from None
        undefined = undefined_names(again.text)
        undefined = undefined and undefined - undefined_names(before.text)
        if undefined:
            raise RuleError(f"the rewritten file would use {min(undefined)} without defining it. {REPORT_IT}")
        return PythonFile(again)

    def comment_edits(self, findings: Iterable[Finding], options: Options) -> list[Edit]:
        """Put them above the statements."""
        return (todo_edits_of_module if options.todo else ignore_edits_of_module)(self.module, findings)

    def update_suggestions(
        self, findings: tuple[Finding, ...], chosen: tuple[Finding, ...], left: tuple[Finding, ...], after: ParsedFile
    ) -> tuple[Finding, ...]:
        """Take suggestions from what is found after the rewrite, with the imports that they need."""
        assert isinstance(after, PythonFile)
        return update_suggestions(findings, chosen, left, self.module, after.module)

    def forget(self) -> None:
        """Free the syntax tree."""
        self.module.forget()


class PlainFile(ParsedFile):
    """A file that is not Python."""

    def __init__(self, file: TextFile) -> None:
        self.file = file
        self.source = file.source

    def find(self, options: Options) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """Run the rules for text."""
        found: list[Finding] = []
        for check in checks():
            if isinstance(check, TextCheck):
                try:
                    found += check.find(self.file)
                except Exception as error:
                    raise _failed(check, error) from error
        return partition_findings(self.file, found + _leftovers(self.file, found), options)

    def rewrite(self, chosen: tuple[Finding, ...]) -> str:
        """Make the edits of the findings."""
        return self.with_edits([change for finding in chosen for change in finding.changes if isinstance(change, Edit)])

    def reread(self, text: str) -> PlainFile:
        """Take the text as it is."""
        return PlainFile(replace(self.file, source=Source(text, "utf-8")))

    def comment_edits(self, findings: Iterable[Finding], options: Options) -> list[Edit]:
        """Put them above the lines, in the form of a comment that the kind of file has."""
        return (todo_edits_of_text if options.todo else ignore_edits_of_text)(self.file, findings)


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


def _leftovers(file: Module | TextFile, found: list[Finding]) -> list[Finding]:
    """What is left to say about a file once all other rules have spoken."""
    left: list[Finding] = []
    for check in checks():
        if isinstance(check, LeftoverCheck):
            try:
                left += check.find(file, found)
            except Exception as error:
                raise _failed(check, error) from error
    return left


def _failed(check: AnyCheck, error: Exception) -> RuleError:
    return RuleError(describe_exception(error, f"rule {', '.join(rule.code for rule in check.rules)}"))
