"""What was asked for on the command line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ik_migrate.findings import Applicability, Finding
from ik_migrate.targets import DEFAULT_TARGET


@dataclass(frozen=True)
class Options:
    """How to scan and what to rewrite.

    Args:
        unsafe_fixes: also make rewrites that can change behaviour.
        select: codes of the only rules to heed, or their beginnings; empty for all.
        ignore: codes of rules to leave out, or their beginnings.
        exclude: patterns of paths to leave out.
        keep_cache_names: let the files of spec fields keep the names that ImageKit 2 gave them.
        todo: put a comment above each place that needs a person.
        target: the version of ImageKit to move to.
    """

    unsafe_fixes: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    keep_cache_names: bool = False
    todo: bool = False
    target: str = DEFAULT_TARGET

    def heeds(self, finding: Finding) -> bool:
        """Whether the finding's rule was asked for."""
        code = finding.rule.code
        selected = not self.select or _starts(code, self.select)
        return selected and not _starts(code, self.ignore)

    def writes(self, finding: Finding) -> bool:
        """Whether the finding's rewrite is to be made."""
        if not finding.changes:
            return False
        if finding.applicability is Applicability.UNSAFE:
            return self.unsafe_fixes
        return finding.applicability is Applicability.SAFE


def _starts(code: str, beginnings: Collection[str]) -> bool:
    return any(code.startswith(beginning.upper()) for beginning in beginnings)
