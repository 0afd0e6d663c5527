"""The features of a support module: which variants of its pieces a project needs, and which one that is there has."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ik_migrate.codegen.support.parts import (
    Part,
    bound_names,
    choices_for,
    is_import,
    lines_of,
    member_names,
    members_of,
    piece_names,
    text_with,
    top_level,
    used_names,
)

# What a piece needs without naming it in its code.
_ALSO_NEEDS = {
    "strategy_of_setting": ("PessimisticImageCacheBackend", "NonValidatingImageCacheBackend"),
    "PessimisticImageCacheBackend": ("note_sources",),
    "NonValidatingImageCacheBackend": ("note_sources",),
    "CeleryImageCacheBackend": ("note_sources",),
}
# The variants of pieces that come with a piece, see the comments `# if:` in the template.
_FEATURES = {
    "LegacyImageSpecField": ("processors", "storage", "fields"),
    "StorageBackend": ("faithful",),
    "legacy_file": ("own_backends",),
    "LegacyFile": ("file_api",),
    "SpecFile": ("chains",),
    "follow_properties": ("property_sources",),
    "LegacySpec": ("formats", "any_names", "removal", "lazy_names"),
    # Where several pieces need what these do, they call them; the only one that needs it has it in its own code.
    "remove_file": ("removal",),
    "format_of": ("format_of",),
}
STRATEGIES = frozenset({"pessimistic", "optimistic", "any_strategy", "strategy_of_settings"})
"""Which default strategy the settings of the project name, if that is certain; ImageKit's own where none is given."""
_NEEDED_BY_FEATURE = {
    "own_backends": ("legacy_file",),
    "chains": ("use_spec_files",),
    "property_sources": ("follow_properties",),
}
_IMPLIED_BY_FEATURE = {
    "own_backends": ("file_api",),
    "unknown_backends": ("own_backends",),
    "property_sources": ("removal",),
    "odd_storages": ("removal",),
    "plain_classes": ("own_ids",),
}
_WITH_STRATEGY = ("DirectorySpec", "LegacySpec")
_DERIVED = frozenset({"spec_files", "plain_files", "plain_names", "reopened_sources"})


def close(wanted: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return all pieces and features that some of them need."""
    names = {name for name in wanted if not name.startswith("+")}
    features = {name[1:] for name in wanted if name.startswith("+")}
    while True:
        before = len(names), len(features)
        for feature in list(features):
            names.update(_NEEDED_BY_FEATURE.get(feature, ()))
            features.update(_IMPLIED_BY_FEATURE.get(feature, ()))
        if not features & STRATEGIES:
            features.add("pessimistic")
        for part in top_level():
            if part.names & names and not is_import(part.node):
                for name in part.names & names:
                    features.update(_FEATURES.get(name, ()))
                    names.update(_ALSO_NEEDS.get(name, ()))
                names |= used_names(text_with(part, derive(features))) & piece_names()
        if (len(names), len(features)) == before:
            return names, derive(features)


def derive(features: set[str]) -> set[str]:
    """Some features, and those that are there where one of them is without another."""
    found = set(features)
    if "storage" in features:
        found.add("storage_key")
    if features & {"faithful", "any_strategy"}:
        found.discard("storage_key")  # The backend of the settings counts.
    if "read_sources" in features and "faithful" not in features:
        found.add("reopened_sources")
    if "any_names" in features:
        found.discard("dated_names")
    elif "dated_names" not in features:
        found.add("plain_names")
    if "file_api" not in features:
        found.add("spec_files" if features & {"faithful", "chains"} else "plain_files")
    return found


def features_in(existing: str) -> set[str]:
    """Return the features that a support module has, as far as its owner has not changed the pieces.

    They stay when it gets more: the code that needs them may be rewritten already.
    """
    lines = existing.splitlines(keepends=True)
    own = {name: node for node in ast.parse(existing).body for name in bound_names(node)}
    found: set[str] = set()
    for part in top_level():
        node = next((own[name] for name in part.names if name in own), None)
        if node is None or is_import(part.node):
            continue
        for name in part.names:
            found.update(_FEATURES.get(name, ()))
        for item, variants in _with_items(part, node):
            start, end = lines_of(item)
            text = "".join(lines[start:end])
            ways = [chosen for variant in variants for chosen in _features_that_make(variant, text)]
            # Two variants can have the same text.
            found.update(set.intersection(*ways) if ways else ())
    if not found & STRATEGIES and any(name in own for name in _WITH_STRATEGY):
        found.add("strategy_of_settings")
    if "reopened_sources" in found:
        found.add("read_sources")
    return found - _DERIVED


def _with_items(part: Part, node: ast.stmt) -> Iterator[tuple[ast.stmt, list[Part]]]:
    """The statements of a support module, each with the parts of the template that have its name."""
    if not isinstance(node, ast.ClassDef):
        yield node, [part]
        return
    for item in node.body:
        names = set(member_names(item))
        namesakes = [member for member in members_of(part) if names & set(member_names(member.node))]
        if namesakes:
            yield item, namesakes


def _features_that_make(part: Part, text: str) -> list[set[str]]:
    """The smallest set of features with which a part has some text; none where it never has."""
    condition = {part.condition} if part.condition and not part.is_negated else set()
    return [{*chosen, *condition} for chosen in choices_for(part) if text_with(part, chosen) == text][:1]
