"""The tokens of Python 2 source, with exact offsets.

The tokenizer is our own because offsets must survive every newline style, form feed and backslash,
and because indentation counts as Python 2 counts it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

__all__ = ["NotPython", "Token", "TooDeep", "TooLarge", "offset_of", "position", "tokenize"]

_NEWLINE: Final = re.compile(r"\r\n|\r|\n")
_LEAD: Final = re.compile(r"[ \t\f]*")
_REST_OF_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_CONTINUATION: Final = re.compile(r"(?:\\(?:\r\n|\r|\n)[ \t\f]*)+")
_TOKEN: Final = re.compile(
    r"""
      (?P<SPACE> [ \t\f]+ | \\(?:\r\n|\r|\n) | \#[^\r\n]* )
    | (?P<STRING> [uUbB]?[rR]? (?:
          '''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''
        | \"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*\"""
        | '(?!'')[^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)*'
        | "(?!"")[^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)*"
      ))
    | (?P<NAME> [A-Za-z_][A-Za-z0-9_]* )
    | (?P<NUMBER>
          0[xX][0-9a-fA-F]+[lL]? | 0[oO][0-7]+[lL]? | 0[bB][01]+[lL]?
        | (?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?[jJ]?
        | [0-9]+[eE][-+]?[0-9]+[jJ]? | [0-9]+[jJ]
        | 0[0-7]*[lL]?(?![0-9]) | [1-9][0-9]*[lL]? )
    | (?P<NEWLINE> \r\n|\r|\n )
    | (?P<OP> <<=|>>=|\*\*=|//=|<>|<=|>=|==|!=|<<|>>|\*\*|//|[-+*/%&|^]=
        | [-+*/%&|^~<>=()\[\]{},:;.`@] )
    """,
    re.VERBOSE | re.DOTALL,
)
_TAB_SIZE: Final = 8


class NotPython(Exception):
    """The text is not Python.

    `line` and `column` count from 1, in characters, in the text that was given; `reason` is for
    people.
    """

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason, line, column)
        self.reason = reason
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.reason}"


class TooDeep(NotPython):
    """The text may be Python, but is nested too deeply for the parser to tell."""

    def __init__(self) -> None:
        super().__init__("nested too deeply to be parsed")


class TooLarge(NotPython):
    """The text may be Python, but is too large to be parsed.

    Args:
        limit: how many bytes it may have.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"larger than {limit // 1_000_000} MB")
        self.limit = limit


class Token:
    """One token, and what a translation makes of it.

    `start` and `end` are character offsets in the text. `new` is what to write instead of the
    token (None: keep it); `before` and `after` are put around it. The kind `LEAD` is the white
    space in front of a statement; the parser does not see it.
    """

    __slots__ = ("after", "before", "end", "kind", "new", "start", "text")

    def __init__(self, kind: str, text: str, start: int, end: int) -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end
        self.new: str | None = None
        self.before = ""
        self.after = ""

    @property
    def first(self) -> Token:
        """The token itself, as `Node.first`."""
        return self

    @property
    def last(self) -> Token:
        """The token itself, as `Node.last`."""
        return self


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1 and in characters, of an offset in a text."""
    starts = _line_starts(text)
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def offset_of(text: str, line: int, column: int) -> int:
    """The offset of a line and column that count from 1; the nearest one if there is no such."""
    starts = _line_starts(text)
    return min(starts[min(line, len(starts)) - 1] + column - 1, len(text))


def _line_starts(text: str) -> list[int]:
    return [0, *(newline.end() for newline in _NEWLINE.finditer(text))]


def tokenize(text: str) -> list[Token]:
    """The tokens of Python 2 source; raises NotPython where there is none.

    Where Python 3 would not accept how the lines are indented, the LEAD tokens carry the
    indentation in spaces.
    """
    tokens: list[Token] = []
    indents = _Indents(text, tokens)
    at, depth, end = 0, 0, len(text)
    new_statement = True
    while at < end:
        if new_statement:
            at = indents.read(at)
            new_statement = False
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unexpected(text, at)
        start, at = at, match.end()
        kind = match.lastgroup or ""
        if kind == "SPACE":
            continue
        if kind == "NEWLINE":
            if depth:
                continue
            new_statement = True
        value = text[start:at]
        if kind == "OP":
            if value in "([{":
                depth += 1
            elif value in ")]}":
                depth = max(0, depth - 1)
        tokens.append(Token(kind, value, start, at))
    if tokens and tokens[-1].kind in ("NAME", "NUMBER", "STRING", "OP"):
        tokens.append(Token("NEWLINE", "", end, end))
    indents.finish(end)
    return tokens


class _Indents:
    """Turns the white space in front of statements into INDENT and DEDENT tokens, as Python 2 does.

    Python 2 counts a tab up to the next multiple of eight. Python 3 does that too, and then
    refuses indentation that would mean something else with tabs of one column.
    """

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.stack = [(0, 0)]
        self.leads: list[tuple[Token, int]] = []
        self.python3_agrees = True

    def read(self, at: int) -> int:
        """Read the empty lines and the white space in front of the statement at an offset.

        Returns the offset to go on from.
        """
        text = self.text
        lead = at, _end(_LEAD, text, at)
        while text[lead[1] : lead[1] + 1] in ("", "#", "\r", "\n"):
            at = _end(_REST_OF_LINE, text, lead[1])
            if at == len(text):
                return at
            lead = at, _end(_LEAD, text, at)
        token = Token("LEAD", text[slice(*lead)], *lead)
        column, narrow = _columns(token.text)
        continuation = _CONTINUATION.match(text, token.end)
        if continuation is not None:
            # Python 3 takes the column from another line than Python 2 does: leave blank lines.
            token.end = continuation.end()
            token.new = "".join(_NEWLINE.findall(continuation.group())) + " " * column
        self.tokens.append(token)
        self.leads.append((token, column))
        self._change(column, narrow, token.end)
        return token.end

    def finish(self, end: int) -> None:
        """Close all blocks, and write indentation in spaces where Python 3 needs that."""
        for _ in self.stack[1:]:
            self.tokens.append(Token("DEDENT", "", end, end))
        self.tokens.append(Token("ENDMARKER", "", end, end))
        if self.python3_agrees:
            return
        for token, column in self.leads:
            if token.new is None and token.text.strip(" "):
                token.new = " " * column

    def _change(self, column: int, narrow: int, at: int) -> None:
        if column > self.stack[-1][0]:
            self.python3_agrees &= narrow > self.stack[-1][1]
            self.stack.append((column, narrow))
            self.tokens.append(Token("INDENT", "", at, at))
            return
        while column < self.stack[-1][0]:
            self.stack.pop()
            self.tokens.append(Token("DEDENT", "", at, at))
        if column != self.stack[-1][0]:
            reason = "unindent does not match any outer indentation level"
            raise NotPython(reason, *position(self.text, at))
        self.python3_agrees &= narrow == self.stack[-1][1]


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where the match of a pattern that matches everywhere ends."""
    match = pattern.match(text, at)
    return at if match is None else match.end()


def _columns(lead: str) -> tuple[int, int]:
    """The column that white space reaches with tabs of eight, and with tabs of one."""
    column = narrow = 0
    for character in lead:
        if character == "\f":
            column = narrow = 0
        else:
            narrow += 1
            column += 1 if character == " " else _TAB_SIZE - column % _TAB_SIZE
    return column, narrow


def _unexpected(text: str, at: int) -> NotPython:
    character = text[at]
    if character in "'\"":
        reason = "string is not closed"
    elif character.isdigit():
        reason = "invalid number"
    else:
        reason = f"unexpected character {character!r}"
    return NotPython(reason, *position(text, at))
