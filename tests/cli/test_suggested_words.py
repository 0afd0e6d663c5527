"""What is suggested for a mistyped command, option, code or format."""

from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("scn", "No such command: scn. Did you mean 'scan'?"),
        ("check", "No such command: check. Use: ik-migrate scan"),
        ("fix", "No such command: fix. Use: ik-migrate apply"),
        ("shop", "No such command: shop. For a path: ik-migrate scan shop"),
        ("xyzzy", "No such command: xyzzy. See: ik-migrate --help"),
        ("scan --fix", "No such option: --fix. Use: ik-migrate apply"),
        ("scan --diff", "No such option: --diff. Use: ik-migrate apply --diff"),
        ("scan --selct IK1", "No such option: --selct. Did you mean '--select'?"),
        ("apply --since-report x", "No such option: --since-report. Use: ik-migrate scan --since-report"),
        ("scan --select IK9", "no rule starts with 'IK9'. Codes start with IK1, IK2,"),
        ("scan --select IK2O1", "no rule starts with 'IK2O1'. Did you mean 'IK201'?"),
        ("explain IK20l", "no rule starts with 'IK20l'. Did you mean 'IK201'?"),
        ("explain IK201 nothing", "no rule starts with 'nothing'."),
        ("scan --format htlm", "no such format: htlm. Did you mean 'html'?"),
    ],
)
def test_mistake_is_explained(run, tmp_path, arguments, message):
    (tmp_path / "shop").mkdir()
    done = run(*arguments.split(), cwd=tmp_path)
    assert (done.status, done.stdout) == (2, "")
    assert message in done.stderr


def test_several_rules_are_explained(run):
    text = run("explain", "IK101", "resize-to-fit-upscale").stdout
    assert text.startswith("IK101 image-field\n")
    assert "\nIK203 resize-to-fit-upscale\n" in text


def test_prefix_explains_all_its_rules(run):
    found = json.loads(run("explain", "IK60", "--format", "json").stdout)
    assert [rule["code"] for rule in found] == ["IK601", "IK602", "IK603", "IK604", "IK607", "IK608"]


def test_rules_are_listed_as_json(run):
    rules = json.loads(run("rules", "--format", "json").stdout)
    assert len(rules) > 40
    assert rules[0].keys() >= {"code", "name", "summary", "applicability", "why", "help", "source", "example", "url"}
