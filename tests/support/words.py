"""The words that text for users does not use, and where such text is."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]

AVOIDED = {
    r"pictures?": "image",
    r"an? person|persons?": "manual review",
    r"anew": "again, regenerate",
    r"heed(?:s|ed|ing)?": "use, respect",
    r"seen to|see to it": "resolved, check",
    r"(?:is|are|was|were|be|been) (?:told|said|spoken)|told apart": "reported, set, distinguished",
    r"spoken of|speaks? of": "mentioned, is about",
    r"\w+n't": "not",
    r"without a word|says? nothing": "without an error",
    r"behaves? otherwise|said otherwise": "differently",
    r"in the way|get in each other": "blocks, conflicts",
    r"of (?:our|its|their|your|somebody's|his) own": "own, custom",
    r"taken for|takes? (?:it|them) for": "treated as",
    r"hand(?:s|ed)? on": "passes, forwards",
    r"gives? back": "returns",
    r"parted by": "separated by",
    r"gravest|graver?|how grave": "highest, severity",
    r"left out|leaves? (?:\w+ )?out": "skipped, excluded",
    r"left alone": "skipped",
    r"asked for": "requested, enabled",
    r"(?:is|are|was) gone": "removed in 3.0",
    r"blows? (?:\w+ )?up": "upscales",
    r"mend(?:s|ed)?": "fix",
    r"(?:is|are) no (?:Python|code|report|baseline|JSON|option|field|command|more)": "is not a",
    r"lead(?:s)? nowhere|goes? nowhere": "is broken, is discarded",
    r"who(?:ever)? (?:asks|knows|has|wants|needs|does)": "code that, the user",
}
"""Expressions, and what to write instead."""

_PATTERN = re.compile(r"\b(?:" + "|".join(f"(?:{words})" for words in AVOIDED) + r")\b", re.IGNORECASE)
_CODE = re.compile(r"`[^`\n]*`|``.*?``")
_BLOCK = re.compile(r"^(```+|~~~+).*?^\1\s*$", re.DOTALL | re.MULTILINE)


class Hit(NamedTuple):
    """One use of an avoided word."""

    place: str
    word: str

    def __str__(self) -> str:
        instead = next(better for words, better in AVOIDED.items() if re.fullmatch(words, self.word, re.IGNORECASE))
        return f"{self.place}: {self.word!r} (write: {instead})"


def hits_in_text(text: str, name: str, first_line: int = 1) -> Iterator[Hit]:
    """Yield the avoided words of a text; code in backticks does not count."""
    plain = _CODE.sub(lambda match: " " * len(match.group()), text)
    for match in _PATTERN.finditer(plain):
        line = first_line + plain.count("\n", 0, match.start())
        yield Hit(f"{name}:{line}", " ".join(match.group().split()))


def hits_in_markdown(path: Path) -> Iterator[Hit]:
    """Yield the avoided words of a page, code blocks aside."""
    text = _BLOCK.sub(lambda match: "\n" * match.group().count("\n"), path.read_text("utf-8"))
    return hits_in_text(text, path.relative_to(ROOT).as_posix())


def hits_in_python(path: Path) -> Iterator[Hit]:
    """Yield the avoided words in strings, docstrings and comments of a module.

    The examples of rules are code of users.
    """
    source = path.read_text("utf-8")
    name = path.relative_to(ROOT).as_posix()
    tree = ast.parse(source)
    skipped = {id(node) for node in _examples(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield from hits_in_text(node.value, name, node.lineno)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield from hits_in_text(token.string, name, token.start[0])


def _examples(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in {"before", "after"}:
            yield from ast.walk(node.value)
