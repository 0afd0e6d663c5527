"""JSON with one line for each record: short, and still fit to be read and compared by eye."""

from __future__ import annotations

import json
from typing import Any


def dumps(value: Any) -> str:
    """The value as ASCII text that ends with a newline; objects that hold no other object stand in one line."""
    return f"{_written(value, 0)}\n"


def _written(value: Any, depth: int) -> str:
    margin = " " * (depth + 1)
    if depth < 2 and isinstance(value, dict) and value:
        lines = [f"{margin}{json.dumps(key)}: {_written(inner, depth + 1)}" for key, inner in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{' ' * depth}}}"
    if depth < 2 and isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        return "[\n" + ",\n".join(margin + _written(inner, 2) for inner in value) + f"\n{' ' * depth}]"
    return json.dumps(value)
