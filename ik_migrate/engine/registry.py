"""What a codemod is, and where the codemods are found.

A codemod is one module of ``ik_migrate.codemods`` (``codemods/`` at the top of the repository) with a
``CODEMOD``: its rules, and the functions that find what the rules are about.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from functools import cache

from ik_migrate.engine.plugins import load_plugins
from ik_migrate.model.did_you_mean import nearest
from ik_migrate.model.rule import Rule
from ik_migrate.rules import Codemod

_CODE = re.compile(r"IK[1-9]\d\d")
_LETTERS_LIKE_DIGITS = str.maketrans("OIL", "011")
_SHORTEST_TYPO = len("IK1")


@cache
def codemods() -> tuple[Codemod, ...]:
    """All codemods in the order of their rules' codes, those of other packages last.

    Raises:
        ValueError: when a code is malformed or used twice.
        CodemodError: when one of another package cannot be used.
    """
    package = importlib.import_module("ik_migrate.codemods")
    found: list[Codemod] = [
        importlib.import_module(f"{package.__name__}.{info.name}").CODEMOD
        for info in pkgutil.iter_modules(package.__path__)
    ]
    codes = [rule.code for codemod in found for rule in codemod.rules]
    for code in codes:
        if not _CODE.fullmatch(code) or codes.count(code) > 1:
            raise ValueError(f"{code} is malformed or used by two rules")
    found.sort(key=_order)
    return (*found, *sorted(load_plugins(found), key=_order))


def _order(codemod: Codemod) -> str:
    return codemod.rules[0].code


@cache
def rules() -> dict[str, Rule]:
    """All rules by their codes, in order, those of other packages last."""
    found = {rule.code: rule for codemod in codemods() for rule in codemod.rules}
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
