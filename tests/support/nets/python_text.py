"""Read Python 2 and Python 3 source alike."""

from __future__ import annotations

import ast
import functools
import io
import tokenize
import warnings

from fissix import refactor
from fissix.pgen2.parse import ParseError
from fissix.pgen2.tokenize import TokenError

_FIXERS = ("except", "exec", "ne", "numliterals", "print", "raise", "repr", "unicode", "basestring", "long")
"""What makes Python 3 of Python 2 for a reader: nothing that changes what a name means."""


class NotPython(Exception):
    """The text is neither of the two."""


def decode(data: bytes) -> str:
    """Return the text of a module, with "\\n" for all newlines.

    Raises:
        NotPython: when it cannot be decoded.
    """
    try:
        # The tokenizer of Python 3 knows no "\r" alone.
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data.replace(b"\r", b"\n")).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeError) as error:
        raise NotPython(str(error)) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


@functools.lru_cache(maxsize=512)  # the same file is read for each of several questions
def to_python3(text: str) -> str:
    """Return Python 2 source as Python 3 source, on the same lines.

    Raises:
        NotPython: when it cannot be parsed as Python 2.
    """
    ended = text if text.endswith("\n") else f"{text}\n"
    try:
        return str(_refactoring().refactor_string(ended, "<text>"))
    except (ParseError, TokenError, IndentationError, AttributeError) as error:
        raise NotPython(f"{type(error).__name__}: {error}") from error


@functools.cache
def _refactoring() -> refactor.RefactoringTool:
    return refactor.RefactoringTool([f"fissix.fixes.fix_{name}" for name in _FIXERS])


def parse(data: bytes, python2: bool) -> ast.Module:
    """Return the syntax tree of a module, whose lines are those of the text.

    Raises:
        NotPython: when it is not valid in its version of Python.
    """
    text = decode(data)
    # A declaration would contradict what is text already.
    text = "\n".join(line if index > 1 or "coding" not in line else "#" for index, line in enumerate(text.split("\n")))
    if python2:
        text = to_python3(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SyntaxWarning: odd code is what is tried
            tree = ast.parse(text)
            compile(text, "<text>", "exec", dont_inherit=True)  # sees more: a keyword that is given twice
    except (SyntaxError, ValueError) as error:
        raise NotPython(f"{type(error).__name__}: {error}") from error
    return tree
