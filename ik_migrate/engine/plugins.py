"""Rules of other packages, from the entry point group ``ik_migrate.codemods``; see docs/python-api.md."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ik_migrate.model.errors import IkMigrateError
from ik_migrate.model.rule import Rule
from ik_migrate.rules import AnyCheck

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "ik_migrate.codemods"
_CODE = re.compile(r"(?!IK)[A-Z]{2,10}\d{3}")


class PluginError(IkMigrateError):
    """The rules of another package cannot be used; the message names the package and says why."""


def checks_declared_in(module: object) -> list[AnyCheck]:
    """Return what the functions of a module check, in the order of the file; not those that it imports."""
    name = getattr(module, "__name__", "")
    return [value for value in vars(module).values() if isinstance(value, AnyCheck) and value.find.__module__ == name]


def load_plugins(built_in: Iterable[Rule]) -> list[AnyCheck]:
    """The checks that installed packages offer.

    Args:
        built_in: the rules that are there already: no code and no name of a rule is used twice.

    Raises:
        PluginError: when a module cannot be imported, declares no rule, or has a code or a name that is not allowed.
    """
    if not _somebody_offers():
        return []
    from importlib.metadata import entry_points

    owners = {word: "ik-migrate" for rule in built_in for word in (rule.code, rule.name)}
    found = []
    for entry_point in sorted(entry_points(group=GROUP), key=lambda entry_point: entry_point.name):
        offered = _load(entry_point)
        for word, problem in _problems(offered, owners):
            raise PluginError(f"{_owner(entry_point)}: its module {entry_point.value} has a rule {word}: {problem}")
        owners |= {
            word: _owner(entry_point) for check in offered for rule in check.rules for word in (rule.code, rule.name)
        }
        found += offered
    return found


def _load(entry_point: EntryPoint) -> list[AnyCheck]:
    try:
        loaded = entry_point.load()
    except Exception as error:
        if os.environ.get("IK_MIGRATE_DEBUG"):
            raise
        reason = f"cannot be imported: {type(error).__name__}: {error}"
        raise PluginError(f"{_owner(entry_point)}: its module {entry_point.value} {reason}") from error
    offered = checks_declared_in(loaded) if isinstance(loaded, ModuleType) else []
    if not offered:
        reason = "declares no rule: use a decorator of ik_migrate.rules, such as checks_module"
        raise PluginError(f"{_owner(entry_point)}: its module {entry_point.value} {reason}")
    return offered


def _problems(offered: Iterable[AnyCheck], owners: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Return the codes and names of rules that are not allowed, and why."""
    for rule in {id(rule): rule for check in offered for rule in check.rules}.values():
        if not _CODE.fullmatch(rule.code):
            yield (
                rule.code,
                "a code is two to ten capital letters, which do not begin with IK, and three digits: ACME101",
            )
        for word in (rule.code, rule.name):
            if word in owners:
                yield word, f"so has {owners[word]}"


def _owner(entry_point: EntryPoint) -> str:
    """The distribution that an entry point is from, as far as known."""
    distribution = entry_point.dist
    return f"{distribution.name} {distribution.version}" if distribution else f"entry point {entry_point.name}"


def _somebody_offers() -> bool:
    """Whether an installed package names our group: importing ``importlib.metadata`` takes thirty times as long."""
    return any(GROUP.encode() in listing for folder in sys.path for listing in _entry_points_below(folder or "."))


def _entry_points_below(folder: str) -> Iterator[bytes]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith((".dist-info", ".egg-info")):
            listing = Path(entry.path, "entry_points.txt")
            if listing.is_file():
                yield listing.read_bytes()
