"""Put suggested code at the place that a finding names, as a careful reader would."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from nets.suggestions import Shape, Suggestion, read_suggestion
from nets.tool import Finding, Place, place_of

_REPLACED = {
    "source": ("image_field",),
    "cachefile_storage": ("storage",),
    "cachefile_backend": ("image_cache_backend",),
    "cachefile_strategy": ("image_cache_backend",),
}
"""The arguments of ImageKit 2 that those of ImageKit 3 stand for."""


class CannotPaste(Exception):
    """It cannot be told where the code goes."""


def paste(text: str, finding: Finding) -> str:
    """Return a Python module with the code that a finding suggests.

    Raises:
        CannotPaste: when it cannot be told where it goes.
    """
    suggestion = read_suggestion(finding.suggestion)
    module = _Module(text)
    pasted = _PASTE[suggestion.shape](module, suggestion, place_of(finding))
    return _with_imports(pasted, suggestion.imports)


def replace_text(text: str, finding: Finding) -> str:
    """Return any other file with the suggested code in place of what the finding is about."""
    module = _Module(text, parse=False)
    start, end = module.span(place_of(finding))
    return text[:start] + finding.suggestion.strip("\n") + text[end:]


class _Module:
    """A text with its syntax tree, and the offsets of its nodes."""

    def __init__(self, text: str, parse: bool = True) -> None:
        self.text = text
        self.lines = text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.tree = ast.parse(text if parse else "")

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a place, counted from 1."""
        return self._starts[line - 1] + column - 1

    def span(self, place: Place) -> tuple[int, int]:
        return self.offset(place.line, place.column), self.offset(place.end_line, place.end_column)

    def node_span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return where a node starts and ends; syntax trees count bytes."""
        offsets = []
        for line, column in ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)):
            before = self.lines[line - 1].encode()[:column].decode()
            offsets.append(self.offset(line, len(before) + 1))
        return offsets[0], offsets[1]

    def innermost(self, place: Place, kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> ast.expr | ast.stmt | None:
        """Return the smallest node of a kind that holds the beginning of a place."""
        start, _ = self.span(place)
        found: ast.expr | ast.stmt | None = None
        for node in ast.walk(self.tree):
            if isinstance(node, kind) and isinstance(node, ast.expr | ast.stmt):
                first, last = self.node_span(node)
                if first <= start < last and (found is None or self.node_span(found)[0] <= first):
                    found = node
        return found

    def statement(self, place: Place) -> ast.stmt:
        found = self.innermost(place, ast.stmt)
        assert isinstance(found, ast.stmt)
        return found

    def top_line(self, place: Place) -> int:
        """Return the index of the first line of the module-level statement that a place is in."""
        for node in self.tree.body:
            first: int = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
            if first <= place.line <= (node.end_lineno or first):
                return first - 1
        raise CannotPaste("the place is in no statement")

    def call(self, place: Place) -> ast.Call:
        """Return the call that a finding is about: that at the place, or the one around it."""
        start, end = self.span(place)
        calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        inside = [node for node in calls if start <= self.node_span(node)[0] and self.node_span(node)[1] <= end]
        around = [node for node in calls if self.node_span(node)[0] <= start and end <= self.node_span(node)[1]]
        if around:
            return min(around, key=lambda node: self.node_span(node)[1] - self.node_span(node)[0])
        if inside:
            return max(inside, key=lambda node: self.node_span(node)[1] - self.node_span(node)[0])
        raise CannotPaste("there is no call at the place")

    def replaced(self, start: int, end: int, new: str) -> str:
        return self.text[:start] + new + self.text[end:]


def _with_imports(text: str, imports: tuple[str, ...]) -> str:
    """Return a module with more imports, below its docstring and the imports from the future."""
    if not imports:
        return text
    lines = text.split("\n")
    at = 0
    for node in ast.parse(text).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (is_docstring or is_future):
            break
        at = node.end_lineno or at
    return "\n".join([*lines[:at], *imports, *lines[at:]])


def _insert_above(module: _Module, text: str, place: Place, code: str) -> str:
    """Return the changed text with code above the module-level statement that a place was in."""
    if not code:
        return text
    line = module.top_line(place)
    lines = text.split("\n")
    return "\n".join([*lines[:line], *code.split("\n"), "", "", *lines[line:]])


def _indented(code: str, indent: str) -> str:
    return "\n".join(indent + line if line.strip() else line for line in code.split("\n"))


def _indent_of(module: _Module, node: ast.stmt) -> str:
    line = module.lines[node.lineno - 1]
    return line[: len(line) - len(line.lstrip())]


def _field(module: _Module, suggestion: Suggestion, place: Place) -> str:
    """Put the classes above, and the call in place of the one that it is about."""
    (assignment,) = ast.parse(suggestion.body).body
    assert isinstance(assignment, ast.Assign)
    start, end = module.node_span(module.call(_at_call(module, place)))
    changed = module.replaced(start, end, ast.unparse(assignment.value))
    return _insert_above(module, changed, place, suggestion.prelude)


def _at_call(module: _Module, place: Place) -> Place:
    """Return a place in the call of a field, where a finding is about a call in its arguments."""
    start, _ = module.span(place)
    calls = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and module.node_span(node)[0] <= start < module.node_span(node)[1]
    ]
    fields = [node for node in calls if _is_field(node)]
    if not fields:
        return place
    node = min(fields, key=lambda item: module.node_span(item)[1] - module.node_span(item)[0])
    column = len(module.lines[node.lineno - 1].encode()[: node.col_offset].decode()) + 1
    return Place(node.lineno, column, node.lineno, column + 1)


def _is_field(node: ast.Call) -> bool:
    words = {keyword.arg for keyword in node.keywords}
    return bool(words & {"image_field", "source", "cache_to", "upload_to"}) or "Field" in ast.unparse(node.func)


def _keywords(module: _Module, suggestion: Suggestion, place: Place) -> str:
    """Set arguments of the call, or attributes of the class that the finding is about."""
    statement = module.statement(place)
    if isinstance(statement, ast.ClassDef):
        lines = [f"{name} = {value}" for name, value in suggestion.keywords]
        return _into_class(module, statement, "\n".join(lines))
    changed = _into_call(module, module.call(place), suggestion.keywords)
    return _insert_above(module, changed, place, suggestion.prelude)


def _into_call(module: _Module, call: ast.Call, keywords: tuple[tuple[str, str], ...]) -> str:
    for name, value in keywords:
        old = {name, *_REPLACED.get(name, ())}
        call.keywords = [keyword for keyword in call.keywords if keyword.arg not in old]
        new = ast.keyword(name, ast.parse(value, mode="eval").body)
        merged = [keyword for keyword in call.keywords if keyword.arg is None]
        call.keywords = [*(keyword for keyword in call.keywords if keyword.arg is not None), new, *merged]
    start, end = module.node_span(call)
    return module.replaced(start, end, ast.unparse(call))


def _into_class(module: _Module, node: ast.ClassDef, code: str) -> str:
    last = node.body[-1]
    end = last.end_lineno or last.lineno
    return "\n".join([*module.lines[:end], _indented(code, _indent_of(module, node.body[0])), *module.lines[end:]])


def _item(module: _Module, suggestion: Suggestion, place: Place) -> str:
    """Rename a key, or add an item, in the dict at the place or in the one whose name is merged there."""
    ((key, value),) = suggestion.keywords
    old = _REPLACED.get(key, ())
    start, end = module.span(place)
    snippet = module.text[start:end]
    quoted = re.search(r"(['\"])(" + "|".join(map(re.escape, old)) + r")\1", snippet) if old else None
    if quoted:
        return module.replaced(start + quoted.start(), start + quoted.end(), f"'{key}'")
    literal = module.innermost(place, ast.Dict)
    if literal is None:
        literal = _dict_of(module, place)
    if isinstance(literal, ast.Call):
        return _into_call(module, literal, ((key, value or ast.unparse(_value(literal, old))),))
    if not isinstance(literal, ast.Dict):
        raise CannotPaste("there is no dict at the place")
    for index, known in enumerate(literal.keys):
        if isinstance(known, ast.Constant) and known.value in (key, *old):
            literal.keys[index] = ast.Constant(key)
            if value:
                literal.values[index] = ast.parse(value, mode="eval").body
            break
    else:
        if not value:
            raise CannotPaste("the dict has no such key")
        literal.keys.append(ast.Constant(key))
        literal.values.append(ast.parse(value, mode="eval").body)
    first, last = module.node_span(literal)
    return module.replaced(first, last, ast.unparse(literal))


def _value(call: ast.Call, names: tuple[str, ...]) -> ast.expr:
    for keyword in call.keywords:
        if keyword.arg in names:
            return keyword.value
    raise CannotPaste("the dict has no such key")


def _dict_of(module: _Module, place: Place) -> ast.expr | None:
    """Return the dict that is made by the call at a place, or whose name is merged there."""
    call = module.innermost(place, ast.Call)
    if isinstance(call, ast.Call) and ast.unparse(call.func) == "dict":
        return call
    merged = [ast.unparse(word.value) for word in call.keywords if not word.arg] if isinstance(call, ast.Call) else []
    name = module.innermost(place, ast.Name)
    names = {*merged, *([ast.unparse(name)] if name is not None else [])}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in names:
            value = node.value
            if isinstance(value, ast.Dict) or (isinstance(value, ast.Call) and ast.unparse(value.func) == "dict"):
                return value
    return None


def _receiver(module: _Module, suggestion: Suggestion, place: Place) -> str:
    return module.text.rstrip("\n") + "\n\n\n" + suggestion.body + "\n"


def _method(module: _Module, suggestion: Suggestion, place: Place) -> str:
    node = module.innermost(place, ast.ClassDef)
    statement = module.statement(place)
    if not isinstance(node, ast.ClassDef) or (statement is not node and isinstance(statement, ast.Assign)):
        raise CannotPaste("it is not said which class the method is for")
    return _into_class(module, node, suggestion.body)


def _class(module: _Module, suggestion: Suggestion, place: Place) -> str:
    node = module.innermost(place, ast.ClassDef)
    (new,) = (item for item in ast.parse(suggestion.body).body if isinstance(item, ast.ClassDef))
    if not isinstance(node, ast.ClassDef) or node.name != new.name:
        raise CannotPaste(f"there is no class {new.name} at the place")
    return _replace_statement(module, node, suggestion.body)


def _replace_statement(module: _Module, node: ast.stmt, code: str) -> str:
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))]) - 1
    written = _indented(code, _indent_of(module, node))
    return "\n".join([*module.lines[:first], written, *module.lines[node.end_lineno :]])


def _settings(module: _Module, suggestion: Suggestion, place: Place) -> str:
    statement = module.statement(place)
    if not isinstance(statement, ast.Assign) or not ast.unparse(statement.targets[0]).isupper():
        raise CannotPaste("there is no setting at the place")
    return _replace_statement(module, statement, suggestion.body)


def _statements(module: _Module, suggestion: Suggestion, place: Place) -> str:
    """Put statements in place of the expression statement at the place, or above, with the name that they bind."""
    statement = module.statement(place)
    if isinstance(statement, ast.Expr):
        return _replace_statement(module, statement, suggestion.body)
    bound = [node for node in ast.parse(suggestion.body).body if isinstance(node, ast.Assign)]
    if not bound:
        raise CannotPaste("the statements bind nothing that could stand for the expression")
    target = bound[-1].targets[0]
    name = ast.unparse(target.elts[0] if isinstance(target, ast.Tuple) else target)
    start, end = module.span(place)
    lines = module.replaced(start, end, name).split("\n")
    above = _indented(suggestion.body, _indent_of(module, statement))
    return "\n".join([*lines[: statement.lineno - 1], above, *lines[statement.lineno - 1 :]])


def _expression(module: _Module, suggestion: Suggestion, place: Place) -> str:
    start, end = module.span(place)
    quote = re.match(r"[rRuU]?(['\"])", module.text[start:end])
    body = ast.unparse(ast.parse(suggestion.body, mode="eval"))  # a comment would swallow what follows
    is_text = body.startswith(("'", '"'))
    new = f"{quote[1]}{body}{quote[1]}" if quote and not is_text else body
    return module.replaced(start, end, new)


def _import(module: _Module, suggestion: Suggestion, place: Place) -> str:
    return _replace_statement(module, module.statement(place), suggestion.body)


def _fragment(module: _Module, suggestion: Suggestion, place: Place) -> str:
    raise CannotPaste("it is only a part of a statement")


_PASTE: dict[Shape, Callable[[_Module, Suggestion, Place], str]] = {
    Shape.FIELD: _field,
    Shape.KEYWORDS: _keywords,
    Shape.ITEM: _item,
    Shape.RECEIVER: _receiver,
    Shape.METHOD: _method,
    Shape.CLASS: _class,
    Shape.SETTINGS: _settings,
    Shape.STATEMENTS: _statements,
    Shape.EXPRESSION: _expression,
    Shape.IMPORT: _import,
    Shape.FRAGMENT: _fragment,
}
