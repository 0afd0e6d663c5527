"""Import the names that generated code needs, in the order and the style of the file."""

from __future__ import annotations

import ast
import itertools
import re
import sys
from collections import defaultdict
from collections.abc import Iterable

from ik_migrate.model.change import AddImport, Edit
from ik_migrate.project.module import Module, per_module
from ik_migrate.project.used_names import _taken
from ik_migrate.source.scopes import Binding

_PLAIN_NAME = re.compile(r"(?<![\w.'\"])([A-Za-z_]\w*)")
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
    wanted = name or source
    local = wanted
    while local in _taken(module):
        local = f"IK{local}" if local == wanted and source.startswith("imagekit") else f"{local}_"
    return local, (AddImport(source, name, local),)


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


def additions(module: Module, wanted: Iterable[AddImport], edits: Iterable[Edit] = ()) -> list[Edit]:
    """The edits that import what is wanted, next to the imports that are there.

    Args:
        module: the file.
        wanted: what is to be imported.
        edits: what else happens to the file; an import statement that is rewritten takes nothing more in.
    """
    groups: dict[tuple[str, str], list[AddImport]] = defaultdict(list)
    for addition in sorted(_without_repetition(set(wanted)), key=lambda addition: (addition.module, addition.name)):
        groups[addition.module, addition.comment].append(addition)
    touched = [edit for edit in edits if edit.start != edit.end]
    added: list[Edit] = []
    lines: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for (source, comment), names in groups.items():
        statement = _same_module(module, source, touched) if names[0].name and not comment else None
        if statement is not None:
            added += _with_names(module, statement, names)
        else:
            position, indent = _place_for(module, source)
            lines[position].append((indent, _statement(source, names)))
    newline = module.text.source.newline
    for position, statements in lines.items():
        first = [line for line in statements if not line[1].startswith("from imagekit")]
        others = [line for line in statements if line not in first]
        text = "".join(f"{indent}{statement}{newline}" for indent, statement in first)
        if first and _starts_imports(module, position) and not _is_of_package(module, first[0][1]):
            text += newline
        text += "".join(f"{indent}{statement}{newline}" for indent, statement in others)
        text = _with_blank_lines(module, position, text)
        if position == len(module.text.source.text) and not module.text.source.text.endswith(("\n", "\r")):
            text = newline + text[: -len(newline)]
        added.append(Edit(position, position, (text,)))
    return added


def _with_names(module: Module, statement: ast.ImportFrom, names: list[AddImport]) -> list[Edit]:
    """The edits that import more names in a statement: in their places if its names are sorted, else at its end."""
    text, known = module.text, [alias.name for alias in statement.names]
    end = text.end(statement.names[-1])
    edits: list[Edit] = []
    for addition in names:
        later = next((alias for alias in statement.names if alias.name > addition.name), None)
        if later is None or known != sorted(known):
            edits.append(Edit(end, end, (f", {addition.clause}",)))
        else:
            edits.append(Edit(text.start(later), text.start(later), (f"{addition.clause}, ",)))
    return edits


def _without_repetition(wanted: set[AddImport]) -> set[AddImport]:
    """Imports without those that are only there for their effect, which another one has as well."""
    used = {name for addition in wanted if not addition.comment for name in (addition.module, addition.dotted)}
    return {addition for addition in wanted if not (addition.comment and addition.dotted in used)}


def _with_blank_lines(module: Module, position: int, text: str) -> str:
    """New import statements with blank lines around them, where they are the first of the file."""
    if any(isinstance(node, ast.Import | ast.ImportFrom) for node in module.tree.body):
        return text
    newline = module.text.source.newline
    if module.text.source.text[position:].startswith(newline):
        return newline + text
    following = next((node for node in module.tree.body if module.text.start(node) >= position), None)
    if following is None:
        return text
    return text + newline * (2 if isinstance(following, ast.ClassDef | ast.FunctionDef) else 1)


def _statement(source: str, names: list[AddImport]) -> str:
    if not names[0].name:
        local = f" as {names[0].local}" if names[0].local != source else ""
        return f"import {source}{local}{names[0].comment}"
    return f"from {source} import {', '.join(addition.clause for addition in names)}{names[0].comment}"


def _same_module(module: Module, source: str, touched: list[Edit]) -> ast.ImportFrom | None:
    """An import from the same module that always runs, fits on one line, and stays as it is or gets that module."""
    for node in module.tree.body:
        if isinstance(node, ast.ImportFrom) and not node.level and node.names[0].name != "*":
            text = module.text
            edits = [edit for edit in touched if edit.start < text.end(node) and text.start(node) < edit.end]
            is_ours = node.module == source if not edits else [edit.pieces for edit in edits] == [(source,)]
            if is_ours and "\n" not in text.text_of(node) and "\r" not in text.text_of(node):
                return node
    return None


def _place_for(module: Module, source: str) -> tuple[int, str]:
    """Offset of the line start for a new import statement, and its indent."""
    text = module.text
    support = module.project.support
    if support is not None and source == support.dotted and (last := _last_leading_import(module)) is not None:
        group = group_around(module, last)
        if are_sorted(group) and all(module.project.find(module_name(node), module) for node in group):
            last = next((node for node in reversed(group) if module_name(node) < source), None)
            return (line_after(module, last) if last is not None else line_start(module, group[0])), ""
        return line_after(module, last), ""
    if source.startswith("imagekit"):
        own = _imagekit_imports(module)
        if own:
            later = [node for node in own if module_name(node) > source]
            anchor = later[0] if later else own[-1]
            indent = text.source.indent_at(text.start(anchor))
            return (line_start(module, anchor) if later else line_after(module, anchor)), indent
    body = module.tree.body
    imports = [
        node
        for node in body
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__"
    ]
    if imports and source.startswith("imagekit"):
        return line_after(module, imports[-1]), ""
    if imports:
        standard = list(itertools.takewhile(_is_standard, imports))
        return (line_after(module, standard[-1]) if standard else line_start(module, imports[0])), ""
    start = 0
    for node in body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_docstring and not isinstance(node, ast.ImportFrom):
            break
        start = line_after(module, node)
    return start or _after_header(module), ""


def line_after_imports(module: Module) -> int:
    """Return the offset of the line after the imports that a file starts with, its docstring or its header."""
    place = _after_header(module)
    for node in module.tree.body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_docstring and not isinstance(node, ast.Import | ast.ImportFrom):
            break
        place = line_after(module, node)
    return place


def group_around(module: Module, node: ast.stmt) -> list[ast.Import | ast.ImportFrom]:
    """Return the imports at the top of the file that are on consecutive lines with one of them."""
    groups: list[list[ast.Import | ast.ImportFrom]] = [[]]
    source, previous = module.text.source, -2
    for statement in module.tree.body:
        line = source.line_of(module.text.start(statement))
        if not isinstance(statement, ast.Import | ast.ImportFrom) or line != previous + 1:
            groups.append([])
        if isinstance(statement, ast.Import | ast.ImportFrom):
            groups[-1].append(statement)
        previous = source.line_of(module.text.end(statement))
    return next((group for group in groups if node in group), [])


def are_sorted(group: list[ast.Import | ast.ImportFrom]) -> bool:
    """Whether imports are in the order of their modules; plain imports may come before the others."""
    names = [(isinstance(node, ast.ImportFrom), module_name(node)) for node in group]
    return all(name for _, name in names) and (
        names == sorted(names) or [name for _, name in names] == sorted(name for _, name in names)
    )


def _last_leading_import(module: Module) -> ast.stmt | None:
    """The last import before the first definition of a file: modules of the project are imported after others."""
    found = None
    for node in module.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__":
            found = node
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            break
    return found


def _imagekit_imports(module: Module) -> list[ast.Import | ast.ImportFrom]:
    """Import statements that always run and name ImageKit, in the order of the file."""
    return [
        node
        for node in module.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) and module_name(node).split(".")[0] == "imagekit"
    ]


def module_name(node: ast.Import | ast.ImportFrom) -> str:
    """Return the module that a statement imports or imports from; empty for relative imports."""
    if isinstance(node, ast.ImportFrom):
        return (node.module or "") if not node.level else ""
    return node.names[0].name


def _starts_imports(module: Module, position: int) -> bool:
    """Whether the file's first import, not one of the standard library, stands right there."""
    first = next((node for node in module.tree.body if isinstance(node, ast.Import | ast.ImportFrom)), None)
    return first is not None and not _is_standard(first) and line_start(module, first) == position


def _is_of_package(module: Module, statement: str) -> bool:
    """Whether a new import and the first one of the file are from one package, and so stand together."""
    first = next(node for node in module.tree.body if isinstance(node, ast.Import | ast.ImportFrom))
    package = module_name(first).split(".")[0]
    return bool(package) and statement.split()[1].split(".")[0] == package


def _is_standard(node: ast.Import | ast.ImportFrom) -> bool:
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
    source = module.text.source
    offset = 0
    for number, start in enumerate(source.line_starts):
        end = source.line_starts[number + 1] if number + 1 < len(source.line_starts) else len(source.text)
        if not source.text[start:end].lstrip().startswith("#"):
            break
        offset = end
    return offset
