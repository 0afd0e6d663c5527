"""Comments that tell ik-migrate to ignore what it does not find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ik_migrate.rules import Applicability, Finding, Module, Rule, TextFile, UsedIgnore, checks_ignores, make_finding_at

RULE = Rule(
    code="IK801",
    name="unused-ignore",
    summary="a comment `# ik-migrate: ignore` that ignores nothing",
    applicability=(Applicability.NOTICE,),
    why=(
        "A comment that ignores nothing today can hide a later finding. A comment with a misspelt code does"
        " not ignore what it should."
    ),
    help="Remove or correct the comment.",
    source="docs/configuration.md, on comments",
    before="""\
from imagekit.processors import Crop  # ik-migrate: ignore[IK204]
""",
    after="""\
from imagekit.processors import Crop  # ik-migrate: ignore[IK204]
""",
)

# These rules find nothing once the call, or the last file of the project, is written for ImageKit 3: a comment that
# names one of them then records a decision, and is not a mistake.
_SILENT = ("IK105", "IK201", "IK304")


@checks_ignores(RULE)
def check_ignores(file: Module | TextFile, used: Iterable[UsedIgnore]) -> Iterator[Finding]:
    """Report comments, or codes in them, to which there was no finding."""
    for comment in used:
        for message in _messages(comment):
            place = (comment.ignore.start, comment.ignore.end)
            yield make_finding_at(RULE, file, place, message, Applicability.NOTICE)


def _messages(comment: UsedIgnore) -> Iterator[str]:
    ignore = comment.ignore
    if not ignore.is_understood:
        yield "not understood, so nothing is ignored: write `ik-migrate: ignore` or `ik-migrate: ignore[IK201,IK301]`"
    elif not ignore.codes:
        if not comment.silenced and comment.is_judged(""):
            yield "this comment ignores nothing"
    else:
        for code in ignore.codes:
            complaint = comment.complaint_about(code)
            if complaint:
                yield complaint
            elif _is_unused(comment, code):
                yield f"this comment ignores no {code}"


def _is_unused(comment: UsedIgnore, code: str) -> bool:
    if any(silenced.startswith(code) for silenced in comment.silenced):
        return False
    return comment.is_judged(code) and not any(silent.startswith(code) for silent in _SILENT)
