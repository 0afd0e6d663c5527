"""How to install ik-migrate is the same in every page, and changes in one place."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNRELEASED = re.compile(
    r"no release|until there is a release|@main|rev: main|git\+https|install \./ik-migrate", re.IGNORECASE
)


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("release_text", ROOT / "scripts" / "release_text.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_up_to_date(script, capsys):
    assert script.main(["--check"]) == 0, capsys.readouterr().err


def test_release_changes_every_place(script):
    pages = script.rendered(is_released=True, version="1.2.3")
    assert not [name for name, text in pages.items() if UNRELEASED.search(text)]
    assert "uses: ik-migrate/ik-migrate@v1.2.3\n" in pages["README.md"]
    assert "rev: v1.2.3\n" in pages["docs/ci.md"]
    assert "pip install ik-migrate==1.2.3\n" in pages["docs/ci.md"]


def test_no_other_page_says_how_to_install(script):
    pages = {path.relative_to(ROOT).as_posix(): path for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]}
    found = {name for name, path in pages.items() if UNRELEASED.search(path.read_text("utf-8"))}
    assert found == (set() if script.IS_RELEASED else {place.page for place in script.PLACES})


def test_next_release_and_back(script, tmp_path, monkeypatch):
    before = script.rendered(is_released=False)
    for name, text in script.rendered(is_released=True, version="1.2.3").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    later = script.rendered(is_released=True, version="1.3.0")
    assert "1.2.3" not in "".join(later.values())
    assert script.rendered(is_released=False) == before
