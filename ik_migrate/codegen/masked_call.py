"""Calls as text with their values hidden, so that only their layout is looked at and changed."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from ik_migrate.model.change import Edit, Piece, Span, Unchanged
from ik_migrate.source.tree import PythonText

PLACEHOLDER = re.compile(r"_ik_(\d+)_")
_NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass
class MaskedCall:
    """A call whose callee and values are plain names, ``_ik_0_``, ``_ik_1_`` and so on.

    Args:
        text: the file.
        call: the call; its callee is number 0, its arguments follow in the order of the call.
        code: its text with those names, lines ending with ``\\n``.
        values: what the names stand for.
        newlines: how the lines of ``code`` ended; they need not be alike.
        between: where the text between two values stands in the file, by their numbers; None is either end.
    """

    text: PythonText
    call: ast.Call
    code: str
    values: list[tuple[Piece, ...]]
    newlines: tuple[str, ...] = ()
    between: dict[tuple[int | None, int | None], tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: PythonText, call: ast.Call) -> MaskedCall:
        """Hide the values of ``call``."""
        nodes = [call.func, *call.args, *(keyword.value for keyword in call.keywords)]
        nodes = [node.value if isinstance(node, ast.Starred) else node for node in nodes]
        numbered = sorted(enumerate(nodes), key=lambda item: text.start(item[1]))
        values: list[tuple[Piece, ...]] = [(Span(text.start(node), text.end(node)),) for node in nodes]

        def hidden(match: re.Match[str]) -> str:
            """A name for what looks like one of ours, in a comment or as a keyword."""
            values.append((match.group(),))
            return f"_ik_{len(values) - 1}_"

        code, position, previous = "", text.start(call), None
        between: dict[tuple[int | None, int | None], tuple[int, int]] = {}
        for number, node in numbered:
            between[previous, number] = (position, text.start(node))
            code += f"{PLACEHOLDER.sub(hidden, text.source.text[position : text.start(node)])}_ik_{number}_"
            position, previous = text.end(node), number
        between[previous, None] = (position, text.end(call))
        code += PLACEHOLDER.sub(hidden, text.source.text[position : text.end(call)])
        return cls(text, call, _NEWLINE.sub("\n", code), values, tuple(_NEWLINE.findall(code)), between)

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
        parts = PLACEHOLDER.split(code)
        for index, part in enumerate(parts):
            if index % 2:
                pieces += self.values[int(part)]
                continue
            before = int(parts[index - 1]) if index else None
            after = int(parts[index + 1]) if index + 1 < len(parts) else None
            pieces += self._with_kept(_NEWLINE.sub(lambda _: next(ends), part), before, after)
        return Edit(self.text.start(self.call), self.text.end(self.call), tuple(pieces))

    def text_with(self, code: str) -> str:
        """Return ``code`` with the values as they are in the file."""

        def written(match: re.Match[str]) -> str:
            pieces = self.values[int(match.group(1))]
            return "".join(
                piece if isinstance(piece, str) else self.text.source.text[piece.start : piece.end] for piece in pieces
            )

        return PLACEHOLDER.sub(written, code)

    def _with_kept(self, new: str, before: int | None, after: int | None) -> list[Piece]:
        """The text between two values, what is at its ends as before marked as kept."""
        if (before, after) not in self.between:
            return [new]
        start, end = self.between[before, after]
        old = self.text.source.text[start:end]
        first = _length_in_common(old, new)
        last = _length_in_common(old[first:][::-1], new[first:][::-1])
        return [Unchanged(start, start + first), new[first : len(new) - last], Unchanged(end - last, end)]


def _length_in_common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def with_keyword(text: PythonText, call: ast.Call, name: str, value: str) -> Edit:
    """The edit that gives a call one more keyword argument."""
    from ik_migrate.codegen.call_layout import CallLayout

    opaque = MaskedCall.of(text, call)
    layout = CallLayout(opaque.code)
    layout.append(name, opaque.hide((value,)))
    return opaque.edit(layout.code)
