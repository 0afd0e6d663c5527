"""Import statements in any layout: what is imported is as wanted, and what is not concerned stays."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ik_migrate.codegen.import_statement import ImportStatement
from ik_migrate.model.change import AddImport

NAMES = ["alpha", "beta", "gamma", "delta"]
BREAKS = [
    "",
    " ",
    "\n    ",
    "\n\n\t",
    "  # end {}\n    ",
    "\n    # above {}\n    ",
    "  # end {}\n    # above {}\n\n    ",
]
CONTINUED = ["", " ", " \\\n    ", "\t"]


@st.composite
def statements(draw):
    """An import statement, its names and what the file calls them."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    aliases = [f"{name} as {name[0]}" if draw(st.booleans()) else name for name in names]
    in_brackets = draw(st.booleans())
    spaces = iter(draw(st.lists(st.sampled_from(BREAKS if in_brackets else CONTINUED), min_size=12, max_size=12)))
    code = ",".join(f"{next(spaces)}{alias}{next(spaces).rpartition('#')[0][:1]}" for alias in aliases)
    if in_brackets:
        code = f"({code}{',' if draw(st.booleans()) else ''}{next(spaces)})"
    numbers = iter(range(100))
    code = re.sub(r"\{\}", lambda _: str(next(numbers)), f"from shop.images import {code}")
    return code.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"]))), aliases


def imported(code):
    (node,) = ast.parse(code).body
    return node.module, [f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in node.names]


def comments(code):
    return re.findall(r"# \w+ \d+", code)


def newline_of(code):
    return next((end for end in ("\r\n", "\r") if end in code), "\n")


@settings(deadline=None, max_examples=200, derandomize=True)
@given(statements())
def test_statement_without_changes_stays(statement):
    code, _ = statement
    assert ImportStatement(code, newline_of(code)).code == code


@settings(deadline=None, max_examples=300, derandomize=True)
@given(statements(), st.data())
def test_names_are_as_wanted_and_comments_stay(statement, data):
    code, aliases = statement
    written = ImportStatement(code, newline_of(code))
    dropped = data.draw(st.sets(st.sampled_from(range(len(aliases))), max_size=len(aliases) - 1))
    for index in sorted(dropped, reverse=True):
        written.drop(index)
    left = [alias for index, alias in enumerate(aliases) if index not in dropped]
    if data.draw(st.booleans()):
        written.add(AddImport("shop.images", "omega", "omega"))
        left.append("omega")
    module, names = imported(written.code)
    assert (module, sorted(names)) == ("shop.images", sorted(left))
    assert [name for name in names if name != "omega"] == [name for name in left if name != "omega"]
    assert set(comments(written.code)) <= set(comments(code))
    if not dropped:
        assert comments(written.code) == comments(code)
    assert newline_of(written.code) in (newline_of(code), "\n")


@settings(deadline=None, max_examples=200, derandomize=True)
@given(statements(), st.data())
def test_other_module_and_name_change_nothing_else(statement, data):
    code, aliases = statement
    index = data.draw(st.sampled_from(range(len(aliases))))
    written = ImportStatement(code, newline_of(code))
    written.import_from("site.media")
    written.replace(index, "omega", aliases[index].split()[-1])
    name = aliases[index].split()[0]
    alone = f"omega as {name}" if " as " not in aliases[index] else aliases[index].replace(name, "omega")
    start = next(match.start() for match in re.finditer(rf"\b{name}\b", code))
    expected = code[:start] + alone + code[start + len(aliases[index]) :]
    assert written.code == expected.replace("shop.images", "site.media")


@pytest.mark.parametrize("code", ["x = 1", "if x: pass"])
def test_other_statements_are_refused(code):
    with pytest.raises(TypeError):
        ImportStatement(code, "\n")
