"""Many words in one pattern, and searches for what a project says, however much that is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ik_migrate.files.discovery import search
from ik_migrate.files.multi_pattern import any_of, shortest
from ik_migrate.model.options import Options

WORDS = st.lists(st.binary(min_size=1, max_size=6), min_size=1, max_size=20)
PREFIXES = [b"a" * length for length in range(1, 500)]
ODD = [rb".a+b.", rb"\w", b"[x]", b"{2}", b"$^", b"(|)", b"caf\xc3\xa9", b"'it'", b"<a>", b"a/b-c#d", b"..", b"*?"]


@given(WORDS)
def test_each_word_is_matched_and_nothing_else(words):
    pattern = re.compile(any_of(words) + rb"\Z", re.DOTALL)
    assert all(pattern.match(word) for word in words)
    assert not any(pattern.match(word + b"x") for word in words if word + b"x" not in words)


@given(WORDS, st.binary(max_size=30))
def test_shortest_words_are_found_wherever_one_of_all_is(words, text):
    kept = shortest(words)
    assert bool(re.search(any_of(kept), text)) == any(word in text for word in words)
    assert not any(one != other and one.startswith(other) for one in kept for other in kept)


@pytest.fixture
def folder(tmp_path, git):
    """A folder under git in which each of some odd words has a file of its own."""
    git(tmp_path, "init", "-q")
    for number, word in enumerate([*ODD, b"nothing of that"]):
        (tmp_path / f"f{number:02}.txt").write_bytes(b"first\n-" + word + b"-\n")
    return tmp_path


@pytest.mark.parametrize("with_git", [True, False], ids=["git", "walk"])
def test_odd_words_are_found(folder, with_git):
    for words in (ODD, [*ODD, *(b"not there %d" % number for number in range(3_000))]):
        found = search(folder, words, Options(respect_gitignore=with_git))
        assert [path.name for path in found.files] == [f"f{number:02}.txt" for number in range(len(ODD))]
        assert not found.remarks


def test_words_that_no_line_can_hold(folder):
    """What is looked for comes from the code of the project, where it may be anything."""
    (folder / "f99.txt").write_text("of two lines")
    for more in (0, 30):
        words = [b"nowhere\nof two lines", b"neither\0nor", *(b"x%d" % number for number in range(more))]
        assert [path.name for path in search(folder, words).files] == ["f99.txt"]


def test_words_nested_deeper_than_a_parser_can_follow(folder):
    (folder / "f99.txt").write_bytes(b"b" + PREFIXES[-1] + b"c")
    words = [b"b" + prefix + b"c" for prefix in PREFIXES]
    assert [path.name for path in search(folder, words).files] == ["f99.txt"]
    assert re.search(any_of(words), b"-b" + PREFIXES[77] + b"c-")
