"""What is to be rehearsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ik_migrate.model.options import Options

PLAIN = "plain"


@dataclass(frozen=True)
class Variant:
    """One way to rewrite the project.

    Args:
        name: the options of ``apply`` that it takes, or `PLAIN`.
        options: how to rewrite.
    """

    name: str
    options: Options

    @property
    def short_name(self) -> str:
        """The name for a table: of several options the last, which tells the variant from others."""
        _, plus, last = self.name.rpartition(" ")
        return f"  + {last}" if plus else self.name

    @property
    def command(self) -> str:
        """The command that makes the same rewrites."""
        return "ik-migrate apply" + ("" if self.name == PLAIN else f" {self.name}")


@dataclass(frozen=True)
class Plan:
    """What is to be rehearsed.

    Args:
        root: the folder of the project, absolute and without links; it is copied.
        folder: the folder with manage.py, in it.
        paths: the parts of the project that are to be rewritten; the rewrites of the others are made too, so that the
            site runs, but are not part of the result.
        base: the folder that paths are shown relative to: the top of the repository, or ``root``.
        old: the command that starts the interpreter of today, in parts.
        new: the command that starts the one to move to, in parts; None where there is none yet.
        settings: the settings module.
        apps: the names of the apps that are to be rewritten; empty for all in ``paths``.
        python_paths: more folders to import from.
        sample: how many rows to look at, for each model and source field.
        synthetic: use neither the database nor the images in it.
        time_limit: for one image, in seconds.
        images: keep the images, for the result page.
        behaviours: also look at what happens when rows are saved and deleted.
    """

    root: Path
    folder: Path
    paths: tuple[Path, ...]
    base: Path
    old: Sequence[str]
    new: Sequence[str] | None
    settings: str
    apps: Sequence[str] = ()
    python_paths: Sequence[str] = ()
    sample: int = 5
    synthetic: bool = False
    time_limit: float = 30.0
    images: bool = False
    behaviours: bool = True
    is_in_git: bool = False

    @property
    def is_partial(self) -> bool:
        """Whether only a part of the project is to be rewritten."""
        return bool(self.apps) or self.root not in self.paths


def variant_of(options: Options) -> Variant:
    """Return the variant with the options that were given."""
    return Variant(" ".join(options.rewrite_flags) or PLAIN, options)


def compared_variants(options: Options) -> list[Variant]:
    """Return the variants that ``--compare`` rehearses; other options hold for all of them.

    The files keep their names only where the fields are rewritten, so the later ones include unsafe rewrites.
    """
    plain = replace(options, unsafe_fixes=False, faithful=False, keep_cache_names=False)
    unsafe = replace(plain, unsafe_fixes=True)
    found = [
        plain,
        unsafe,
        replace(unsafe, faithful=True),
        replace(unsafe, keep_cache_names=True),
    ]
    return [variant_of(each) for each in found]
