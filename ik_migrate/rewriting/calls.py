"""Calls as text with their values hidden, so that only their layout is looked at and changed."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from ik_migrate.rewriting.edits import Edit, Piece, Span
from ik_migrate.syntax.module import PythonText

PLACEHOLDER = re.compile(r"_ik_(\d+)_")
_NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass
class OpaqueCall:
    """A call whose callee and values are plain names, ``_ik_0_``, ``_ik_1_`` and so on.

    Args:
        text: the file.
        call: the call; its callee is number 0, its arguments follow in the order of the call.
        code: its text with those names, lines ending with ``\\n``.
        values: what the names stand for.
        newlines: how the lines of ``code`` ended; they need not be alike.
    """

    text: PythonText
    call: ast.Call
    code: str
    values: list[tuple[Piece, ...]]
    newlines: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: PythonText, call: ast.Call) -> OpaqueCall:
        """Hide the values of ``call``."""
        nodes = [call.func, *call.args, *(keyword.value for keyword in call.keywords)]
        nodes = [node.value if isinstance(node, ast.Starred) else node for node in nodes]
        numbered = sorted(enumerate(nodes), key=lambda item: text.start(item[1]))
        values: list[tuple[Piece, ...]] = [(Span(text.start(node), text.end(node)),) for node in nodes]

        def hidden(match: re.Match[str]) -> str:
            """A name for what looks like one of ours, in a comment or as a keyword."""
            values.append((match.group(),))
            return f"_ik_{len(values) - 1}_"

        code, position = "", text.start(call)
        for number, node in numbered:
            between = text.source.text[position : text.start(node)]
            code += f"{PLACEHOLDER.sub(hidden, between)}_ik_{number}_"
            position = text.end(node)
        code += PLACEHOLDER.sub(hidden, text.source.text[position : text.end(call)])
        return cls(text, call, _NEWLINE.sub("\n", code), values, tuple(_NEWLINE.findall(code)))

    def hide(self, value: tuple[Piece, ...]) -> str:
        """A name for one more value."""
        self.values.append(value)
        return f"_ik_{len(self.values) - 1}_"

    def fill(self, name: str, value: tuple[Piece, ...]) -> None:
        """Let a name that is there stand for another value."""
        match = PLACEHOLDER.fullmatch(name)
        assert match is not None
        self.values[int(match.group(1))] = value

    def edit(self, code: str) -> Edit:
        """The edit that writes the call as ``code``, with the values in their places again."""
        pieces: list[Piece] = []
        # With as many lines as before they end as before.
        number = code.count("\n")
        ends = iter(self.newlines if number == len(self.newlines) else [self.text.source.newline] * number)
        for index, part in enumerate(PLACEHOLDER.split(code)):
            if index % 2:
                pieces += self.values[int(part)]
            else:
                pieces.append(_NEWLINE.sub(lambda _: next(ends), part))
        return Edit(self.text.start(self.call), self.text.end(self.call), tuple(pieces))


def with_keyword(text: PythonText, call: ast.Call, name: str, value: str) -> Edit:
    """The edit that gives a call one more keyword argument."""
    from ik_migrate.rewriting.call_layout import CallLayout

    opaque = OpaqueCall.of(text, call)
    layout = CallLayout(opaque.code)
    layout.append(name, opaque.hide((value,)))
    return opaque.edit(layout.code)
