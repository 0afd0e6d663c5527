"""Paths through spec files in strings, which serializers, search indexes and lists of attributes follow."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ik_migrate.project.module import Module
from ik_migrate.project.string_literals import Literal, literals


@dataclass(frozen=True)
class SpecFilePath:
    """``photo.thumbnail.source_file``, as a part of a string.

    Args:
        literal: the string.
        owner: what comes before the spec field; may be empty.
        attname: the spec field.
        separator: what is between the names.
        member: what is asked of the spec file.
        end: where the path ends in the string.
    """

    literal: Literal
    owner: str
    attname: str
    separator: str
    member: str
    end: int

    @property
    def shown(self) -> str:
        """The path as it is written."""
        return self.separator.join(filter(None, (self.owner, self.attname, self.member)))


def paths_in_strings(module: Module, members: Collection[str]) -> Iterator[SpecFilePath]:
    """Yield the paths in the strings of a file that go through a spec file to one of some members."""
    names = module.project.spec_attributes
    if not names or not any(member in module.text.source.text for member in members):
        return
    one, asked = ("|".join(sorted(map(re.escape, group))) for group in (names, members))
    # The names before the spec field are not greedy: with two underscores between them they look like one.
    path = re.compile(
        rf"(?<![\w.])(?:(?P<owner>[\w.]+?)(?P<first>\.|__))?(?P<attname>{one})(?P<separator>\.|__)(?P<member>{asked})"
        r"(?=\b|__)"
    )
    for literal in literals(module):
        for found in path.finditer(literal.value):
            owner, separator = found["owner"] or "", found["separator"]
            if found["first"] in (None, separator) and not _may_be_lookup(module, found):
                yield SpecFilePath(literal, owner, found["attname"], separator, found["member"], found.end())


def _may_be_lookup(module: Module, found: re.Match[str]) -> bool:
    """Whether it may be a condition of a query, for a relation that has the name of a spec field."""
    if found["separator"] == "." or found["member"] == "source_file":
        return False
    return found["attname"] in module.project.shared_attributes
