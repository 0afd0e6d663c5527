"""Makes Python 2 source readable for Python 3's `ast`, and maps positions back.

Code bases on ImageKit 2 are Python 2, and the analysis needs a syntax tree. So the constructs that
Python 3 refuses are replaced by ones that keep every expression in them in sight: `print x` becomes
`print (x)`. The result is only looked at, never written: edits go to the original text, at offsets
that `Translation.original_offset` gives.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import takewhile

from ik_migrate.source import python3
from ik_migrate.source.python2.parser import parse
from ik_migrate.source.python2.rewriter import Rewriter
from ik_migrate.source.python2.signs import has_sign
from ik_migrate.source.python2.tokens import NotPython, Token, TooDeep, offset_of, position, tokenize

__all__ = ["NotPython", "Translation", "check_python2", "is_python2", "translate"]


_NO_TREE = ast.Module([], [])


@dataclass(frozen=True)
class Translation:
    """A text that `ast.parse` takes, with as many lines as the original.

    `text` is equal to the original where that is Python 3 already; `tree` is its syntax tree.
    """

    text: str
    tree: ast.Module = field(repr=False)
    is_python2: bool = False
    # Segments of both texts, in order and without gaps: replaced and kept ones take turns, either
    # may be empty. Of each the starts here and in the original; the last one is where all ends.
    _starts: tuple[int, ...] = field(default=(), repr=False)
    _origins: tuple[int, ...] = field(default=(), repr=False)

    def original_offset(self, offset: int, *, end: bool = False) -> int:
        """The place in the original text of an offset in `text`, both in characters.

        `end` says that the offset is the exclusive end of a range. Inside of a replaced piece
        there is no exact place: a start goes to the start of what was replaced, an end to its end.
        """
        if not self._starts:
            return offset
        last = len(self._starts) - 2
        if end:
            # the first segment that reaches so far: what was inserted behind is no part of it
            segment = bisect_left(self._starts, offset, lo=1) - 1
        else:
            # the last segment that has begun there: what was inserted before is no part of it
            segment = bisect_right(self._starts, offset) - 1
        segment = min(segment, last)
        origin = self._origins[segment]
        if segment % 2 == 0:
            return origin + offset - self._starts[segment]
        return self._origins[segment + 1] if end else origin


def translate(text: str) -> Translation:
    """Translate decoded source, Python 2 or 3, with any newlines and without byte order mark.

    A text that both grammars take is Python 2 where it has a sign of that, see `has_sign`.

    Raises NotPython where it is neither, with the error of the grammar that got further.
    """
    if has_sign(text):
        return translate_refused(text, None)
    try:
        return Translation(text, python3.parse(text))
    except TooDeep:
        raise
    except NotPython as error:
        return translate_refused(text, error)


def translate_refused(text: str, refused: NotPython | None) -> Translation:
    """Translate source that is Python 2 if it is Python 2 at all.

    `refused` is what Python 3 says against it; None where it was not asked. Raises NotPython as `translate` does.
    """
    try:
        return _assemble(text, _rewritten_tokens(text))
    except TooDeep:
        raise
    except NotPython as python2:
        try:
            if refused is None:
                return Translation(text, python3.parse(text))
        except TooDeep:
            raise
        except NotPython as python3_error:
            refused = python3_error
        raise max(python2, refused, key=lambda error: (error.line, error.column)) from None


def check_python2(text: str) -> None:
    """Raise NotPython where decoded source is not valid Python 2."""
    _assemble(text, _rewritten_tokens(text))


def is_python2(text: str) -> bool:
    """Whether decoded source is valid Python 2; much of that is valid Python 3, too."""
    try:
        check_python2(text)
    except NotPython:
        return False
    return True


def _rewritten_tokens(text: str) -> list[Token]:
    """Tokens with a note of what Python 3 needs; raises NotPython by the grammar of Python 2."""
    try:
        tokens = tokenize(text)
        futures = _future_imports(tokens)
        rewriter = Rewriter(tokens, unicode_literals="unicode_literals" in futures)
        rewriter.rewrite_tokens()
        print_statement = "print_function" not in futures
        parse(text, tokens, rewriter.visits(), print_statement=print_statement)
    except (RecursionError, MemoryError):
        raise TooDeep from None
    return tokens


def _assemble(text: str, tokens: list[Token]) -> Translation:
    """Translate the tokens; raise NotPython if the result is not Python 3.

    What the grammar allows is not all valid: `f() = 1` is still to be refused.
    """
    joined, starts, origins = _join(text, tokens)
    try:
        tree = python3.parse(joined)
    except TooDeep:
        raise
    except NotPython as error:
        offset = offset_of(joined, error.line, error.column)
        where = position(text, Translation(joined, _NO_TREE, True, starts, origins).original_offset(offset))
        raise NotPython(error.reason, *where) from None
    return Translation(joined, tree, True, starts, origins)


def _join(text: str, tokens: list[Token]) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """Put together the text that the tokens ask for; return it, and the segments as a `Translation` has them."""
    parts: list[str] = []
    starts, origins = [0], [0]
    length = kept_to = 0
    for token in tokens:
        pieces = [(token.start, token.start, token.before)] if token.before else []
        if token.new is not None:
            pieces.append((token.start, token.end, token.new))
        if token.after:
            pieces.append((token.end, token.end, token.after))
        for start, end, new in pieces:
            kept = text[kept_to:start]
            length += len(kept)
            starts += (length, length + len(new))
            origins += (start, end)
            length += len(new)
            kept_to = end
            parts += (kept, new)
    parts.append(text[kept_to:])
    starts.append(length + len(parts[-1]))
    origins.append(len(text))
    return "".join(parts), tuple(starts), tuple(origins)


def _future_imports(tokens: list[Token]) -> set[str]:
    """The names in all `from __future__ import`; some change how the file is to be read."""
    names: set[str] = set()
    for index, token in enumerate(tokens):
        if token.text == "__future__" and tokens[index - 1].text == "from":
            statement = takewhile(lambda t: t.kind != "NEWLINE" and t.text != ";", tokens[index:])
            names.update(token.text for token in statement)
    return names
