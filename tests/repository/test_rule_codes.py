"""Codes of rules in the documentation and in messages are those of rules that there are."""

from __future__ import annotations

import re
from pathlib import Path

from ik_migrate.engine.registry import checks, rules

ROOT = Path(__file__).parents[2]


def test_code_of_a_rule_is_that_of_a_rule_in_use():
    files = [ROOT / "README.md", *(path for folder in ("docs", "ik_migrate", "codemods") for path in _texts(folder))]
    unknown = {
        f"{path.relative_to(ROOT)}: {code}"
        for path in files
        for code in re.findall(r"\bIK[0-9]{3}\b", path.read_text("utf-8"))
        if code not in rules()
    }
    assert unknown == set()


def test_each_rule_has_a_module_and_fixtures_of_its_name():
    modules = {(check.find.__module__, rule.code) for check in checks() for rule in check.rules}
    names = {
        (f"ik_migrate.codemods.{rule.code.lower()}_{rule.name.replace('-', '_')}", rule.code)
        for rule in rules().values()
    }
    assert modules == names
    assert len(list((ROOT / "codemods").glob("ik*.py"))) == len(names)
    fixtures = {path.name for path in (ROOT / "tests" / "fixtures" / "rules").iterdir() if path.is_dir()}
    assert fixtures == {rule.name for rule in rules().values()}


def _texts(folder):
    return [path for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".md", ".html"}]
