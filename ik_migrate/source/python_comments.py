"""Where the comments of a Python file stand, told by its tokens: what looks like one in a string is none."""

from __future__ import annotations

import io
import re
import tokenize

from ik_migrate.source.python2 import tokens as python2_tokens
from ik_migrate.source.tree import PythonText

_COMMENT = re.compile(r"#[^\r\n]*")
_LINE_END = re.compile(r"\r\n|\r")


def comments_of(text: PythonText) -> list[tuple[int, int]]:
    """The offsets from which to which each comment goes, ``#`` included, in the order of the file."""
    return _comments_of_python2(text) if text.is_python2 else _comments_of_python3(text)


def _comments_of_python3(text: PythonText) -> list[tuple[int, int]]:
    source = text.source
    found = []
    # The lines are numbered as those of the file are, whatever ends them.
    lines = io.StringIO(_LINE_END.sub("\n", source.text))
    try:
        for token in tokenize.generate_tokens(lines.readline):
            if token.type == tokenize.COMMENT:
                start = source.line_starts[token.start[0] - 1] + token.start[1]
                found.append((start, start + len(token.string)))
    except (tokenize.TokenError, SyntaxError):
        # It was parsed, so this is about its last line: the comments before it are known.
        return found
    return found


def _comments_of_python2(text: PythonText) -> list[tuple[int, int]]:
    """What lies between the tokens is white space and comments."""
    code = text.source.text
    found = []
    end = 0
    for token in python2_tokens.tokenize(code):
        found += [match.span() for match in _COMMENT.finditer(code, end, token.start)]
        end = max(end, token.end)
    return found
