"""Find words that only ImageKit 2 knows, at places that no finding is about."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from nets.supported import Supported, last_name, partial_of
from nets.tool import Finding, place_of
from nets.trial import Subject

KEYWORDS = frozenset(("image_field", "pre_cache", "cache_to", "image_cache_backend"))
"""Arguments of a spec field that ImageKit 3 does not have."""
_MODULES = ("imagekit.imagecache", "imagekit.generators", "imagekit.models.receivers", "imagekit.models.fields.files")
_NAMES = frozenset(("SpecFileGenerator", "NonValidatingImageCacheBackend", "PessimisticImageCacheBackend"))
_SETTINGS = frozenset(("IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND",))
_MEMBERS = frozenset(("source_file", "spec_files", "spec_fields", "attname"))
_STORAGE = "storage"
_Import = (ast.Import, ast.ImportFrom)


def covered_names(tree: ast.Module, findings: Sequence[Finding]) -> set[str]:
    """Return the names that are used by statements which a finding covers."""
    return _coverage(list(_innermost_statements(tree)), findings, ())[1]


def uncovered_words(
    tree: ast.Module, subject: Subject, findings: Sequence[Finding], names: Collection[str], supported: Supported
) -> Iterator[tuple[str, int]]:
    """Yield each word that no finding covers, and its line.

    A finding covers the statement that it is in. One about a call that gets a dict or a callable of the project also
    covers the statement that defines it, for that is where it wants something to be changed.

    Args:
        tree: the module.
        subject: the project, whose own parameters do not count.
        findings: those of the module.
        names: the names that findings of other modules cover.
        supported: what the support module of the project takes care of.
    """
    fields = _fields(tree, subject)
    statements = list(_innermost_statements(tree))
    inside = {id(inner) for node in ast.walk(tree) if _is_field_class(node, fields) for inner in ast.walk(node)}
    covered, _ = _coverage(statements, findings, names)
    texts = [ast.unparse(statements[index]) for index in covered if not isinstance(statements[index], _Import)]
    for index, node in enumerate(statements):
        if isinstance(node, _Import) and any(name in text for name in _imported(node) for text in texts):
            continue  # it goes with what uses it
        if index not in covered:
            yield from _words(node, subject, fields, supported)
            if id(node) in inside - supported.nodes:
                yield from _defaults(node)


def _innermost_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements without a body; of those with one, only what stands before it counts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not getattr(node, "body", None):
            yield node


def _coverage(
    statements: Sequence[ast.stmt], findings: Sequence[Finding], names: Collection[str]
) -> tuple[set[int], set[str]]:
    """Return the indexes of the statements that findings cover, and the names that these use."""
    covered = {index for index, node in enumerate(statements) if any(_overlaps(node, item) for item in findings)}
    found = {*names, *(name for index in covered for name in _loaded(statements[index]))}
    # A dict that is merged from others leads to them.
    for _ in range(3):
        more = {index for index, node in enumerate(statements) if _bound(node) & found}
        covered |= more
        found |= {name for index in more for name in _loaded(statements[index])}
    return covered, found


def _overlaps(node: ast.stmt, finding: Finding) -> bool:
    place = place_of(finding)
    return node.lineno <= place.end_line and place.line <= (node.end_lineno or node.lineno)


def _loaded(node: ast.AST) -> set[str]:
    return {item.id for item in ast.walk(node) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load)}


def _bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement binds or changes."""
    if isinstance(node, ast.Assign):
        return {item.id for target in node.targets for item in ast.walk(target) if isinstance(item, ast.Name)}
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        function = node.value.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            return {function.value.id} if function.attr in {"update", "setdefault"} else set()
    return set()


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the names by which a module uses what it imports."""
    return [alias.asname or alias.name for alias in node.names]


def _fields(tree: ast.Module, subject: Subject) -> set[str]:
    """Return what makes spec fields in this module: the class in all spellings, and what is bound to it or calls it."""
    names = {"ImageSpecField", "ImageSpec", "Spec", "OldSpec"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(last_name(base) in names for base in node.bases):
            names.add(node.name)
        elif isinstance(node, ast.Assign) and names & {last_name(node.value), partial_of(node.value)}:
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names - subject.parameters.keys()


def _words(statement: ast.stmt, subject: Subject, fields: set[str], supported: Supported) -> Iterator[tuple[str, int]]:
    if id(statement) in supported.nodes:
        return
    if isinstance(statement, ast.ImportFrom):
        module = statement.module or ""
        for alias in statement.names:
            whole = f"{module}.{alias.name}"
            if module.startswith(_MODULES) or whole in _MODULES or alias.name in _NAMES:
                yield f"import of {whole if whole in _MODULES else module}", statement.lineno
        return
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            if alias.name.startswith(_MODULES):
                yield f"import of {alias.name}", statement.lineno
        return
    # The files of the support module's fields have what ImageKit 2's had.
    owners = {name for names in subject.attributes.values() for name in names} if not supported.names else set()
    owners.add("_ik")
    for node in ast.walk(statement):
        if id(node) in supported.nodes:
            continue
        if isinstance(node, ast.Call):
            yield from _keywords(node, subject, fields)
        elif isinstance(node, ast.Dict):
            for key in node.keys:
                if isinstance(key, ast.Constant) and key.value in KEYWORDS:
                    yield f"'{key.value}' in a dict", key.lineno
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value in KEYWORDS:
            yield f"'{node.slice.value}' as an index", node.lineno
        elif isinstance(node, ast.Name) and node.id in _SETTINGS:
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and node.attr in _MEMBERS and last_name(node.value) in owners:
            yield f".{node.attr}", node.lineno
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in _MODULES:
            yield ast.unparse(node), node.lineno


def _keywords(call: ast.Call, subject: Subject, fields: set[str]) -> Iterator[tuple[str, int]]:
    callee = last_name(call.func)
    own = subject.parameters.get(callee, frozenset())
    is_field = callee in fields or partial_of(call) in fields
    for keyword in call.keywords:
        if keyword.arg in KEYWORDS - own:
            yield f"{keyword.arg}=", keyword.value.lineno
        elif keyword.arg == _STORAGE and is_field:
            yield "storage= of a spec field", keyword.value.lineno


def _is_field_class(node: ast.AST, fields: set[str]) -> bool:
    return isinstance(node, ast.ClassDef) and any(last_name(base) in fields for base in node.bases)


def _defaults(statement: ast.stmt) -> Iterator[tuple[str, int]]:
    """Yield the arguments that a field class gives itself by ``kwargs.setdefault(...)``."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and last_name(node.func) == "setdefault" and node.args:
            key = node.args[0]
            if isinstance(key, ast.Constant) and key.value in KEYWORDS | {_STORAGE}:
                yield f"setdefault('{key.value}')", node.lineno
