"""What a rewrite does on its own, as exact replacements of text."""

from __future__ import annotations

from dataclasses import dataclass

from ik_migrate.model.finding import Finding
from ik_migrate.model.location import Location


@dataclass(frozen=True)
class Replacement:
    """Text that takes the place of other text.

    Args:
        location: where in the original file; empty where text is put in.
        text: what to put there, with the newlines of the file.
    """

    location: Location
    text: str


@dataclass(frozen=True)
class Fix:
    """The rewrite of findings that can only be made together, and need no other.

    Args:
        findings: what is rewritten.
        replacements: all that it takes, from top to bottom; they do not overlap.
    """

    findings: tuple[Finding, ...]
    replacements: tuple[Replacement, ...]
