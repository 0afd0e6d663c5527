"""One Python file, read: its text, its syntax tree, and where the nodes of the tree stand in the text."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import TypeVar, cast

from ik_migrate.model.location import Location
from ik_migrate.source.python2.signs import has_sign
from ik_migrate.source.python2.tokens import NotPython, TooDeep
from ik_migrate.source.python3 import parse
from ik_migrate.source.scopes import Names, Scope, children
from ik_migrate.source.source_file import Source

Node = TypeVar("Node", bound=ast.AST)


class PythonText:
    """A Python file's text and tree.

    Args:
        source: the decoded file.

    Raises:
        NotPython: when it cannot be parsed.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.is_python2 = False
        self.refused_line = 0
        """The line that Python 3 does not take, as far as it was asked; 0 where there is none."""
        self._inner: dict[ast.AST, list[ast.AST]] = {}
        self._nodes_of: dict[tuple[type[ast.AST], ...], tuple[ast.AST, ...]] = {}
        self._to_original: Callable[[int, bool], int] | None = None
        self._parsed = source
        refused = None
        if not has_sign(source.text):
            try:
                self.tree = parse(source.text)
                return
            except TooDeep:
                raise
            except NotPython as error:
                refused = error
                self.refused_line = error.line
        self._translate(refused)

    def _translate(self, refused: NotPython | None) -> None:
        from ik_migrate.source.python2.translation import translate_refused

        translation = translate_refused(self.source.text, refused)
        self.tree = translation.tree
        if translation.is_python2:
            self.is_python2 = True
            self._to_original = lambda offset, end: translation.original_offset(offset, end=end)
            self._parsed = Source(translation.text, "utf-8")

    def check_compiles(self, before: PythonText) -> None:
        """What the grammar alone does not tell, like a keyword given twice, must be right as well.

        Args:
            before: the file before the rewrite; where it did not compile, nothing is asked.

        Raises:
            NotPython: when it does not compile.
        """
        error = _compile_error(self._parsed.text)
        if error is not None and _compile_error(before._parsed.text) is None:
            raise NotPython(error.msg, error.lineno or 1)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the tree but operators and contexts, outer ones before inner ones."""
        found: list[ast.AST] = [self.tree]
        for node in found:
            inner = children(node)
            if inner:
                self._inner[node] = inner
                found += inner
        return tuple(found)

    def nodes_of(self, *kinds: type[Node]) -> tuple[Node, ...]:
        """Those of `nodes` that are of the given kinds, in the same order."""
        if kinds not in self._nodes_of:
            found = [pair for kind in kinds for pair in self._nodes_by_kind.get(kind, ())]
            if len(kinds) > 1:
                found.sort(key=itemgetter(0))
            self._nodes_of[kinds] = tuple(node for _, node in found)
        return cast(tuple[Node, ...], self._nodes_of[kinds])

    @cached_property
    def _nodes_by_kind(self) -> dict[type[ast.AST], list[tuple[int, ast.AST]]]:
        """All nodes by their kinds, with their places among all."""
        found: dict[type[ast.AST], list[tuple[int, ast.AST]]] = {}
        for place, node in enumerate(self.nodes):
            found.setdefault(type(node), []).append((place, node))
        return found

    @cached_property
    def names(self) -> Names:
        """Scopes and bindings."""
        # To go through the tree takes as long as all else about scopes: that is done once.
        names = Names(self.tree, self._inner if self.nodes else {})
        self._inner = {}
        return names

    def start(self, node: ast.AST) -> int:
        """Offset in the text of the first character of ``node``."""
        return self._offset(node.lineno, node.col_offset, end=False)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Offset in the text one past the last character of ``node``."""
        return self._offset(node.end_lineno, node.end_col_offset, end=True)  # type: ignore[attr-defined]

    def text_of(self, node: ast.AST) -> str:
        """The original text of ``node``."""
        return self.source.text[self.start(node) : self.end(node)]

    def place(self, node: ast.AST) -> Location:
        """Lines and columns of ``node`` in the original text."""
        return self.source.locate(self.start(node), self.end(node))

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope that ``node`` is evaluated in."""
        return self.names.scope_of(node)

    def _offset(self, line: int, column: int, *, end: bool) -> int:
        """A position of the tree (UTF-8 bytes within a line) as an offset in the original text."""
        start = self._parsed.line_starts[line - 1]
        text = self._parsed.text
        head = text[start : start + column]
        if not head.isascii():
            # The column counts bytes: take as many characters as make up that many.
            head = text[start : start + column].encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace")
        offset = start + len(head)
        return self._to_original(offset, end) if self._to_original else offset

    @cached_property
    def string_lines(self) -> frozenset[int]:
        """0-based numbers of the lines that start inside a string literal."""
        return frozenset(
            line
            for node in self.nodes_of(ast.Constant, ast.JoinedStr)
            if not isinstance(node, ast.Constant) or isinstance(node.value, str | bytes)
            for line in range(node.lineno, node.end_lineno or node.lineno)
        )


@lru_cache(maxsize=1)
def read(source: Source) -> PythonText:
    """The text and tree of a file; the last one is remembered, for it is often wanted twice.

    Raises:
        NotPython: when it cannot be parsed.
    """
    return PythonText(source)


def _compile_error(text: str) -> SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        return None
    return None
