"""The table of failures that are known: what fails is in it, and what is in it fails."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLE = Path(__file__).resolve().parents[2] / "fixtures" / "known_failures.toml"
_HEAD = """\
# What fails today and must not, by name. The tests are strict: a failure that is not here is an error, and so is an
# entry that passes. A repair takes its entries along. This file is written by
# `python -m bench.modules --count 200 --no-minimise --update-known` and `python -m bench.suggestions --update-known`.
"""


def known_failures(section: str) -> dict[str, list[str]]:
    """Return the names that fail, by the kind of their failure.

    Args:
        section: what they belong to: ``modules`` or ``suggestions``.
    """
    table: dict[str, dict[str, list[str]]] = tomllib.loads(TABLE.read_text("utf-8"))
    return table.get(section, {})


def write_section(section: str, failures: Mapping[str, Iterable[str]]) -> None:
    """Replace one section of the table."""
    table = {**tomllib.loads(TABLE.read_text("utf-8")), section: failures} if TABLE.exists() else {section: failures}
    lines = [_HEAD]
    for name, kinds in sorted(table.items()):
        lines.append(f"[{name}]")
        for kind, names in sorted(kinds.items()):
            lines.append(f"{_quoted(kind)} = [")
            lines += _wrapped([_quoted(item) for item in names])
            lines.append("]")
        lines.append("")
    TABLE.write_text("\n".join(lines), "utf-8")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _wrapped(items: Iterable[str]) -> list[str]:
    lines = [""]
    for item in items:
        if len(lines[-1]) + len(item) > 110:
            lines.append("")
        lines[-1] += f" {item}," if lines[-1] else f"  {item},"
    return [line for line in lines if line]
