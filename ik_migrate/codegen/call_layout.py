"""The arguments of one call, changed with its layout kept: one argument a line stays so, comments stay."""

from __future__ import annotations

import libcst as cst

from ik_migrate.codegen.comma_list import CommaList


class CallLayout:
    """A call as LibCST sees it, with its arguments' values hidden behind plain names.

    Args:
        code: the call; each argument's value must be one name, so that nothing in it is touched.

    Raises:
        cst.ParserSyntaxError: when ``code`` is no call.
    """

    def __init__(self, code: str) -> None:
        call = cst.parse_expression(code)
        if not isinstance(call, cst.Call):
            raise TypeError(f"{code!r} is not a call")
        self._call = call
        nothing = cst.SimpleWhitespace("")
        after = call.args[-1].whitespace_after_arg if call.args else nothing
        args = [arg.with_changes(whitespace_after_arg=nothing) for arg in call.args]
        self._list = CommaList(args, call.whitespace_before_args, after)
        self.comments: list[str] = []
        """Comments that stood with arguments dropped since."""

    @property
    def code(self) -> str:
        """The call as text."""
        args, before, after = self._list.parts
        if args:
            args[-1] = args[-1].with_changes(whitespace_after_arg=after)
        return cst.Module([]).code_for_node(self._call.with_changes(args=args, whitespace_before_args=before))

    @property
    def one_line(self) -> str:
        """The call on one line; empty if a comment, or a comma after the last argument, keeps it on several."""
        if not self._args or isinstance(self._args[-1].comma, cst.Comma) or "#" in self.code:
            return ""
        nothing, space = cst.SimpleWhitespace(""), cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        args = [*(arg.with_changes(comma=space) for arg in self._args[:-1]), self._args[-1]]
        return cst.Module([]).code_for_node(self._call.with_changes(args=args, whitespace_before_args=nothing))

    @property
    def _args(self) -> list[cst.Arg]:
        return self._list.items

    def index(self, value: str) -> int:
        """The present place of the argument whose value is the name ``value``."""
        for index, arg in enumerate(self._args):
            if isinstance(arg.value, cst.Name) and arg.value.value == value:
                return index
        raise KeyError(value)

    def rename(self, index: int, keyword: str) -> None:
        """Give the argument this keyword, also where it was given by position."""
        arg = self._args[index]
        equal = arg.equal if arg.keyword is not None else _plain_equal()
        self._args[index] = arg.with_changes(keyword=cst.Name(keyword), equal=equal)

    def append(self, keyword: str, value: str) -> None:
        """Put ``keyword=value`` at the end, laid out like the arguments before it."""
        self.insert(self._end_of_keywords(), keyword, value)

    def insert(self, index: int, keyword: str, value: str) -> None:
        """Put ``keyword=value`` before the argument that stands at ``index`` now."""
        arg = cst.Arg(cst.Name(value), keyword=cst.Name(keyword), equal=_plain_equal())
        self._list.insert(index, arg)

    def drop(self, index: int) -> None:
        """Remove the argument; its own comments go to ``comments``."""
        self.comments += self._list.drop(index)

    def _end_of_keywords(self) -> int:
        """Where a new keyword can stand: after all others, before ``**options``."""
        index = len(self._args)
        while index and self._args[index - 1].star == "**":
            index -= 1
        return index


def _plain_equal() -> cst.AssignEqual:
    nothing = cst.SimpleWhitespace("")
    return cst.AssignEqual(whitespace_before=nothing, whitespace_after=nothing)
