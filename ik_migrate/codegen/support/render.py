"""Render the support module: the pieces of the template that a project needs, added to those that it has."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, combinations

from ik_migrate.project.support_module import MARKER

_CONNECTS = re.compile(r"\w+\.connect\(")
_CONDITION = re.compile(r"# if: (not )?(\w+)$")
# What a piece needs without naming it in its code.
_ALSO_NEEDS = {"has_new_source": ("remember_sources",)}
# The variants of pieces that come with a piece, see the comments `# if:` in the template.
_FEATURES = {
    "LegacyImageSpecField": ("processors", "storage", "fields"),
    "remove_all_files": ("clear",),
    "StorageBackend": ("faithful",),
    "legacy_file": ("own_backends",),
    "LegacyFile": ("file_api",),
    "LegacySpec": ("formats", "dates"),
    "validate_file": ("validate",),
    "invalidate_file": ("validate",),
    "clear_file": ("clear",),
}
_STRATEGIES = frozenset({"pessimistic", "optimistic", "any_strategy", "strategy_of_settings"})
"""Which default strategy the settings of the project name, if that is certain; ImageKit's own where none is given."""
_NEEDED_BY_FEATURE = {"own_backends": ("legacy_file", "validate_file", "clear_file")}
_IMPLIED_BY_FEATURE = {"own_backends": ("file_api",)}


@dataclass(frozen=True)
class _Part:
    """A statement of the template, at its top or in a class.

    Args:
        node: the statement.
        text: its source, indented as in the template, without the line that holds its condition.
        condition: the feature that it belongs to; empty where it is always part of what it is in.
        is_negated: whether it is there without the feature.
    """

    node: ast.stmt
    text: str
    condition: str = ""
    is_negated: bool = False

    def is_in(self, features: Collection[str]) -> bool:
        """Whether the part is there with some features."""
        return not self.condition or (self.condition in features) != self.is_negated

    @property
    def names(self) -> frozenset[str]:
        """The names that the statement binds."""
        return frozenset(_bound_names(self.node))


@cache
def _template() -> str:
    return files("ik_migrate.codegen.support").joinpath("template.py").read_text("ascii")


@cache
def _top_level() -> tuple[_Part, ...]:
    return tuple(_parts(_template(), ast.parse(_template()).body))


@cache
def piece_names() -> frozenset[str]:
    """Return the names of all pieces that a project can import from its support module."""
    return frozenset(name for part in _top_level() if not _is_import(part.node) for name in part.names)


def render(wanted: Iterable[str], existing: str = "") -> str:
    """Return the text of a support module that has some pieces.

    Args:
        wanted: names of pieces, or of features as ``+processors``.
        existing: what the project has; pieces that are there stay as they are.
    """
    names, features = _close(wanted)
    if not existing:
        return _render_new(names, features)
    return _extend(existing, names, features)


def _close(wanted: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return all pieces and features that some of them need."""
    names = {name for name in wanted if not name.startswith("+")}
    features = {name[1:] for name in wanted if name.startswith("+")}
    while True:
        before = len(names), len(features)
        for feature in list(features):
            names.update(_NEEDED_BY_FEATURE.get(feature, ()))
            features.update(_IMPLIED_BY_FEATURE.get(feature, ()))
        if not features & _STRATEGIES:
            features.add("pessimistic")
        for part in _top_level():
            if part.names & names and not _is_import(part.node):
                for name in part.names & names:
                    features.update(_FEATURES.get(name, ()))
                    names.update(_ALSO_NEEDS.get(name, ()))
                names |= _used_names(_text_with(part, _derived(features))) & piece_names()
        if (len(names), len(features)) == before:
            return names, _derived(features)


def _derived(features: set[str]) -> set[str]:
    """Some features, and those that are there where one of them is without another."""
    found = set(features)
    if "faithful" in features and "own_backends" not in features:
        found.add("faithful_only")
    if "storage" in features:
        found.add("storage_key")
    if features & {"faithful", "any_strategy"}:
        found.discard("storage_key")  # The backend of the settings counts.
    if "file_api" not in features:
        found.add("spec_files" if "faithful" in features else "plain_files")
    return found


def _render_new(names: Collection[str], features: Collection[str]) -> str:
    pieces = [_text_with(part, features) for part in _chosen(names)]
    used = set().union(*map(_used_names, pieces))
    head = [f"{MARKER}\n", _top_level()[0].text, "\n"]
    return "".join([*head, *_import_lines(used), *_spaced(pieces)])


def _spaced(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces with blank lines above them, but between lines that connect receivers."""
    is_call = False
    for piece in pieces:
        yield piece if is_call and _CONNECTS.match(piece) else f"\n\n{piece}"
        is_call = bool(_CONNECTS.match(piece))


def _chosen(names: Collection[str]) -> Iterator[_Part]:
    """The parts of the template with some names, and the calls that connect them."""
    for part in _top_level():
        if _is_import(part.node) or part is _top_level()[0]:
            continue
        if part.names & set(names) or (not part.names and _used_names(part.text) & piece_names() <= set(names)):
            yield part


def _import_lines(used: Collection[str]) -> list[str]:
    """The imports of some names, in the groups of the template."""
    lines: list[str] = []
    last_line = 0
    for part in _top_level():
        if not isinstance(part.node, ast.Import | ast.ImportFrom):
            continue
        aliases = [alias for alias in part.node.names if (alias.asname or alias.name) in used]
        if aliases:
            if lines and "\n\n" in _between(last_line, part.node.lineno):
                lines.append("\n")
            lines.append(_import_line(part.node, aliases))
            last_line = part.node.lineno
    return lines


def _between(first: int, last: int) -> str:
    return "\n".join(_template().split("\n")[first - 1 : last])


def _import_line(node: ast.Import | ast.ImportFrom, aliases: list[ast.alias]) -> str:
    names = ", ".join(alias.name for alias in aliases)
    return f"from {node.module} import {names}\n" if isinstance(node, ast.ImportFrom) else f"import {names}\n"


def _extend(existing: str, names: Collection[str], features: Collection[str]) -> str:
    """Add what is missing to a support module, and leave the rest as it is."""
    newline = "\r\n" if "\r\n" in existing else "\n"
    text = existing.replace("\r\n", "\n")
    added: list[str] = []
    for part in _chosen(names):
        own = {name: node for node in ast.parse(text).body for name in _bound_names(node)}
        there = next((own[name] for name in part.names if name in own), None)
        if there is None and part.names:
            added.append(_text_with(part, features))
        elif not part.names:
            connected = _used_names(part.text) & piece_names()
            if not connected & set(own):
                added.append(part.text)
        elif isinstance(there, ast.ClassDef) and isinstance(part.node, ast.ClassDef):
            text = _extend_class(text, there, part, features)
        elif isinstance(there, ast.FunctionDef):
            text = _exchange(text, there, _text_with(part, features), _variants(part))
    text = text.rstrip("\n") + "\n" + "".join(_spaced(added))
    return _with_imports(text).replace("\n", newline)


def _extend_class(text: str, node: ast.ClassDef, part: _Part, features: Collection[str]) -> str:
    """Add the members that a class of the support module lacks; exchange those that only lack a feature."""
    there = {name: item for item in node.body for name in _member_names(item)}
    members = list(_parts(_template(), part.node.body if isinstance(part.node, ast.ClassDef) else []))
    missing, exchanged = [], []
    for member in members:
        names = set(_member_names(member.node))
        item = next((there[name] for name in names if name in there), None)
        if not member.is_in(features) or not names:
            continue
        if item is None:
            missing.append(_text_with(member, features))
        else:
            namesakes = [other for other in members if set(_member_names(other.node)) == names]
            variants = frozenset().union(*map(_variants, namesakes))
            exchanged.append((item, _text_with(member, features), variants))
    lines = text.splitlines(keepends=True)
    end = node.end_lineno or len(lines)
    lines[end:end] = ["\n" + item for item in missing]
    text = "".join(lines)
    for item, new, variants in sorted(exchanged, key=lambda found: -found[0].lineno):
        text = _exchange(text, item, new, variants)
    return text


def _exchange(text: str, node: ast.stmt, new: str, variants: Collection[str]) -> str:
    """Put another variant in place of a statement, unless its owner has changed it."""
    lines = text.splitlines(keepends=True)
    start, end = _lines_of(node)
    if "".join(lines[start:end]) not in variants:
        return text
    return "".join([*lines[:start], new, *lines[end:]])


def _variants(part: _Part) -> frozenset[str]:
    """All texts that a part can have, whatever the features are."""
    conditions = sorted({match[2] for line in part.text.split("\n") if (match := _CONDITION.search(line))})
    choices = (combinations(conditions, count) for count in range(len(conditions) + 1))
    return frozenset(_text_with(part, chosen) for chosen in chain.from_iterable(choices))


def _with_imports(text: str) -> str:
    """Add the imports of the template for names that a text uses and does not bind."""
    tree = ast.parse(text)
    bound = {name for node in tree.body for name in _bound_names(node)}
    missing = _import_lines(_used_names(text) - bound)
    if not missing:
        return text
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    lines = text.splitlines(keepends=True)
    end = (imports[-1].end_lineno or 1) if imports else 1
    for line in filter(str.strip, missing):
        source, _, names = line.partition(" import ")
        there = [number for number, known in enumerate(lines[:end]) if known.startswith(f"{source} import ")]
        if names and there and not lines[there[0]].rstrip().endswith(("(", "\\")):
            known = lines[there[0]].rstrip("\n").removeprefix(f"{source} import ")
            merged = sorted(
                {*known.split(", "), *names.rstrip("\n").split(", ")}, key=lambda name: (name.islower(), name)
            )
            lines[there[0]] = f"{source} import {', '.join(merged)}\n"
        else:
            lines.insert(end, line)
    return "".join(lines)


def _text_with(part: _Part, features: Collection[str]) -> str:
    """Return the source of a part with the variants that some features choose."""
    is_member = part.text.startswith(" ")
    text = f"class Around:\n{part.text}" if is_member else part.text
    lines = text.split("\n")
    base = ast.parse(text)
    for node in sorted(_statements(base), key=lambda node: -node.lineno):
        start = _lines_of(node)[0]
        match = _CONDITION.search(lines[start - 1].strip()) if start else None
        if match is not None:
            keep = (match[2] in features) != bool(match[1])
            first = start - 1
            if keep:
                del lines[first]
            else:
                end = node.end_lineno or start
                while end < len(lines) and not lines[end].strip() and not lines[max(first - 1, 0)].strip():
                    end += 1
                del lines[first:end]
    return "\n".join(lines[is_member:]).replace("  # noqa: F811", "").rstrip("\n") + "\n"


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))


def _parts(text: str, nodes: Iterable[ast.stmt]) -> Iterator[_Part]:
    """The parts that statements of a text are, each with its condition."""
    lines = text.splitlines(keepends=True)
    for node in nodes:
        start, end = _lines_of(node)
        match = _CONDITION.search(lines[start - 1].strip()) if start else None
        source = "".join(lines[start:end]).replace("  # noqa: F811", "")
        yield _Part(node, source, match[2] if match else "", bool(match and match[1]))


def _lines_of(node: ast.stmt) -> tuple[int, int]:
    """The lines of a statement, from 0, its decorators included."""
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
    return first - 1, node.end_lineno or first


def _bound_names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _member_names(node: ast.stmt) -> Iterator[str]:
    """The names that a statement of a class binds; the setter of a property is another member than its getter."""
    decorators = getattr(node, "decorator_list", ())
    kind = ".setter" if any(isinstance(item, ast.Attribute) and item.attr == "setter" for item in decorators) else ""
    return (f"{name}{kind}" for name in _bound_names(node))


def _used_names(text: str) -> set[str]:
    """The names of the module that a text uses, but for those that it binds itself."""
    found: set[str] = set()
    tables = [symtable.symtable(text, "support module", "exec")]
    for table in tables:
        is_module = table.get_type() == "module"
        found.update(
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (symbol.is_global() or is_module)
        )
        tables += table.get_children()
    return found


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)
