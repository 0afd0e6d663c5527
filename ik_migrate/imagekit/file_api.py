"""What files of spec fields could in ImageKit 2, kept for all of them by the support module."""

from __future__ import annotations

from dataclasses import replace

from ik_migrate.model.change import NeedSupport
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability
from ik_migrate.project.facts import ProjectFacts

_PIECES = ("LegacyFile", "use_spec_files")
"""The file with ImageKit 2's methods and attributes, and the receiver that has all spec fields make it."""


def has_legacy_files(project: ProjectFacts) -> bool:
    """Whether the support module of a project makes files that can what those of ImageKit 2 could."""
    return project.support is not None and project.support.pieces.issuperset(_PIECES)


def keep_file_api(finding: Finding, project: ProjectFacts) -> Finding:
    """Return a finding about ImageKit 2's files that needs nobody with ``--faithful``: the files stay as they were.

    Args:
        finding: a finding for manual review.
        project: what is known of the project.
    """
    support = project.support
    if not project.faithful or support is None or not support.offers(frozenset(_PIECES)):
        return finding
    return replace(
        finding,
        applicability=Applicability.SAFE,
        help=f"Nothing to do: with `--faithful`, {support.dotted} keeps it.",
        suggestion="",
        changes=tuple(map(NeedSupport, _PIECES)),
    )
