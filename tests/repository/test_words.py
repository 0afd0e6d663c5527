"""Text for users is plain English: none of the words that `words` lists."""

from __future__ import annotations

import pytest
from words import ROOT, hits_in_markdown, hits_in_python, hits_in_text

PACKAGES = ("ik_migrate", "codemods", "bench", "scripts")
# Code as users write it.
SAMPLES = {ROOT / "bench" / "code_samples.py"}
PAGES = {
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "bench" / "README.md",
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "docs" / "rules").glob("*.md"),
}


@pytest.mark.parametrize("package", PACKAGES)
def test_package_avoids_the_words(package):
    modules = sorted({*(ROOT / package).rglob("*.py")} - SAMPLES)
    assert modules
    assert [str(hit) for path in modules for hit in hits_in_python(path)] == []


@pytest.mark.parametrize("page", sorted(PAGES), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_page_avoids_the_words(page):
    assert [str(hit) for hit in hits_in_markdown(page)] == []


def test_words_are_found_outside_of_code_only():
    text = "It can't be told.\nA picture of `a person`, and what is\nleft out."
    assert [str(hit) for hit in hits_in_text(text, "page.md")] == [
        'page.md:1: "can\'t" (write: not)',
        "page.md:1: 'be told' (write: reported, set, distinguished)",
        "page.md:2: 'picture' (write: image)",
        "page.md:3: 'left out' (write: skipped, excluded)",
    ]
