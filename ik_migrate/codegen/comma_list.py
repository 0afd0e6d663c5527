"""Items between commas, changed with their layout kept: one item a line stays so, comments stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

import libcst as cst

Separator = cst.BaseParenthesizableWhitespace
Item = TypeVar("Item", cst.Arg, cst.ImportAlias)


class CommaList(Generic[Item]):
    """The arguments of a call or the names of an import statement.

    Args:
        items: the items with their commas.
        before: the white space between the opening bracket and the first item.
        after: the white space between the last item and the closing bracket, where no comma follows the item.
    """

    def __init__(self, items: Iterable[Item], before: Separator, after: Separator) -> None:
        self.items: list[Item] = list(items)
        self.before = before
        self.after = after

    def insert(self, index: int, item: Item) -> None:
        """Put an item before the one that is at ``index`` now, laid out like those before it."""
        between = self._separator()
        if index < len(self.items):
            self.items.insert(index, item.with_changes(comma=cst.Comma(whitespace_after=between)))
        elif self.items:
            last = self.items[-1]
            end = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else self.after
            # A comment at the end of the line is about the last item.
            if _first_comment(end) is not None and (_is_broken(between) or isinstance(last.comma, cst.Comma)):
                between = _with_first_line(between if _is_broken(between) else end, _first_comment(end))
                end = _without_comment(end)
            if isinstance(last.comma, cst.Comma):
                item = item.with_changes(comma=last.comma.with_changes(whitespace_after=end))
            else:
                self.after = end
            self.items[-1] = last.with_changes(comma=cst.Comma(whitespace_after=between))
            self.items.append(item)
        else:
            self.items.append(item)

    def drop(self, index: int, *, keep_heading: bool = False) -> list[str]:
        """Remove an item.

        Args:
            index: its place.
            keep_heading: keep the comments above it if there are none above the next item.

        Returns:
            The comments that were its own.
        """
        item = self.items.pop(index)
        after = item.comma.whitespace_after if isinstance(item.comma, cst.Comma) else self.after
        before = self._whitespace_before(index)
        comments = _own_comments(before, after)
        is_heading = keep_heading and _comments_above(before) and not _comments_above(after)
        if not self.items:
            self.after = cst.SimpleWhitespace("")
        if index == len(self.items) and self.items:
            self._end_like(item, before)
        elif index > 0 or _is_broken(before):
            # Otherwise the next item is pulled up behind the bracket.
            self._set_whitespace_before(index, before if is_heading else _merged(before, after))
        return comments

    def _end_like(self, dropped: Item, before: Separator) -> None:
        """Let the item that is now the last one end like the dropped one did."""
        comma = dropped.comma
        if isinstance(comma, cst.Comma):
            comma = comma.with_changes(whitespace_after=_end(before, comma.whitespace_after))
        elif _first_comment(before) is not None or _is_broken(self.after):
            self.after = _end(before, self.after)
        self.items[-1] = self.items[-1].with_changes(comma=comma)

    def _separator(self) -> Separator:
        """The white space to put after a comma, as the other items have it."""
        commas = [item.comma.whitespace_after for item in self.items[:-1] if isinstance(item.comma, cst.Comma)]
        broken = [space for space in commas if _is_broken(space)]
        if broken and len(broken) * 2 >= len(commas):
            return _bare(broken[-1])
        if not commas and _is_broken(self.before):
            return _bare(self.before)
        return cst.SimpleWhitespace(" ")

    def _whitespace_before(self, index: int) -> Separator:
        if index == 0:
            return self.before
        comma = self.items[index - 1].comma
        return comma.whitespace_after if isinstance(comma, cst.Comma) else cst.SimpleWhitespace("")

    def _set_whitespace_before(self, index: int, space: Separator) -> None:
        if index == 0:
            self.before = space
            return
        previous = self.items[index - 1]
        if isinstance(previous.comma, cst.Comma):
            self.items[index - 1] = previous.with_changes(comma=previous.comma.with_changes(whitespace_after=space))


def _is_broken(space: Separator) -> bool:
    return isinstance(space, cst.ParenthesizedWhitespace)


def _bare(space: Separator) -> Separator:
    """The same line break and indent without comments and blank lines."""
    return _keep_first_line(_without_comment(space))


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
    """Return what follows the last argument after the one that was there is dropped."""
    comment = _first_comment(before)
    if isinstance(tail, cst.ParenthesizedWhitespace):
        return _with_first_line(_without_comment(tail), comment)
    if comment is not None:
        return _with_first_line(_keep_first_line(before), comment)
    return tail
