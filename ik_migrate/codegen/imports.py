"""The names that generated code needs, and where their imports go in the order and the style of the file."""

from __future__ import annotations

import ast
import itertools
import re
import sys

from ik_migrate.model.change import AddImport
from ik_migrate.model.imagekit_names import canonical
from ik_migrate.project.module import Module, per_module
from ik_migrate.project.used_names import _taken
from ik_migrate.source.scopes import Binding

ImportNode = ast.Import | ast.ImportFrom

_PLAIN_NAME = re.compile(r"(?<![\w.'\"])([A-Za-z_]\w*)")
_REPLACED = ("imagekit.imagecache", "imagekit.utils")
"""Modules of ImageKit 2 whose names the support module has."""
_IMPORT = re.compile(r"(from|import) ")


def needed(module: Module, source: str, name: str) -> tuple[str, tuple[AddImport, ...]]:
    """How to write ``source.name`` in ``module``, and the imports that this takes.

    Args:
        source: the module that has the name.
        name: the name in it; empty for the module itself.
    """
    for binding in _plain_imports(module):
        if binding.module == source and binding.attribute == name:
            return binding.name, ()
        if name and binding.module == source and not binding.attribute:
            return f"{binding.name}.{name}", ()
    if _replaces_import(module, source, name):
        return name, (AddImport(source, name, name),)
    wanted = name or source
    local = wanted
    while local in _taken(module):
        local = f"IK{local}" if local == wanted and source.startswith("imagekit") else f"{local}_"
    return local, (AddImport(source, name, local),)


def _replaces_import(module: Module, source: str, name: str) -> bool:
    """Whether a name of the support module takes the place of ImageKit 2's, which the file imports by that name."""
    support = module.project.support
    if support is None or source != support.dotted or all(binding.name != name for binding in _plain_imports(module)):
        return False
    target = module.project.resolve_global(module, name)
    return target is not None and canonical(target.qualified) in {f"{package}.{name}" for package in _REPLACED}


def with_new_imports(code: str, before: Module, after: Module) -> str:
    """Return suggested code with the imports that it needs and that only the rewrite adds to the file.

    Args:
        code: made of the file as the rewrite leaves it.
        before: the file as it is.
        after: the file as the rewrite leaves it.
    """
    known = before.text.names.module.bindings
    used = {match.group(1) for match in _PLAIN_NAME.finditer(code)}
    said = set(re.findall(r"\w+", " ".join(line for line in code.split("\n") if _IMPORT.match(line))))
    lines = [
        f"from {each.module} import {AddImport(each.module, each.attribute, each.name).clause}"
        for each in _plain_imports(after)
        if each.attribute and each.name in used - said and each.name not in known
    ]
    if not lines:
        return code
    return "\n".join([*sorted(lines), *([] if _IMPORT.match(code) else [""]), code])


@per_module
def _plain_imports(module: Module) -> list[Binding]:
    """Names bound once, by an import at the top of the file that always runs."""
    scope = module.text.names.module
    return [
        bindings[0]
        for bindings in scope.bindings.values()
        if len(bindings) == 1
        and bindings[0].kind == "import"
        and module.text.names.parents.get(bindings[0].node) is module.tree
    ]


def place_for(module: Module, source: str) -> int:
    """Return the offset of the line start for a new import statement."""
    imports = [node for node in top_imports(module) if module_name(node) != "__future__"]
    support = module.project.support
    if support is not None and source == support.dotted and (leading := _leading_imports(module)):
        group = group_around(module, leading[-1])
        if are_sorted(group) and all(module.project.find(module_name(node), module) for node in group):
            last = next((node for node in reversed(group) if module_name(node) < source), None)
            return line_after(module, last) if last is not None else line_start(module, group[0])
        return line_after(module, leading[-1])
    if imports and source.startswith("imagekit"):
        own = [node for node in imports if module_name(node).split(".")[0] == "imagekit"]
        later = next((node for node in own if module_name(node) > source), None)
        return line_start(module, later) if later is not None else line_after(module, (own or imports)[-1])
    if imports:
        standard = list(itertools.takewhile(is_standard, imports))
        return line_after(module, standard[-1]) if standard else line_start(module, imports[0])
    return line_after_imports(module)


def line_after_imports(module: Module) -> int:
    """Return the offset of the line after the imports that a file starts with, its docstring or its header."""
    place = _after_header(module)
    for node in module.tree.body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_docstring and not isinstance(node, ast.Import | ast.ImportFrom):
            break
        place = line_after(module, node)
    return place


def group_around(module: Module, node: ast.stmt) -> list[ImportNode]:
    """Return the imports at the top of the file that are on consecutive lines with one of them."""
    groups: list[list[ImportNode]] = [[]]
    source, previous = module.text.source, -2
    for statement in top_imports(module):
        if source.line_of(module.text.start(statement)) != previous + 1:
            groups.append([])
        groups[-1].append(statement)
        previous = source.line_of(module.text.end(statement))
    return next((group for group in groups if node in group), [])


def are_sorted(group: list[ImportNode]) -> bool:
    """Whether imports are in the order of their modules; plain imports may come before the others."""
    names = [(isinstance(node, ast.ImportFrom), module_name(node)) for node in group]
    return all(name for _, name in names) and (
        names == sorted(names) or [name for _, name in names] == sorted(name for _, name in names)
    )


def _leading_imports(module: Module) -> list[ImportNode]:
    """The imports before the first definition of a file: modules of the project are imported after others."""
    definitions = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    first = next((module.text.start(node) for node in module.tree.body if isinstance(node, definitions)), sys.maxsize)
    imports = [node for node in top_imports(module) if module_name(node) != "__future__"]
    return [node for node in imports if module.text.start(node) < first]


def top_imports(module: Module) -> list[ImportNode]:
    """Return the import statements that always run, in the order of the file."""
    return [node for node in module.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


def module_name(node: ImportNode) -> str:
    """Return the module that a statement imports or imports from; empty for relative imports."""
    if isinstance(node, ast.ImportFrom):
        return (node.module or "") if not node.level else ""
    return node.names[0].name


def is_standard(node: ImportNode) -> bool:
    """Whether it imports from the standard library."""
    return module_name(node).split(".")[0] in sys.stdlib_module_names


def line_start(module: Module, node: ast.stmt) -> int:
    """Return the offset of the line that a statement starts on."""
    source = module.text.source
    return source.line_starts[source.line_of(module.text.start(node))]


def line_after(module: Module, node: ast.stmt) -> int:
    """Return the offset of the line after a statement."""
    source = module.text.source
    line = source.line_of(module.text.end(node)) + 1
    return source.line_starts[line] if line < len(source.line_starts) else len(source.text)


def _after_header(module: Module) -> int:
    """Past the comments that a file starts with: interpreter line, coding cookie, licence."""
    comments = itertools.takewhile(lambda line: line.lstrip().startswith("#"), module.text.source.lines())
    return sum(map(len, comments))
