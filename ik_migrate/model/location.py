"""A range of a file, as editors count lines and columns."""

from __future__ import annotations

from typing import NamedTuple


class Location(NamedTuple):
    """Where something stands in the original file: 1-based lines and columns, end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
