"""The arguments of one call, changed with its layout kept: one argument a line stays so, comments stay."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

Separator = cst.BaseParenthesizableWhitespace


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
        self._args: list[cst.Arg] = list(call.args)
        self.comments: list[str] = []
        """Comments that stood with arguments dropped since."""

    @property
    def code(self) -> str:
        """The call as text."""
        call = self._call.with_changes(args=self._args)
        if not self._args:
            call = call.with_changes(whitespace_before_args=cst.SimpleWhitespace(""))
        return cst.Module([]).code_for_node(call)

    @property
    def one_line(self) -> str:
        """The call on one line; empty if a comment, or a comma after the last argument, keeps it on several."""
        if not self._args or isinstance(self._args[-1].comma, cst.Comma) or "#" in self.code:
            return ""
        nothing, space = cst.SimpleWhitespace(""), cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        last = len(self._args) - 1
        args = [
            arg.with_changes(comma=space if index < last else arg.comma, whitespace_after_arg=nothing)
            for index, arg in enumerate(self._args)
        ]
        return cst.Module([]).code_for_node(self._call.with_changes(args=args, whitespace_before_args=nothing))

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
        between = self._separator()
        if index < len(self._args):
            self._args.insert(index, arg.with_changes(comma=cst.Comma(whitespace_after=between)))
        elif self._args:
            last = self._args[-1]
            arg = arg.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
            comma = cst.Comma(whitespace_after=between)
            if isinstance(last.comma, cst.MaybeSentinel) and _is_broken(last.whitespace_after_arg):
                comment = _first_comment(last.whitespace_after_arg)
                if comment is not None and isinstance(between, cst.ParenthesizedWhitespace):
                    comma = cst.Comma(whitespace_after=_with_first_line(between, comment))
                    arg = arg.with_changes(whitespace_after_arg=_without_comment(last.whitespace_after_arg))
            elif isinstance(last.comma, cst.Comma) and _first_comment(last.comma.whitespace_after) is not None:
                comment = _first_comment(last.comma.whitespace_after)
                after = between if isinstance(between, cst.ParenthesizedWhitespace) else last.comma.whitespace_after
                comma = cst.Comma(whitespace_after=_with_first_line(after, comment))
                arg = arg.with_changes(
                    comma=last.comma.with_changes(whitespace_after=_without_comment(last.comma.whitespace_after))
                )
            self._args[-1] = last.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))
            self._args.append(arg)
        else:
            self._args.append(arg)

    def drop(self, index: int) -> None:
        """Remove the argument; its own comments go to ``comments``."""
        arg = self._args.pop(index)
        after = arg.comma.whitespace_after if isinstance(arg.comma, cst.Comma) else arg.whitespace_after_arg
        before = self._whitespace_before(index)
        self.comments += [*_own_line_comments(before), *_trailing_comment(after)]
        if index == len(self._args) and self._args:
            self._end_with(arg, before)
            return
        if index == 0 and not _is_broken(before):
            # The next argument is pulled up behind the bracket.
            return
        self._set_whitespace_before(index, _merged(before, after))

    def _end_with(self, dropped: cst.Arg, before: Separator) -> None:
        """Let the argument that is now the last one end like the dropped one did."""
        last = self._args[-1]
        comment = _first_comment(before)
        comma = dropped.comma
        tail = dropped.whitespace_after_arg
        if isinstance(comma, cst.Comma):
            comma = comma.with_changes(whitespace_after=_end(before, comma.whitespace_after))
        elif comment is not None or _is_broken(tail):
            tail = _end(before, tail)
        self._args[-1] = last.with_changes(comma=comma, whitespace_after_arg=tail)

    def _end_of_keywords(self) -> int:
        """Where a new keyword can stand: after all others, before ``**options``."""
        index = len(self._args)
        while index and self._args[index - 1].star == "**":
            index -= 1
        return index

    def _separator(self) -> Separator:
        """The white space to put after a comma, as the call does it."""
        before = self._call.whitespace_before_args
        commas = [arg.comma.whitespace_after for arg in self._args[:-1] if isinstance(arg.comma, cst.Comma)]
        broken = [space for space in commas if isinstance(space, cst.ParenthesizedWhitespace)]
        if broken and len(broken) == len(commas):
            return _bare(broken[-1])
        if not commas and isinstance(before, cst.ParenthesizedWhitespace):
            return _bare(before)
        if len(broken) > 0 and len(broken) * 2 >= len(commas):
            return _bare(broken[-1])
        return cst.SimpleWhitespace(" ")

    def _whitespace_before(self, index: int) -> Separator:
        if index == 0:
            return self._call.whitespace_before_args
        comma = self._args[index - 1].comma
        return comma.whitespace_after if isinstance(comma, cst.Comma) else cst.SimpleWhitespace("")

    def _set_whitespace_before(self, index: int, space: Separator) -> None:
        if index == 0:
            self._call = self._call.with_changes(whitespace_before_args=space)
            return
        previous = self._args[index - 1]
        if isinstance(previous.comma, cst.Comma):
            comma = previous.comma.with_changes(whitespace_after=space)
            self._args[index - 1] = previous.with_changes(comma=comma)


def _plain_equal() -> cst.AssignEqual:
    nothing = cst.SimpleWhitespace("")
    return cst.AssignEqual(whitespace_before=nothing, whitespace_after=nothing)


def _is_broken(space: Separator) -> bool:
    return isinstance(space, cst.ParenthesizedWhitespace)


def _bare(space: Separator) -> Separator:
    """The same line break and indent without comments and blank lines."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    first = space.first_line.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))
    return space.with_changes(first_line=first, empty_lines=[])


def _first_comment(space: Separator) -> cst.TrailingWhitespace | None:
    """The rest of the line with its comment, where there is one."""
    if isinstance(space, cst.ParenthesizedWhitespace) and space.first_line.comment is not None:
        return space.first_line
    return None


def _with_first_line(space: Separator, line: cst.TrailingWhitespace | None) -> Separator:
    if isinstance(space, cst.ParenthesizedWhitespace) and line is not None:
        return space.with_changes(first_line=line)
    return space


def _without_comment(space: Separator) -> Separator:
    if isinstance(space, cst.ParenthesizedWhitespace):
        first = space.first_line.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))
        return space.with_changes(first_line=first)
    return space


def _own_line_comments(space: Separator) -> Sequence[str]:
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return []
    return [line.comment.value for line in space.empty_lines if line.comment is not None]


def _trailing_comment(space: Separator) -> Sequence[str]:
    line = _first_comment(space)
    return [line.comment.value] if line is not None and line.comment is not None else []


def _merged(before: Separator, after: Separator) -> Separator:
    """The white space left where an argument stood between two others."""
    if not isinstance(after, cst.ParenthesizedWhitespace):
        return _keep_first_line(before)
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return _without_comment(after)
    return after.with_changes(first_line=before.first_line)


def _keep_first_line(space: Separator) -> Separator:
    """The same break without the comments above the dropped argument."""
    return space.with_changes(empty_lines=[]) if isinstance(space, cst.ParenthesizedWhitespace) else space


def _end(before: Separator, tail: Separator) -> Separator:
    """Return what follows the last argument after the one that was there is dropped."""
    comment = _first_comment(before)
    if isinstance(tail, cst.ParenthesizedWhitespace):
        return _with_first_line(_without_comment(tail), comment)
    if comment is not None:
        return _bare_with(before, comment)
    return tail


def _bare_with(space: Separator, line: cst.TrailingWhitespace) -> Separator:
    return _with_first_line(_keep_first_line(space), line)
