"""How far a run has come, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Progress = Callable[[str, int, int], None]
"""Called with the phase (``Searching``), how many files are done in it, and of how many; 0 where that is not known."""

Item = TypeVar("Item")


def unseen(phase: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


def counted(items: Iterable[Item], total: int, phase: str, progress: Progress) -> Iterator[Item]:
    """The items, with ``progress`` told before the first one and after each.

    Args:
        items: what is worked through.
        total: how many they are.
        phase: what is done with them.
        progress: the callback.
    """
    progress(phase, 0, total)
    for done, item in enumerate(items, 1):
        yield item
        progress(phase, done, total)
