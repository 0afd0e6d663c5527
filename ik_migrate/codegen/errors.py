"""What code generation cannot do."""

from __future__ import annotations


class CannotGenerate(Exception):
    """Some code cannot be generated; the message says why, as the end of a sentence."""
