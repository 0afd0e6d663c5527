"""What else a finding says: how to state that it is fine as it is, and which others wait for it."""

from __future__ import annotations

from ik_migrate.model.finding import Finding
from ik_migrate.source.ignore_form import ignore_comment


def ignore_hint(finding: Finding) -> str:
    """Return one sentence on how to have a finding ignored, and what happens then."""
    code, line = finding.rule.code, finding.location.line
    comment = ignore_comment(finding.path, [code])
    then = "`apply` rewrites the rest of the call" if finding.blocks else "`apply` does not change it"
    if not comment:
        return f"If it is right as it is, use `--per-file-ignores` with {code}: it is no longer reported, and {then}."
    return f"If it is right as it is, add `{comment}` to line {line}: it is no longer reported, and {then}."


def blocked_sentence(finding: Finding) -> str:
    """Which findings wait for this one, a sentence."""
    places = [f"{one.rule.code} (line {one.location.line})" for one in finding.blocks]
    listed = ", ".join(places[:-1]) + " and " + places[-1] if len(places) > 1 else places[0]
    verb = "wait" if len(places) > 1 else "waits"
    return f"{listed} {verb} for this one; `apply` rewrites the call once it is resolved."
