"""What ``git ls-files`` says of a work tree: all names, and those of links and of other repositories."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property

LISTING = ("ls-files", "-z", "--stage", "--cached", "--others", "--exclude-standard")
"""The arguments for git."""

# What it says before a name that it knows: mode, object and stage.
_STAGE = re.compile(rb"(\d{6}) [0-9a-f]+ \d\t")
_LINK = b"120000"
_REPOSITORY = b"160000"
# Nearly all entries; of the others, each gets a closer look.
_FILE = (b"100644 ", b"100755 ")


class Listing:
    """The answer to `LISTING`.

    Args:
        folder: where git was asked, absolute.
        answer: what it said, nothing if it was not asked.
    """

    def __init__(self, folder: str, answer: bytes) -> None:
        self._above = os.path.join(folder, "")
        self._entries = list(filter(None, answer.split(b"\0")))

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[str]:
        """The paths, absolute."""
        return (self._split(entry)[1] for entry in self._entries)

    @cached_property
    def links(self) -> list[str]:
        """The paths of links, in which git searches for nothing: they may lead to code beside the work tree."""
        return [path for mode, path in self._unusual if (os.path.islink(path) if mode is None else mode == _LINK)]

    @cached_property
    def repositories(self) -> list[str]:
        """The folders of repositories, submodules among them, that lie in this one and that git does not enter."""
        others = (path for mode, path in self._unusual if mode == _REPOSITORY or (mode is None and path.endswith("/")))
        return sorted({path.rstrip("/") for path in others if os.path.exists(os.path.join(path, ".git"))})

    @cached_property
    def _unusual(self) -> list[tuple[bytes | None, str]]:
        return [self._split(entry) for entry in self._entries if not entry.startswith(_FILE)]

    def _split(self, entry: bytes) -> tuple[bytes | None, str]:
        """The mode, None where git does not know the file, and the path."""
        known = _STAGE.match(entry)
        if known is None:
            return None, self._above + os.fsdecode(entry)
        return known[1], self._above + os.fsdecode(entry[known.end() :])
