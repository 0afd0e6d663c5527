"""What the author of a rule imports: a rule declares itself, and its functions say what they check.

```python
RULE = Rule(code="ACME101", name="acme-storage", ...)


@checks_spec_field(RULE)
def check_storage(spec: SpecField) -> Iterator[Finding]:
    yield make_finding(RULE, spec.module, spec.call, ...)
```
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Generic, ParamSpec

from ik_migrate.codegen.errors import CannotGenerate
from ik_migrate.codegen.literals import quoted
from ik_migrate.codegen.support.use import need_support, require_support, support_of, use_support
from ik_migrate.imagekit.spec_field import SpecField, spec_fields
from ik_migrate.imagekit.version_detection import is_ik3_code
from ik_migrate.model.change import (
    AddArgument,
    AddImport,
    Change,
    DropArgument,
    DropName,
    Edit,
    MoveName,
    NeedSupport,
    RenameArgument,
)
from ik_migrate.model.examples import ONE_FIELD, ONE_FIELD_AFTER, photo_model
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.model.symptom import ErrorSymptom, ImageSymptom, Sign
from ik_migrate.project.ignore_comments import Ignore
from ik_migrate.project.module import Module
from ik_migrate.project.reporting import make_finding, make_finding_at
from ik_migrate.project.text_file import TextFile

__all__ = [
    "ONE_FIELD",
    "ONE_FIELD_AFTER",
    "AddArgument",
    "AddImport",
    "AnyCheck",
    "Applicability",
    "CannotGenerate",
    "Change",
    "Check",
    "DropArgument",
    "DropName",
    "Edit",
    "ErrorSymptom",
    "Finding",
    "IgnoreCheck",
    "ImageSymptom",
    "LeftoverCheck",
    "Module",
    "ModuleCheck",
    "MoveName",
    "NeedSupport",
    "RenameArgument",
    "Rule",
    "Sign",
    "SpecField",
    "SpecFieldCheck",
    "TextCheck",
    "TextFile",
    "UsedIgnore",
    "checks_ignores",
    "checks_leftovers",
    "checks_module",
    "checks_spec_field",
    "checks_text",
    "is_ik3_code",
    "make_finding",
    "make_finding_at",
    "need_support",
    "photo_model",
    "quoted",
    "require_support",
    "spec_fields",
    "support_of",
    "use_support",
]

_P = ParamSpec("_P")


@dataclass(frozen=True)
class UsedIgnore:
    """A comment that says what to ignore, and what came of it.

    Args:
        ignore: the comment.
        silenced: the codes of the rules whose findings it has silenced.
        complaint_about: returns what is wrong with a code in the comment; empty where some rule starts with it.
        is_judged: whether findings of the rules whose codes begin so would all have been seen in this run.
    """

    ignore: Ignore
    silenced: frozenset[str]
    complaint_about: Callable[[str], str]
    is_judged: Callable[[str], bool]


@dataclass(frozen=True)
class Check(Generic[_P]):
    """A function that finds what rules are about; the subclass says what it looks at.

    Args:
        rules: the rules whose findings it can yield.
        find: yields the findings.
    """

    rules: tuple[Rule, ...]
    find: Callable[_P, Iterable[Finding]]


class SpecFieldCheck(Check[[SpecField]]):
    """Looks at one call of a spec field."""


class ModuleCheck(Check[[Module]]):
    """Looks at one Python file."""


class TextCheck(Check[[TextFile]]):
    """Looks at one file that is not Python."""


class IgnoreCheck(Check[[Module | TextFile, Iterable[UsedIgnore]]]):
    """Looks at the comments of one file that say what to ignore, and at what came of them."""


class LeftoverCheck(Check[[Module | TextFile, Collection[Finding]]]):
    """Looks at one file when all other checks have, and at what they have found."""


AnyCheck = SpecFieldCheck | ModuleCheck | TextCheck | IgnoreCheck | LeftoverCheck


def checks_spec_field(*rules: Rule) -> Callable[[Callable[[SpecField], Iterable[Finding]]], SpecFieldCheck]:
    """Declare that a function finds what ``rules`` are about in a call of a spec field."""
    return lambda find: SpecFieldCheck(rules, find)


def checks_module(*rules: Rule) -> Callable[[Callable[[Module], Iterable[Finding]]], ModuleCheck]:
    """Declare that a function finds what ``rules`` are about in a Python file."""
    return lambda find: ModuleCheck(rules, find)


def checks_text(*rules: Rule) -> Callable[[Callable[[TextFile], Iterable[Finding]]], TextCheck]:
    """Declare that a function finds what ``rules`` are about in a file that is not Python."""
    return lambda find: TextCheck(rules, find)


def checks_ignores(
    *rules: Rule,
) -> Callable[[Callable[[Module | TextFile, Iterable[UsedIgnore]], Iterable[Finding]]], IgnoreCheck]:
    """Declare that a function finds what ``rules`` are about in comments that say what to ignore."""
    return lambda find: IgnoreCheck(rules, find)


def checks_leftovers(
    *rules: Rule,
) -> Callable[[Callable[[Module | TextFile, Collection[Finding]], Iterable[Finding]]], LeftoverCheck]:
    """Declare that a function finds what ``rules`` are about in a file, after all other checks."""
    return lambda find: LeftoverCheck(rules, find)
