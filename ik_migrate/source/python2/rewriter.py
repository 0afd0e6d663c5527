"""What Python 3 needs instead of each construct that only Python 2 has.

Whatever is put around or instead of tokens, the expressions in between stay as they are, so that
they can be found in the original text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ik_migrate.source.python2.parser import Node, Tree, Visit
from ik_migrate.source.python2.tokens import Token

__all__ = ["Rewriter"]

# Names in Python 2, keywords in Python 3.
_NEW_KEYWORDS: Final = frozenset({"async", "await", "nonlocal"})
# Keywords in Python 3; in Python 2 names that a program can bind (None: only use as attribute).
_NEW_CONSTANTS: Final = frozenset({"True", "False", "None"})
# The grammar rules of which the targets of an assignment are made.
_TARGETS: Final = frozenset({"atom", "testlist", "exprlist", "display", "listmaker", "binding"})
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


class Rewriter:
    """Notes on the tokens of a Python 2 file what Python 3 needs instead.

    Every method that takes a node is called by the parser with a finished piece of the tree, inner
    pieces first. That order is what lets `_wrap` put an outer bracket outside.
    """

    def __init__(self, tokens: list[Token], *, unicode_literals: bool) -> None:
        self.tokens = tokens
        self.unicode_literals = unicode_literals
        names = {token.text for token in tokens if token.kind == "NAME"}
        self.suffix = "_"
        while any(name + self.suffix in names for name in _NEW_KEYWORDS | _NEW_CONSTANTS):
            self.suffix += "_"

    def visits(self) -> dict[str, Visit]:
        """The methods by the name of the grammar rule that they are for."""
        return {
            "argument": self.argument,
            "arglist": self.arglist,
            "backquoted": self.backquoted,
            "binding": self.bind,
            "comp_for": self.for_target,
            "del_stmt": self.for_target,
            "ellipsis": self.ellipsis,
            "except_clause": self.except_clause,
            "exec_stmt": self.exec_stmt,
            "expr_stmt": self.expr_stmt,
            "for_stmt": self.for_target,
            "fpdef": self.tuple_parameter,
            "lambda": self.lambda_,
            "list_for": self.for_target,
            "old_lambda": _wrap,
            "params": self.params,
            "print_stmt": self.print_stmt,
            "raise_stmt": self.raise_stmt,
            "strings": self.strings,
            "testlist_safe": self.testlist_safe,
            "trailer": self.trailer,
            "with_item": self.with_item,
        }

    def rewrite_tokens(self) -> None:
        """Replace what needs no parser."""
        previous = self.tokens[0]
        for token in self.tokens:
            if token.kind == "NAME":
                if token.text in _NEW_KEYWORDS:
                    self._rename(token)
            elif token.kind == "NUMBER":
                token.new = _number(token.text)
            elif token.text == "<>":
                token.new = "!="
            if previous.kind == "NUMBER" and previous.end == token.start:
                # `7if x` is deprecated, and `7L.x` without its letter is a syntax error.
                needs_space = token.kind == "NAME" or (token.text == "." and previous.new)
                previous.after = " " if needs_space else ""
            previous = token

    # Statements

    def print_stmt(self, node: Node) -> None:
        """`print x, y`, `print >>f, x` and `print` become calls."""
        _keyword, *rest = node.children
        if not rest:
            node.last.after += "()"
        elif _is(rest[0], ">>"):
            rest[0].first.new = "("
            node.last.after += ")"
        else:
            _wrap(rest[0], rest[-1])

    def exec_stmt(self, node: Node) -> None:
        """`exec code in globals, locals` becomes a call with three arguments."""
        _wrap(node.children[1], node.children[-1])
        if len(node.children) > 2:
            node.children[2].first.new = ","

    def raise_stmt(self, node: Node) -> None:
        """`raise E, value, traceback` raises a tuple: nothing in it is made up."""
        if len(node.children) > 2:
            _wrap(node.children[1], node.children[-1])

    def except_clause(self, node: Node) -> None:
        """`except E, e` gets its `as`.

        Where the target is no plain name, as in `except E, (number, text)`, the clause catches a
        tuple whose names are bound by `:=`.
        """
        if len(node.children) < 4:
            return
        _except, error, comma, target = node.children
        if isinstance(target, Token):
            comma.first.new = " as " if comma.first.text == "," else None
            self.bind(target)
            return
        comma.first.new = ","
        for name in _names(target):
            self.bind(name)
            name.before += "("
            name.after += ":=0)"
        _wrap(error, target)

    def expr_stmt(self, node: Node) -> None:
        """`True = 1` assigns to a name."""
        for target in node.children[:-1:2]:
            self.bind(target)

    def for_target(self, node: Node) -> None:
        """The targets of `for` (in statements and displays) and of `del`."""
        self.bind(node.children[1])

    def with_item(self, node: Node) -> None:
        """The target of `with ... as`."""
        self.bind(node.children[-1] if len(node.children) > 1 else None)

    # Parameters and arguments

    def tuple_parameter(self, node: Node) -> None:
        """`def f(a, (b, c))` takes the names in the tuple as separate parameters."""
        opening, *inner = node.children
        if not inner:
            return
        opening.first.new = inner[-1].last.new = ""
        names = inner[0]
        if isinstance(names, Node) and _is(names.children[-1], ","):
            names.last.new = ""

    def params(self, node: Node) -> None:
        """`def f((a, b)=x)`: the first names need a default as soon as the last one has it."""
        for parameter, follower in pairwise(node.children):
            if isinstance(parameter, Node) and parameter.rule == "fpdef" and _is(follower, "="):
                *names, _last = (name for name in parameter.tokens() if name.kind == "NAME")
                for name in names:
                    name.after += "=0"

    def lambda_(self, node: Node) -> None:
        """Brackets keep a lambda together where its parameters lost theirs."""
        params = node.children[1]
        if isinstance(params, Node):
            inner = [params, *params.children]
            if any(isinstance(child, Node) and child.rule == "fpdef" for child in inner):
                _wrap(node)

    def argument(self, node: Node) -> None:
        """`f(True=1)` names an argument; so does `f((name)=1)`."""
        if len(node.children) == 3:
            name = node.children[0]
            self.bind(name)
            if isinstance(name, Node):
                for token in name.tokens():
                    token.new = "" if token.text in "()" else token.new

    def arglist(self, node: Node) -> None:
        """A generator beside other arguments, or before a comma, needs brackets in Python 3."""
        for argument in node.children if len(node.children) > 1 else ():
            if isinstance(argument, Node) and argument.rule == "argument":
                generator = argument.children[-1]
                if isinstance(generator, Node) and generator.rule == "comp_for":
                    _wrap(argument)

    # Expressions

    def testlist_safe(self, node: Node) -> None:
        """`[x for x in 1, 2]` loops over a tuple."""
        if len(node.children) > 1:
            _wrap(node)

    def backquoted(self, node: Node) -> None:
        """Backquotes are a call of `repr`."""
        node.first.new = "repr(("
        node.last.new = "))"

    def trailer(self, node: Node) -> None:
        """`x.None` is possible in Python 2, other than binding `None`."""
        name = node.children[-1]
        if isinstance(name, Token) and name.text == "None" and _is(node.children[0], "."):
            self._rename(name)

    def strings(self, node: Node) -> None:
        """Prefixes, bytes and escapes, in literals that stand side by side."""
        literals = [(token, *_split_string(token.text)) for token in node.tokens()]
        # Python 3 does not join bytes and text, and wants bytes to be ASCII: make all of it text
        are_bytes = all("b" in prefix and body.isascii() for _, prefix, body in literals)
        for token, prefix, body in literals:
            allowed = prefix if are_bytes else prefix.replace("b", "").replace("ur", "r")
            is_text = "u" in prefix or (self.unicode_literals and "b" not in prefix)
            literal = are_bytes or is_text or "r" in prefix
            escaped = body if literal else _ESCAPE.sub(_keep_backslash, body)
            if (allowed, escaped) != (prefix, body):
                token.new = allowed + escaped

    def ellipsis(self, node: Node) -> None:
        """`x[. . .]` is written in one piece."""
        if node.last.end - node.first.start > 3:
            for token, new in zip(node.tokens(), ("...", "", ""), strict=True):
                token.new = new

    # Names

    def bind(self, target: Tree | None) -> None:
        """Rename what is a name to bind in Python 2, and a constant in Python 3."""
        for name in _names(target):
            if name.text in ("True", "False"):
                self._rename(name)

    def _rename(self, name: Token) -> None:
        name.new = name.text + self.suffix


def _is(tree: Tree, text: str) -> bool:
    return isinstance(tree, Token) and tree.text == text


def _wrap(first: Tree, last: Tree | None = None) -> None:
    """Put brackets around a piece of the tree, or around all from the first to the last piece."""
    first.first.before = "(" + first.first.before
    (last or first).last.after += ")"


def _names(target: Tree | None) -> Iterator[Token]:
    """The names that an assignment to a target binds."""
    if isinstance(target, Token):
        if target.kind == "NAME":
            yield target
    elif target is not None and target.rule in _TARGETS:
        for child in target.children:
            yield from _names(child)


def _number(text: str) -> str | None:
    """A number as Python 3 writes it, None where that is the same."""
    digits = text.rstrip("lL")
    if digits[0] == "0" and digits.isdigit() and digits.strip("0"):
        digits = "0o" + digits[1:]
    return digits if digits != text else None


def _split_string(text: str) -> tuple[str, str]:
    """The prefix of a string literal in lower case, and the rest."""
    quote = min(index for index in (text.find("'"), text.find('"')) if index >= 0)
    return text[:quote].lower(), text[quote:]


def _keep_backslash(escape: re.Match[str]) -> str:
    """`\\N`, `\\u` and `\\U` are no escapes in Python 2's byte strings."""
    return "\\" + escape[0] if escape[1] in "NuU" else escape[0]
