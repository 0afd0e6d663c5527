"""The ImageKit versions that a project can move to, what they want, and how a pin names them.

What ran and what did not was seen by running each of them; the lower bounds are those that the packages declare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DEFAULT_TARGET = "6.1"
OLD_STACK_TARGET = "4.0"
"""For a project that is on Python 2: 4.0.2 ran on it with Django 1.5 and 1.6."""


@dataclass(frozen=True)
class Target:
    """One version of django-imagekit.

    Args:
        version: the version, as ``--target`` names it.
        below: the first version that is not wanted any more.
        exact: a release that was tested.
        python: the Python versions that it wants.
        django: the Django versions that it wants.
        note: what else has to be known.
    """

    version: str
    below: str
    exact: str
    python: str
    django: str
    note: str

    @property
    def wants(self) -> str:
        """One sentence on what it needs."""
        return f"django-imagekit {self.version} needs Python {self.python} and Django {self.django}; {self.note}."


TARGETS = {
    target.version: target
    for target in (
        Target("3.0", "3.1", "3.0.4", "2.6 or 2.7", "1.3 to 1.8", "it is the last step for a project of that age"),
        Target(
            "3.3",
            "4",
            "3.3",
            "2.7 or 3.2 and later",
            "1.4 to 1.11",
            "from 1.10 on generateimages takes no labels",
        ),
        Target("4.0", "4.1", "4.0.2", "2.7 or 3.3 and later", "up to 3.2", "it runs on both Python 2 and 3"),
        Target("4.1", "5", "4.1.0", "2.7 or 3.3 and later", "up to 4.2", "its file names differ from those of 4.0"),
        Target("5.0", "6", "5.0.0", "3.6 or later", "4.2 to 5.2", "imagekit.lib was removed"),
        Target("6.1", "7", "6.1.1", "3.9 or later", "4.2 to 6.0", "it needs PILKit 3 with Pillow 10 and later"),
    )
}


@dataclass(frozen=True)
class Evidence:
    """What shows that a project is on Python 2.

    Args:
        path: the file that shows it.
        line: the line, counted from 1.
        sign: the code of that line, or the part of it that counts.
        meaning: what follows from it: ``is Python 2``.
    """

    path: Path
    line: int
    sign: str
    meaning: str = "is Python 2"

    def describe(self, root: Path) -> str:
        """Return it as the beginning of a sentence, with a path relative to the folder of the project."""
        shown = self.path.relative_to(root) if self.path.is_relative_to(root) else self.path
        return f"{shown.as_posix()}:{self.line} {self.meaning} (`{self.sign}`)"


def target_named(version: str) -> Target:
    """The target of that version.

    Raises:
        ValueError: when there is none.
    """
    try:
        return TARGETS[version]
    except KeyError:
        raise ValueError(f"there is no target {version!r}; there are {', '.join(TARGETS)}") from None


def target_like(version: str) -> str:
    """The target that who wrote another version may have meant: of its major version, the same or the next one.

    Returns:
        Its version; empty where there is none of that major version, or where it is no version.
    """
    found = re.match(r"\D?(\d+)(?:\.(\d+))?", version.strip())
    if found is None:
        return ""
    wanted = int(found[1]), int(found[2] or 0)
    alike = [target for target in TARGETS if target.split(".")[0] == found[1]]
    later = [target for target in alike if tuple(map(int, target.split("."))) >= wanted]
    return (later or alike[-1:] or [""])[0]


def pin(target: str = DEFAULT_TARGET) -> str:
    """The version specifier for a requirement: ``>=6.1,<7``."""
    found = target_named(target)
    return f">={found.version},<{found.below}"


def shell_pin(target: str = DEFAULT_TARGET) -> str:
    """The same in a form without characters that a shell takes for its own: ``~=6.1``."""
    found = target_named(target)
    return f"~={found.version}" if "." not in found.below else f"~={found.version}.0"


def exact_pin(target: str = DEFAULT_TARGET) -> str:
    """A single version, for files that list nothing else: ``6.1.1``."""
    return target_named(target).exact
