"""The body of one method of an image cache backend, turned for a strategy.

What a file of a spec was and is: ``imagekit/models/fields/files.py`` of 2.0.4, ``imagekit/cachefiles/__init__.py``
and ``backends.py`` of 3.0.4 to 6.1.1. Where a part has no counterpart, it is noted as a problem.
"""

from __future__ import annotations

import ast

from ik_migrate.codegen.class_changes import Changes, line_end
from ik_migrate.codegen.file_absence import is_absent
from ik_migrate.codegen.imports import needed
from ik_migrate.imagekit.backend_family import (
    IK2_METHODS,
    RENAMED,
    ROOTS,
    STRATEGY_OF,
    Does,
    Family,
    is_function,
    of_root,
    saves_nothing,
)
from ik_migrate.imagekit.cache_backends import BACKENDS, STRATEGIES
from ik_migrate.model.change import Edit
from ik_migrate.model.imagekit_names import PESSIMISTIC

_STORAGE_READS = frozenset({"exists", "size", "path", "url", "open", "modified_time", "created_time", "accessed_time"})
_STORAGE_WRITERS = frozenset({"delete", "remove", "unlink", "save", "rename", "move"})
_GONE = {
    "attname": "file.attname is gone: in ImageKit 3 a file does not know the field that it is for",
    "field": "file.field is gone: in ImageKit 3 a file does not know the field that it is for",
}
_NOT_A_STATEMENT = "its result is used; in ImageKit 3 there is none"


class BodyWriter:
    """Turns the body of one method.

    Args:
        family: the class that it belongs to.
        function: the method.
        receiver: what it calls itself; empty where it has no name for that.
        files: the names of the parameters that are files.
    """

    def __init__(self, family: Family, function: ast.FunctionDef, receiver: str, files: frozenset[str]) -> None:
        self._family = family
        self._module = family.module
        self._text = family.module.text
        self._parents = family.module.text.names.parents
        self._function = function
        self._receiver = receiver
        self._files = files
        self._changes = Changes()
        self.uses_name = False

    def write(self) -> Changes:
        """The edits, and the parts that can't be turned."""
        arguments = set(ast.walk(self._function.args))
        for node in ast.walk(self._function):
            if node is not self._function and is_function(node):
                self._check_inner(node)
            if isinstance(node, ast.Name) and node not in arguments:
                if not isinstance(node.ctx, ast.Load) and node.id in {*self._files, self._receiver}:
                    self._problem(node, f"{node.id} gets another value")
                elif node.id in self._files:
                    self._file(node)
                elif node.id == self._receiver:
                    self._self(node)
        return self._changes

    def _check_inner(self, node: ast.AST) -> None:
        arguments: ast.arguments = node.args  # type: ignore[attr-defined]
        for argument in ast.walk(arguments):
            if isinstance(argument, ast.arg) and argument.arg in {*self._files, self._receiver}:
                self._problem(node, f"{argument.arg} is another thing in this function")

    def _file(self, name: ast.Name) -> None:
        parent = self._parents[name]
        if isinstance(parent, ast.Attribute):
            self._member(parent, name.id)
        elif isinstance(parent, ast.Call) and name in parent.args:
            self._passed(parent, name)
        else:
            self._problem(name, f"{name.id} itself is looked at or handed on; it is another kind of file in ImageKit 3")

    def _member(self, attribute: ast.Attribute, file: str) -> None:
        parent = self._parents[attribute]
        what = attribute.attr
        if not isinstance(attribute.ctx, ast.Load):
            self._problem(attribute, f"{file}.{what} is assigned")
        elif what == "name":
            self._name(attribute, file)
        elif what == "storage" and isinstance(parent, ast.Attribute):
            self._storage(parent, file)
        elif what == "source_file":
            self._replace(attribute, f"{file}.generator.source")
        elif what == "instance":
            info = self._need("imagekit.utils", "get_field_info")
            self._replace(attribute, f"{info}({file}.generator.source)[0]")
        elif what in {"generate", "delete"} and isinstance(parent, ast.Call) and parent.func is attribute:
            (self._generate if what == "generate" else self._delete)(parent, file)
        elif what != "close":
            self._problem(attribute, _GONE.get(what, f"{file}.{what}: not known to be the same in ImageKit 3"))

    def _name(self, attribute: ast.Attribute, file: str) -> None:
        self.uses_name = True
        for call in self._text.names.ancestors(attribute):
            if isinstance(call, ast.stmt):
                return
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute | ast.Name):
                called = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
                if called in _STORAGE_WRITERS and not self._is_of_storage(call.func, file):
                    self._problem(call, "the file is changed behind ImageKit's back, which caches whether it exists")

    def _is_of_storage(self, function: ast.expr, file: str) -> bool:
        return ast.unparse(function).startswith(f"{file}.storage.")

    def _storage(self, attribute: ast.Attribute, file: str) -> None:
        self.uses_name = True
        call = self._parents[attribute]
        if attribute.attr in _STORAGE_READS:
            return
        is_deleted = attribute.attr == "delete" and isinstance(call, ast.Call) and call.args
        if isinstance(call, ast.Call) and is_deleted and ast.unparse(call.args[0]) == f"{file}.name":
            # ImageKit 2 asked the storage each time; ImageKit 3 has to be told.
            statement = self._statement(call)
            if statement is not None:
                end = line_end(self._text, statement)
                self._edit(end, end, f"{self._newline(statement)}{self._forget(file)}")
            return
        self._problem(attribute, f"{file}.storage.{attribute.attr} is used; ImageKit 3 caches whether a file exists")

    def _generate(self, call: ast.Call, file: str) -> None:
        values = [*call.args, *(keyword.value for keyword in call.keywords)]
        saves = all(isinstance(value, ast.Constant) and value.value is True for value in values)
        if not saves or len(values) > 1 or any(keyword.arg != "save" for keyword in call.keywords):
            self._problem(call, "a picture is made without being saved")
        elif not isinstance(self._parents[call], ast.Expr | ast.Return):
            self._problem(call, _NOT_A_STATEMENT)
        else:
            arguments = "(force=True)" if is_absent(self._module, call, file) else "()"
            self._edit(self._text.end(call.func), self._text.end(call), arguments)

    def _delete(self, call: ast.Call, file: str) -> None:
        if saves_nothing(call):
            self._write_out(call, self._deletion(file))
        else:
            self._problem(call, "the model instance is saved along with the deletion")

    def _deletion(self, file: str) -> list[str]:
        self.uses_name = True
        unit = self._text.source.indent_unit
        return [
            f"if {file}.storage.exists({file}.name):",
            f"{unit}{file}.storage.delete({file}.name)",
            self._forget(file),
        ]

    def _forget(self, file: str) -> str:
        state = self._need(BACKENDS, "CacheFileState")
        return f"{file}.cachefile_backend.set_state({file}, {state}.DOES_NOT_EXIST)"

    def _passed(self, call: ast.Call, name: ast.Name) -> None:
        """The file is an argument of a call."""
        if not isinstance(call.func, ast.Attribute) or call.keywords:
            self._problem(name, f"{name.id} is handed on to something that is made for ImageKit 2's files")
            return
        receiver, what = call.func.value, call.func.attr
        is_self = isinstance(receiver, ast.Name) and receiver.id == self._receiver
        root = self._root_named_by(receiver)
        arguments = call.args[1:] if root else call.args
        if what in IK2_METHODS and len(arguments) == 1 and (is_self or root or self._is_super(receiver)):
            if what == "is_invalid":
                self._is_invalid(call, name.id)
            else:
                does = of_root(root, what) if root else self._family.does(what, inherited=not is_self)
                self._event(call, does, what, root, name.id)
        elif not (is_self and self._takes_file(what, call.args.index(name))):
            self._problem(name, f"{name.id} is handed on to something that is made for ImageKit 2's files")

    def _event(self, call: ast.Call, does: Does, what: str, root: str, file: str) -> None:
        """A call of ``validate``, ``invalidate`` or ``clear`` of this class or of one above."""
        function = call.func
        assert isinstance(function, ast.Attribute)
        if does is Does.RENAMED:
            end = self._text.end(function)
            self._edit(end - len(what), end, RENAMED[what])
            if root:
                self._replace(function.value, self._need(STRATEGIES, STRATEGY_OF[root]))
        elif does is Does.DELETE:
            self._write_out(call, self._deletion(file))
        elif does is Does.NOTHING:
            self._write_out(call, ["pass"])
        else:
            self._problem(call, f"{what} of a class above is called, which has no counterpart")

    def _is_invalid(self, call: ast.Call, file: str) -> None:
        if self._family.root != PESSIMISTIC or self._family.methods("is_invalid"):
            self._problem(call, "is_invalid is not ImageKit's own")
            return
        exists = f"{file}.cachefile_backend.exists({file})"
        parent = self._parents[call]
        if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
            self._replace(parent, exists)
        elif isinstance(parent, ast.If | ast.While | ast.BoolOp | ast.Return | ast.Assign | ast.Assert):
            self._replace(call, f"not {exists}")
        else:
            self._replace(call, f"(not {exists})")

    def _takes_file(self, name: str, position: int) -> bool:
        """Whether a method of the class expects a file at this place of its arguments."""
        found = self._family.methods(name)
        expected = [function.args.args[position + 1 : position + 2] for function in found]
        return bool(found) and all(names and names[0].arg in self._files for names in expected)

    def _self(self, name: ast.Name) -> None:
        parent = self._parents[name]
        if isinstance(parent, ast.Attribute):
            call = self._parents[parent]
            is_called_with_file = isinstance(call, ast.Call) and any(
                isinstance(value, ast.Name) and value.id in self._files for value in call.args
            )
            if parent.attr in IK2_METHODS:
                if not is_called_with_file:
                    self._problem(parent, f"{parent.attr} is not called with the file")
            elif parent.attr not in self._family.members():
                self._problem(parent, f"{name.id}.{parent.attr}: where that comes from is not known")
        elif isinstance(parent, ast.Call) and (
            self._is_super(parent)
            or (isinstance(parent.func, ast.Attribute) and self._root_named_by(parent.func.value))
        ):
            return
        else:
            self._problem(name, f"{name.id} is handed on")

    def _is_super(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self._module.qualified(node.func) == "builtins.super"

    def _root_named_by(self, receiver: ast.expr) -> str:
        """ImageKit's class that a receiver is, as in ``PessimisticImageCacheBackend.validate(self, file)``."""
        qualified = self._module.qualified(receiver) if isinstance(receiver, ast.Name | ast.Attribute) else ""
        return qualified if qualified in ROOTS else ""

    def _write_out(self, call: ast.Call, lines: list[str]) -> None:
        """Put statements in the place of a call that is a statement of its own."""
        statement = self._statement(call)
        if statement is None:
            return
        if isinstance(statement, ast.Return) and statement is not self._function.body[-1]:
            lines = [*(line for line in lines if line != "pass"), "return"]
        self._edit(self._text.start(statement), self._text.end(statement), self._newline(statement).join(lines))

    def _statement(self, call: ast.Call) -> ast.stmt | None:
        """The statement that is nothing but the call, on lines of its own."""
        statement = self._parents[call]
        if not isinstance(statement, ast.Expr | ast.Return):
            self._problem(call, _NOT_A_STATEMENT)
            return None
        source = self._text.source
        start, end = self._text.start(statement), self._text.end(statement)
        before = source.text[source.line_starts[source.line_of(start)] : start]
        if before.strip() or source.text[end : line_end(self._text, statement)].strip()[:1] not in {"", "#"}:
            self._problem(call, "it shares its line with another statement")
            return None
        return statement

    def _newline(self, statement: ast.stmt) -> str:
        return self._text.source.newline + self._text.source.indent_at(self._text.start(statement))

    def _need(self, source: str, name: str) -> str:
        local, imports = needed(self._module, source, name)
        self._changes.imports += imports
        return local

    def _replace(self, node: ast.AST, text: str) -> None:
        self._edit(self._text.start(node), self._text.end(node), text)

    def _edit(self, start: int, end: int, text: str) -> None:
        self._changes.edits.append(Edit(start, end, (text,)))

    def _problem(self, node: ast.AST, why: str) -> None:
        self._changes.problems.append((node, why))
