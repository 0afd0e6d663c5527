"""All rules, and the functions that find what they are about.

They are collected from the modules of ``ik_migrate.codemods`` (``codemods/`` at the top of the repository) and of other
packages: each function there that a decorator of `ik_migrate.rules` declares is one of them.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from functools import cache

from ik_migrate.engine.plugins import checks_declared_in, load_plugins
from ik_migrate.model.did_you_mean import nearest
from ik_migrate.model.rule import Rule
from ik_migrate.rules import AnyCheck

_CODE = re.compile(r"IK[1-9]\d\d")
_LETTERS_LIKE_DIGITS = str.maketrans("OIL", "011")
_SHORTEST_TYPO = len("IK1")


@cache
def checks() -> tuple[AnyCheck, ...]:
    """All checks in the order of their rules' codes, those of other packages last.

    Raises:
        ValueError: when a code is malformed or used twice.
        PluginError: when a module of another package cannot be used.
    """
    package = importlib.import_module("ik_migrate.codemods")
    found = [
        check
        for info in pkgutil.iter_modules(package.__path__)
        for check in checks_declared_in(importlib.import_module(f"{package.__name__}.{info.name}"))
    ]
    codes = [rule.code for rule in _rules_of(found)]
    for code in codes:
        if not _CODE.fullmatch(code) or codes.count(code) > 1:
            raise ValueError(f"{code} is malformed or used by two rules")
    found.sort(key=_order)
    return (*found, *sorted(load_plugins(_rules_of(found)), key=_order))


def _rules_of(some: Iterable[AnyCheck]) -> list[Rule]:
    """The rules of some checks, each once: two functions may look for the same in two kinds of files."""
    return list({id(rule): rule for check in some for rule in check.rules}.values())


def _order(check: AnyCheck) -> str:
    return check.rules[0].code


@cache
def rules() -> dict[str, Rule]:
    """All rules by their codes, in order, those of other packages last."""
    found = {rule.code: rule for rule in _rules_of(checks())}
    return dict(sorted(found.items(), key=lambda item: (not _CODE.fullmatch(item[0]), item[0])))


def describe_unknown_code(beginnings: Iterable[str]) -> str:
    """Return what is wrong with rule codes, or their beginnings; empty where each begins the code of some rule."""
    for beginning in beginnings:
        if not any(code.startswith(beginning.upper()) for code in rules()):
            by_name = next((code for code, rule in rules().items() if rule.name == beginning.lower()), "")
            meant = by_name or _with_digits(beginning)
            hint = f" Did you mean {meant!r}?" if meant else ""
            if not hint and len(beginning) > _SHORTEST_TYPO:
                hint = nearest(beginning, rules(), 0.75)
            if not hint:
                groups = sorted({code[:-2] for code in rules()})
                hint = f" Codes start with {', '.join(groups)}."
            return f"no rule starts with {beginning!r}.{hint} See: ik-migrate rules"
    return ""


def _with_digits(beginning: str) -> str:
    """Return the code that is meant by one with letters in place of digits, ``IK2O1``; empty for none."""
    code = f"{beginning[:2]}{beginning[2:].upper().translate(_LETTERS_LIKE_DIGITS)}".upper()
    return code if any(known.startswith(code) for known in rules()) else ""
