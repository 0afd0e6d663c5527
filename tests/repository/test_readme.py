"""The report and the diff in README.md are what the command prints."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture
def site(tmp_path, git):
    folder = shutil.copytree(ROOT / "tests" / "fixtures" / "readme_site", tmp_path / "mysite")
    git(folder, "init")
    return folder


def block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[1]


def test_report_is_real(run, site):
    before, after = block("text").split("...\n")
    written = run("scan", cwd=site, env={"COLUMNS": "80"}).stdout
    assert written.startswith(before)
    assert written.endswith(after)


def test_diff_is_real(run, site):
    written = run("apply", "--diff", cwd=site).stdout
    assert written.endswith(block("diff"))


def test_report_and_diff_are_within_two_screens():
    assert PAGE[: PAGE.index("## What you can rely on")].count("\n") <= 115
