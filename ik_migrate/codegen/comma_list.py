"""Items between commas, changed with their layout kept: one item a line stays so, comments stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

import libcst as cst

Separator = cst.BaseParenthesizableWhitespace
Item = TypeVar("Item", cst.Arg, cst.ImportAlias)

_NOTHING = cst.SimpleWhitespace("")


class CommaList(Generic[Item]):
    """The arguments of a call or the names of an import statement.

    Args:
        items: the items with their commas.
        before: the white space between the opening bracket and the first item.
        after: the white space between the last item and the closing bracket, where no comma follows the item.
    """

    def __init__(self, items: Iterable[Item], before: Separator, after: Separator) -> None:
        self.items: list[Item] = list(items)
        spaces: list[Separator] = [
            item.comma.whitespace_after for item in self.items if isinstance(item.comma, cst.Comma)
        ]
        self._spaces = [before, *spaces, after][: len(self.items) + 1]
        """The white space before each item, and after the last one."""

    @property
    def parts(self) -> tuple[list[Item], Separator, Separator]:
        """What a list is made of: the items, and the white space before and after them."""
        items = [
            item.with_changes(comma=item.comma.with_changes(whitespace_after=space))
            if isinstance(item.comma, cst.Comma)
            else item
            for item, space in zip(self.items, self._spaces[1:], strict=True)
        ]
        is_open = bool(items) and not _has_comma(items[-1])
        return items, self._spaces[0] if items else _NOTHING, self._spaces[-1] if is_open else _NOTHING

    def insert(self, index: int, item: Item) -> None:
        """Put an item before the one that is at ``index`` now, laid out like those before it."""
        between = self._separator()
        comma: cst.Comma | cst.MaybeSentinel = cst.Comma()
        if index < len(self.items):
            space = self._spaces[index]
            if _comments_above(space):  # They stay with the item that was here.
                self._spaces[index], between = _keep_first_line(space), _without_comment(space)
            self._spaces.insert(index + 1, between)
        elif self.items:
            last, end = self.items[-1], self._spaces[-1]
            comment = _first_comment(end)
            # A comment at the end of the line is about the last item.
            if comment is not None and (_is_broken(between) or _has_comma(last)):
                between = _with_first_line(between if _is_broken(between) else end, comment)
                self._spaces[-1] = _without_comment(end)
            self._spaces.insert(index, between)
            self.items[-1], comma = last.with_changes(comma=comma), last.comma
        else:
            self._spaces.append(_NOTHING)
            comma = item.comma
        self.items.insert(index, item.with_changes(comma=comma))

    def drop(self, index: int, *, keep_heading: bool = False) -> list[str]:
        """Remove an item.

        Args:
            index: its place.
            keep_heading: keep the comments above it if there are none above the next item.

        Returns:
            The comments that were its own.
        """
        item = self.items.pop(index)
        before, after = self._spaces[index : index + 2]
        is_heading = keep_heading and _comments_above(before) and not _comments_above(after)
        if index == len(self.items) and self.items:
            left = _end(before, after)
            self.items[-1] = self.items[-1].with_changes(comma=item.comma)
        elif is_heading or (index == 0 and not _is_broken(before)):
            left = before  # The next item is pulled up, to its comment or its bracket.
        else:
            left = _merged(before, after)
        self._spaces[index : index + 2] = [left]
        return _own_comments(before, after)

    def _separator(self) -> Separator:
        """The white space to put after a comma, as the other items have it."""
        between = self._spaces[1:-1]
        broken = [space for space in between if _is_broken(space)]
        if broken and len(broken) * 2 >= len(between):
            return _keep_first_line(_without_comment(broken[-1]))
        if not between and _is_broken(self._spaces[0]):
            return _keep_first_line(_without_comment(self._spaces[0]))
        return cst.SimpleWhitespace(" ")


def _has_comma(item: cst.Arg | cst.ImportAlias) -> bool:
    return isinstance(item.comma, cst.Comma)


def _is_broken(space: Separator) -> bool:
    return isinstance(space, cst.ParenthesizedWhitespace)


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


def _comments_above(space: Separator) -> list[str]:
    """The comments above an item."""
    lines = space.empty_lines if isinstance(space, cst.ParenthesizedWhitespace) else ()
    return [line.comment.value for line in lines if line.comment is not None]


def _own_comments(before: Separator, after: Separator) -> list[str]:
    """The comments above an item and at the end of its line."""
    line = _first_comment(after)
    return _comments_above(before) + ([line.comment.value] if line is not None and line.comment is not None else [])


def _merged(before: Separator, after: Separator) -> Separator:
    """The white space left where an item stood between two others."""
    if not isinstance(after, cst.ParenthesizedWhitespace):
        return _keep_first_line(before)
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return _without_comment(after)
    return after.with_changes(first_line=before.first_line)


def _keep_first_line(space: Separator) -> Separator:
    """The same break without the comments above the dropped item."""
    return space.with_changes(empty_lines=[]) if isinstance(space, cst.ParenthesizedWhitespace) else space


def _end(before: Separator, tail: Separator) -> Separator:
    """Return what follows the last item after the one that was there is dropped."""
    comment = _first_comment(before)
    if isinstance(tail, cst.ParenthesizedWhitespace):
        return _with_first_line(_without_comment(tail), comment)
    if comment is not None:
        return _with_first_line(_keep_first_line(before), comment)
    return tail
