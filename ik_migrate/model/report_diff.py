"""How the findings of a run compare with those of an earlier report."""

from __future__ import annotations

from dataclasses import dataclass

from ik_migrate.model.finding import Finding


@dataclass(frozen=True)
class ReportDiff:
    """What is new, gone and left since an earlier report; notices do not count.

    Args:
        file: the earlier report, as the user named it.
        date: when it was made; empty where it does not say.
        new: findings that it does not have.
        gone: findings that only it has.
        left: findings that both have, as they are now.
    """

    file: str
    date: str
    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    left: tuple[Finding, ...]
