"""The custom spec class that a rewritten field may need: where it stands, its name and its text."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from ik_migrate.imagekit.spec_field import Argument, SpecField
from ik_migrate.model.change import Piece, Span
from ik_migrate.project.module import Module
from ik_migrate.project.used_names import is_taken

# Arguments that stay with the field when it has a spec class: the others move into the class,
# for spec= together with any of them is a TypeError (imagekit/specs/__init__.py, SpecHost).
STAY_WITH_FIELD = frozenset({"source", "image_field", "id"})

# What they are called in the class, where that is something else.
_ATTRIBUTE = {"storage": "cachefile_storage"}


@dataclass(frozen=True)
class InsertionPoint:
    """Where a generated class goes.

    Args:
        offset: the line start that it is inserted at.
        indent: the indentation of that line.
        blank_lines: how many blank lines follow it.
        unit: one step of indentation, as the code around has it.
    """

    offset: int
    indent: str
    blank_lines: int
    unit: str


def obstacle(spec: SpecField) -> str:
    """Why no spec class can be generated for this field; empty where one can.

    A generated class must be able to see every name that it uses from where it stands.
    """
    if spec.given_elsewhere is not None:
        return "some of its arguments are given elsewhere, so they cannot all be moved into a spec class"
    if spec.unseen:
        return "some of its arguments are passed with * or **, so they cannot be moved into a spec class"
    statement = _outermost_class(spec) or spec.module.text.names.statement_of(spec.call)
    source = spec.module.text.source
    start = spec.module.text.start(statement)
    if source.text[source.line_starts[source.line_of(start)] : start].strip():
        return "it shares its line with another statement, so there is no place for a spec class"
    if _is_in_loop(spec):
        return "it is made in a loop, and a spec class would see the loop's last values only"
    if _is_optional_import(spec):
        return "ImageKit is imported conditionally here, so a spec class could be defined without it"
    for argument in spec.arguments.values():
        if argument.name in STAY_WITH_FIELD:
            continue
        if enclosed := _names_of_expression_around(spec, argument.value):
            return f"{enclosed[0]} is a name of the expression around the field, which a spec class cannot access"
        if shadowed := shadowed_name(spec, argument):
            return f"{shadowed} is a name of the function around, hidden by the spec class's attribute of that name"
        for name in hidden_names(spec, argument.value):
            return f"{name} is a name of the class body, which a spec class cannot see"
    return ""


def shadowed_name(spec: SpecField, argument: Argument) -> str:
    """A name of the function around that the body of the spec class would not see; empty where there is none.

    A class body that has an attribute of that name looks it up in the module, and then among the builtins:
    ``format = format`` would be Python's function.
    """
    names = spec.module.text.names
    attributes = {_ATTRIBUTE.get(name, name) for name in spec.arguments if name not in STAY_WITH_FIELD}
    for node in ast.walk(argument.value):
        if isinstance(node, ast.Name) and node.id in attributes:
            holder = names.holder_of(node)
            if holder is not None and isinstance(holder.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                return node.id
    return ""


def _names_of_expression_around(spec: SpecField, expression: ast.expr) -> list[str]:
    """Names that belong to a lambda or comprehension around the call."""
    names = spec.module.text.names
    around = {node for node in names.ancestors(spec.call) if isinstance(node, ast.expr)}
    return [
        node.id
        for node in ast.walk(expression)
        if isinstance(node, ast.Name)
        for holder in [names.holder_of(node)]
        if holder is not None and holder.node in around
    ]


def _is_optional_import(spec: SpecField) -> bool:
    function = spec.call.func
    while isinstance(function, ast.Attribute):
        function = function.value
    if not isinstance(function, ast.Name):
        return False
    scope = spec.module.text.scope_of(spec.call).holder_of(function.id)
    if scope is None:
        return False
    parents = spec.module.text.names.parents
    return any(
        len(scope.bindings[function.id]) > 1
        and (binding.kind != "import" or parents.get(binding.node) is not spec.module.tree)
        for binding in scope.bindings[function.id]
    )


def _is_in_loop(spec: SpecField) -> bool:
    """Whether the call is evaluated once for each turn of a loop around it."""
    for node in spec.module.text.names.ancestors(spec.call):
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return False
    return False


def hidden_nodes(spec: SpecField, expression: ast.AST) -> list[ast.Name]:
    """The names in ``expression`` that only the body of a class around the field can see."""
    names = spec.module.text.names
    hidden = []
    for node in ast.walk(expression):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            holder = names.holder_of(node)
            if holder is not None and holder.is_class:
                hidden.append(node)
    return hidden


def hidden_names(spec: SpecField, expression: ast.AST) -> list[str]:
    """What those names are."""
    return [node.id for node in hidden_nodes(spec, expression)]


def _outermost_class(spec: SpecField) -> ast.ClassDef | None:
    """The class statement that a generated class has to precede."""
    outermost = None
    for node in spec.module.text.names.ancestors(spec.call):
        if isinstance(node, ast.ClassDef):
            outermost = node
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            break
    return outermost


def home_of(spec: SpecField) -> InsertionPoint:
    """Where the spec class of this field goes: straight before the model, or before the statement."""
    statement = _outermost_class(spec) or spec.module.text.names.statement_of(spec.call)
    return home_before(spec.module, statement)


def home_before(module: Module, statement: ast.stmt) -> InsertionPoint:
    """The place before a statement, its decorators and the comments that stand right above it."""
    text, source = module.text, module.text.source
    first: ast.AST = statement
    decorators = getattr(statement, "decorator_list", [])
    start = text.start(first)
    if decorators:
        start = source.text.rindex("@", 0, text.start(decorators[0]))
    line = source.line_of(start)
    indent = source.indent_at(start)
    while line > 0 and _is_comment_line(module, line - 1, indent):
        line -= 1
    top_level = module.text.names.parents.get(statement) is module.tree
    unit = _indent_of_body(module, statement, indent) or ("\t" if "\t" in indent else source.indent_unit)
    blank_lines = min(2, _blank_lines_before(module, line)) or 2 if top_level else 1
    return InsertionPoint(source.line_starts[line], indent, blank_lines, unit)


def _blank_lines_before(module: Module, line: int) -> int:
    """How many empty lines stand right before a line, as the file spaces its classes."""
    source = module.text.source
    count = 0
    while count < line and not source.line(line - 1 - count).strip():
        count += 1
    return count


def _indent_of_body(module: Module, statement: ast.stmt, indent: str) -> str:
    """Return the indentation of the body of a class; empty if it is on the line of the class."""
    body = getattr(statement, "body", None)
    if not isinstance(statement, ast.ClassDef) or not body:
        return ""
    start = module.text.start(body[0])
    inner = module.text.source.indent_at(start)
    same_line = module.text.source.line_of(start) == module.text.source.line_of(module.text.start(statement))
    return inner[len(indent) :] if inner.startswith(indent) and not same_line else ""


def _is_comment_line(module: Module, line: int, indent: str) -> bool:
    source = module.text.source
    start, end = source.line_starts[line], source.line_starts[line + 1]
    text = source.text[start:end]
    is_header = line < 2 and ("coding" in text or text.startswith("#!"))
    return text.startswith(f"{indent}#") and line not in module.text.string_lines and not is_header


def class_name(spec: SpecField, used: set[str]) -> str:
    """A name for the spec class after model and field, that the module does not have yet.

    Args:
        used: names given to other generated classes of the module.
    """
    # A name in lower case is a variable of the function around, not a model.
    model = spec.model_name if spec.model_name[:1].isupper() else ""
    own = spec.variable or spec.attname
    name = model + _camel_case(own) if own or model else "GeneratedSpec"
    if name == model:
        name += "Spec"
    candidate, number = name, 1
    while candidate in used or is_taken(spec.module, candidate):
        candidate = f"{name}Spec" if number == 1 else f"{name}Spec{number}"
        number += 1
    return candidate


def _camel_case(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


@dataclass(frozen=True)
class ClassAttribute:
    """An attribute of a generated class, with the comments above it."""

    name: str
    value: tuple[Piece, ...]
    comments: tuple[str, ...] = ()


def render_class(
    module: Module, name: str, base: str, attributes: list[ClassAttribute], home: InsertionPoint
) -> tuple[Piece, ...]:
    """Return the text of a class, ready to be inserted at its home."""
    newline, unit = module.text.source.newline, home.unit
    inner = home.indent + unit
    pieces: list[Piece] = [f"{home.indent}class {name}({base}):{newline}"]
    for attribute in attributes:
        pieces += [f"{inner}{comment}{newline}" for comment in attribute.comments]
        pieces += [f"{inner}{attribute.name} = ", *_indented(attribute.value, inner, unit), newline]
    if not attributes:
        pieces.append(f"{inner}pass{newline}")
    return (*pieces, newline * home.blank_lines)


def _indented(pieces: tuple[Piece, ...], indent: str, unit: str) -> list[Piece]:
    return [
        replace(piece, to_indent=indent + (unit if piece.brackets else "")) if isinstance(piece, Span) else piece
        for piece in pieces
    ]


def span_of(module: Module, expression: ast.expr) -> Span:
    """The text of an expression, fit to be moved: with brackets if it needs them to be continued."""
    text = module.text
    start, end = text.start(expression), text.end(expression)
    original = text.source.text[start:end]
    broken = "\n" in original or "\r" in original
    enclosed = isinstance(
        expression,
        ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp | ast.GeneratorExp,
    )
    if isinstance(expression, ast.Call):
        called = text.text_of(expression.func)
        enclosed = "\n" not in called and "\r" not in called
    is_string = isinstance(expression, ast.Constant) and text.source.line_of(start) + 1 in text.string_lines
    tuple_in_brackets = isinstance(expression, ast.Tuple) and original.startswith("(")
    brackets = (broken and not enclosed and not tuple_in_brackets and not is_string) or isinstance(
        expression, ast.Yield | ast.YieldFrom | ast.NamedExpr
    )
    return Span(start, end, text.source.indent_at(start), "", brackets)
