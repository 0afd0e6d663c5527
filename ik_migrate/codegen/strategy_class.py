"""An image cache backend of the project as a strategy: the same class, its methods turned and renamed.

The events of both: ``imagekit/models/receivers.py`` of 2.0.4; ``imagekit/cachefiles/strategies.py`` and
``imagekit/registry.py`` of 3.0.4 to 6.1.1.
"""

from __future__ import annotations

import ast
import re

from ik_migrate.codegen.class_changes import Changes, line_end
from ik_migrate.codegen.imports import needed
from ik_migrate.codegen.strategies import DELETING
from ik_migrate.codegen.strategy_body import BodyWriter
from ik_migrate.imagekit.backend_family import (
    IK2_METHODS,
    RENAMED,
    ROOTS,
    STRATEGY_OF,
    Does,
    Family,
    is_text,
    what_clear_does,
)
from ik_migrate.imagekit.cache_backends import BACKENDS, STRATEGIES, class_of
from ik_migrate.model.change import Edit
from ik_migrate.model.imagekit_names import CELERY, PESSIMISTIC
from ik_migrate.source.edited_text import EditedText

_EVENTS_OF_IK3 = frozenset({*RENAMED.values(), "on_content_required", "should_verify_existence"})
_RESERVED = _EVENTS_OF_IK3 | IK2_METHODS | {"register_field", "__metaclass__"}
_PARTS = {
    "is_invalid": "an is_invalid of its own: ImageKit 3 asks the cachefile backend's exists()",
    "register_field": "register_field is gone: a strategy does not learn of fields",
}
NO_CLEAR = "clear() is dropped: ImageKit 3 has no event for deleted instances, so their files stay."
_CLEAR = "ImageKit 3 has no event for deleted instances: a post_delete receiver has to do what clear() did"


class ClassWriter:
    """Turns one class.

    Args:
        family: the class, with what it inherits.
    """

    def __init__(self, family: Family) -> None:
        self._family = family
        self._module = family.module
        self._text = family.module.text
        self._node = family.node
        self._changes = Changes()
        self._dropped: ast.stmt | None = None
        self._files = frozenset(
            {"file"} | {f.args.args[1].arg for name in RENAMED for f in family.methods(name) if len(f.args.args) > 1}
        )

    def write(self) -> Changes:
        """The edits, and the parts that can't be turned."""
        self._head()
        for item in self._node.body:
            self._item(item)
        self._deleting()
        return self._changes

    @property
    def drops_clear(self) -> bool:
        """Whether a ``clear`` of this class goes."""
        return self._dropped is not None

    def _problem(self, node: ast.AST, why: str) -> None:
        self._changes.problems.append((node, why))

    def _head(self) -> None:
        node, names = self._node, self._text.names
        if names.parents.get(node) is not self._module.tree or len(names.module.bindings.get(node.name, ())) > 1:
            self._problem(node, "the class is defined conditionally, or inside something else")
        if node.decorator_list or node.keywords:
            self._problem(node, "the class has a decorator or a metaclass")
        bases = 0
        for base in node.bases:
            target = self._module.resolve(base)
            qualified = target.qualified if target is not None else ""
            if qualified == "builtins.object":
                continue
            bases += 1
            if qualified in ROOTS:
                self._root(base, qualified)
            elif class_of(target) is None:
                self._problem(base, f"{ast.unparse(base)}, which it derives from, is not known")
        if bases > 1:
            self._problem(node, "the class has several bases")

    def _root(self, base: ast.expr, qualified: str) -> None:
        if qualified == CELERY:
            self._problem(
                base, "the Celery backend: in ImageKit 3 tasks are the cachefile backend's, not the strategy's"
            )
        if isinstance(base, ast.Name) and len(self._text.names.module.bindings.get(base.id, ())) > 1:
            self._problem(base, f"{base.id} is one of several things")
        local, imports = needed(self._module, STRATEGIES, STRATEGY_OF[qualified])
        self._changes.imports += imports
        self._edit(self._text.start(base), self._text.end(base), local)

    def _item(self, item: ast.stmt) -> None:
        if isinstance(item, ast.FunctionDef):
            self._method(item)
        elif isinstance(item, ast.Assign | ast.AnnAssign):
            targets = item.targets if isinstance(item, ast.Assign) else [item.target]
            if any(not isinstance(target, ast.Name) or target.id in _RESERVED for target in targets):
                self._problem(item, "what is assigned here is not known to a strategy")
        elif not isinstance(item, ast.Pass) and not is_text(item):
            self._problem(item, "this part of the class body can't be turned")

    def _method(self, item: ast.FunctionDef) -> None:
        name = item.name
        arguments = item.args
        names = [argument.arg for argument in arguments.args]
        if name in RENAMED or name == "clear":
            extra = arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs
            if len(names) != 2 or arguments.defaults or extra or item.decorator_list:
                self._problem(item, f"{name} does not take just the file")
                return
        if name == "clear":
            self._clear(item)
            return
        if name in _RESERVED and name not in RENAMED:
            self._problem(item, _PARTS.get(name, f"{name} has a meaning in ImageKit 3"))
            return
        if name.startswith("__") and name.endswith("__") and name != "__init__":
            self._problem(item, f"{name} of a strategy is not known to do the same")
        static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in item.decorator_list)
        files = self._files & set(names)
        writer = BodyWriter(self._family, item, names[0] if names and not static else "", files)
        self._changes.add(writer.write())
        if name in RENAMED:
            self._rename(item)
        if name == "validate":
            self._for_existence(item, needs_source=writer.uses_name)

    def _rename(self, item: ast.FunctionDef) -> None:
        match = re.compile(r"def\s+(\w+)").search(self._text.source.text, self._text.start(item))
        assert match is not None
        self._edit(match.start(1), match.end(1), RENAMED[item.name])

    def _for_existence(self, item: ast.FunctionDef, *, needs_source: bool) -> None:
        """``validate`` came before the name was used and before the content was: two events now."""
        source, newline = self._text.source, self._text.source.newline
        receiver, file = (argument.arg for argument in item.args.args)
        indent, unit = source.indent_at(self._text.start(item)), source.indent_unit
        first = next((statement for statement in item.body if not is_text(statement)), None)
        if needs_source and first is not None:
            # ImageKit 2 had raised ValueError before; MissingSource is one.
            start = self._text.start(first)
            error, imports = needed(self._module, "imagekit.exceptions", "MissingSource")
            self._changes.imports += imports
            inner = source.indent_at(start)
            raising = f"raise {error}('There is no source file.')"
            guard = f"if not {file}.name:{newline}{inner}{unit}{raising}{newline}{inner}"
            if source.line_of(start) == source.line_of(self._text.start(item)):
                self._problem(first, "it shares its line with the method's head")
            self._edit(start, start, guard)
        if len(self._family.methods("validate")) == 1:
            lines = [f"def on_content_required({receiver}, {file}):", f"{unit}{receiver}.on_existence_required({file})"]
            text = "".join(newline + indent + line for line in lines)
            end = line_end(self._text, item)
            self._edit(end, end, newline + text)

    def _clear(self, item: ast.FunctionDef) -> None:
        if what_clear_does(item, self._family.root) is Does.UNKNOWN:
            self._problem(item, _CLEAR)
            return
        self._dropped = item
        body, source = self._node.body, self._text.source
        index = body.index(item)
        if index + 1 < len(body):
            self._edit(self._top(item), self._top(body[index + 1]), "")
        elif index:
            self._edit(line_end(self._text, body[index - 1]), line_end(self._text, item), "")
        elif not self._needs_deleting():
            self._edit(self._text.start(item), line_end(self._text, item), "pass")
        if source.line_of(self._text.start(item)) == source.line_of(self._text.start(self._node)):
            self._problem(item, "it shares its line with the class's head")

    def _needs_deleting(self) -> bool:
        """Whether ImageKit 2's own ``invalidate`` was in force, which deleted the file."""
        is_direct = any(self._module.qualified(base) == PESSIMISTIC for base in self._node.bases)
        return is_direct and self._family.needs_deleting and not self._family.methods("invalidate")

    def _deleting(self) -> None:
        """Write out what the base did when the source changed: ``JustInTime`` does nothing then."""
        if not self._needs_deleting():
            return
        source, newline = self._text.source, self._text.source.newline
        unit = source.indent_unit
        state, imports = needed(self._module, BACKENDS, "CacheFileState")
        self._changes.imports += imports
        outer = source.indent_at(self._text.start(self._node))
        lines = (outer + line.format(i=unit, state=state) for line in DELETING)
        text = newline.join(lines)
        kept = [item for item in self._node.body if item is not self._dropped]
        if kept and not all(isinstance(item, ast.Pass) for item in kept):
            end = line_end(self._text, kept[-1])
            self._edit(end, end, f"{newline}{newline}{text}")
            return
        first = kept[0] if kept else self._node.body[0]
        start = self._text.start(first)
        line_start = source.line_starts[source.line_of(start)]
        if source.text[line_start:start].strip():
            start = line_start + len(source.text[line_start:start].rstrip())
            self._edit(start, self._text.end(first), newline + text)
        else:
            self._edit(line_start, line_end(self._text, first), text)

    def _top(self, node: ast.stmt) -> int:
        """The start of the line that a member starts on, or of the comments right above it."""
        source = self._text.source
        decorators = getattr(node, "decorator_list", [])
        line = source.line_of(self._text.start(decorators[0] if decorators else node))
        lines = source.lines()
        while line and lines[line - 1].lstrip().startswith("#"):
            line -= 1
        return source.line_starts[line]

    def _edit(self, start: int, end: int, text: str) -> None:
        self._changes.edits.append(Edit(start, end, (text,)))


def sketch(family: Family, changes: Changes) -> str:
    """The class as it would be, a comment above each part that can't be turned."""
    text, source = family.module.text, family.module.text.source
    start = source.line_starts[source.line_of(text.start(family.node))]
    end = max(text.end(family.node), *(edit.end for edit in changes.edits), 0)
    notes: dict[int, list[str]] = {}
    for node, why in changes.problems:
        line = source.line_starts[source.line_of(text.start(_statement(family, node)))]
        comment = f"{source.indent_at(line)}# To do: {why}.{source.newline}"
        if comment not in notes.setdefault(line, []):
            notes[line].append(comment)
    edits = [Edit(0, start), *(Edit(line, line, ("".join(comments),)) for line, comments in notes.items())]
    edits += [*changes.edits, Edit(end, len(source.text))]
    imports = sorted({(wanted.module, wanted.clause) for wanted in changes.imports})
    head = "".join(f"from {module} import {clause}\n" for module, clause in imports)
    body = EditedText(source, edits, frozenset()).render().replace("\r\n", "\n")
    return f"{head}\n\n{body}" if head else body


def _statement(family: Family, node: ast.AST) -> ast.AST:
    return family.module.text.names.statement_of(node)
