"""All that the nets use of ik-migrate: its Python API. What it calls things is said here alone."""

from __future__ import annotations

from ik_migrate import Applicability, Finding, Options, Report, apply, scan
from ik_migrate import Location as Place


def place_of(finding: Finding) -> Place:
    """Return where a finding is."""
    return finding.location


def is_writable(finding: Finding, options: Options) -> bool:
    """Whether ``apply`` would make the rewrite of a finding."""
    return bool(finding.changes) and finding.applicability.is_written(options.unsafe_fixes)


__all__ = ["Applicability", "Finding", "Options", "Place", "Report", "apply", "is_writable", "place_of", "scan"]
