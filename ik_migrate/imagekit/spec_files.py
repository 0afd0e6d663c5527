"""Code that uses the file which a spec field gave: ``photo.thumbnail.validate()`` and the like.

A spec attribute gave an ``ImageSpecFieldFile`` in ImageKit 2 (``imagekit/models/fields/files.py`` of 2.0.4) and
gives an ``ImageCacheFile`` in ImageKit 3 (``imagekit/cachefiles/__init__.py`` of 3.0.4 to 6.1.1).
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from ik_migrate.imagekit.file_api import has_legacy_files, keep_file_api
from ik_migrate.imagekit.instance_types import has_spec
from ik_migrate.model.change import Change
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.module import Module, per_module
from ik_migrate.project.reporting import make_finding
from ik_migrate.project.string_values import pattern_of, texts_of, values_of
from ik_migrate.source.scopes import Binding

MEMBERS = frozenset(
    {"validate", "invalidate", "clear", "delete", "generate", "source_file", "instance", "field", "attname"}
)
"""What an ``ImageSpecFieldFile`` had and an ``ImageCacheFile`` has not, or has with another meaning."""

_TELLING = frozenset({"invalidate", "source_file", "validate"})
"""Those that hardly anything else has."""

KEPT_BY_FIELD = frozenset(
    {"image_field", "cache_to", "image_cache_backend", "generator", "storage", "processors", "format", "options"}
)
"""What ImageKit 2's field kept of its arguments, and ImageKit 3's does not, the support module's neither."""
_FOLLOW_AT_MOST = 5


@dataclass(frozen=True)
class SpecFile:
    """An expression whose value is a spec file.

    Args:
        attname: the spec attribute, empty where it may be one of several.
        owner: the expression for the model instance, or for what has all its spec files; None where it may be one of
            several instances.
        doubt: why it may be no spec file, a sentence; empty where there is no doubt.
    """

    attname: str
    owner: ast.expr | None
    doubt: str = ""


@dataclass(frozen=True)
class SpecFileUse:
    """One member of a spec file, used.

    Args:
        module: the file.
        node: ``<spec file>.<member>``.
        file: what is known of the spec file.
    """

    module: Module
    node: ast.Attribute
    file: SpecFile

    @property
    def member(self) -> str:
        """The member."""
        return self.node.attr

    @property
    def shown(self) -> str:
        """The text of the expression for the spec file."""
        return self.module.text.text_of(self.node.value)

    @property
    def is_or_may_be(self) -> str:
        """The verb for a sentence that says what the expression is."""
        return "may be" if self.file.doubt else "is"

    @property
    def owner(self) -> str:
        """The text of the expression for the model instance; empty where it may be one of several."""
        return self.module.text.text_of(self.file.owner) if self.file.owner is not None else ""

    @property
    def call(self) -> ast.Call | None:
        """The call of the member, if it is called."""
        parent = self.module.text.names.parents.get(self.node)
        return parent if isinstance(parent, ast.Call) and parent.func is self.node else None

    @property
    def asks_old_field(self) -> bool:
        """Whether an attribute of the field is read that ImageKit 3's field lacks."""
        parent = self.module.text.names.parents.get(self.node)
        return self.member == "field" and isinstance(parent, ast.Attribute) and parent.attr in KEPT_BY_FIELD

    @property
    def is_statement(self) -> bool:
        """Whether the member is called and the result is not used."""
        call = self.call
        return call is not None and isinstance(self.module.text.names.parents.get(call), ast.Expr)

    def make_finding(
        self,
        rule: Rule,
        message: str,
        applicability: Applicability,
        *,
        changes: tuple[Change, ...] = (),
        why: str = "",
        help: str = "",
        suggestion: str = "",
    ) -> Finding:
        """A finding about this use; no rewrite where it may be about something else."""
        finding = make_finding(
            rule,
            self.module,
            self.call or self.node,
            message,
            applicability,
            changes=changes,
            why=why,
            help=help,
            suggestion=suggestion,
        )
        if self.file.doubt and applicability is not Applicability.NOTICE:
            finding = finding.as_manual(f"{self.file.doubt} {finding.why}")
        if finding.applicability is Applicability.MANUAL and not self.asks_old_field:
            return keep_file_api(finding, self.module.project)
        return finding


@per_module
def spec_file_uses(module: Module) -> tuple[SpecFileUse, ...]:
    """All uses in a file of what `MEMBERS` names, on what is known to be a spec file; in the order of the file.

    Where the support module makes files that have these members, only those that it does not keep.
    """
    uses: list[SpecFileUse] = []
    for node in module.text.nodes_of(ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr in MEMBERS and isinstance(node.ctx, ast.Load):
            found = spec_file(module, node.value)
            if found is None and node.attr in _TELLING:
                found = _guessed(module, node.value)
            if found is not None:
                uses.append(SpecFileUse(module, node, found))
    if has_legacy_files(module.project):
        uses = [use for use in uses if use.asks_old_field]
    return tuple(sorted(uses, key=lambda use: module.text.end(use.node)))


def _guessed(module: Module, expression: ast.expr) -> SpecFile | None:
    """``getattr(photo, size)`` beside fields that are made when the site runs: no name of one is known."""
    if isinstance(expression, ast.Name):
        bindings = module.text.names.bindings_in_force(expression)
        value = bindings[0].value if len(bindings) == 1 else None
        return _guessed(module, value) if isinstance(value, ast.Call) else None
    if not isinstance(expression, ast.Call) or len(expression.args) < 2 or not module.project.has_ik2_code:
        return None
    if "imagekit" not in module.text.source.text or module.qualified(expression.func) != "builtins.getattr":
        return None
    owner, name = expression.args[:2]
    known = [has_spec(module, owner, attribute) for attribute in module.project.spec_attributes]
    if isinstance(name, ast.Constant) or (known and all(verdict is False for verdict in known)):
        return None
    return SpecFile("", owner, "Only the running site knows the name of the attribute: see whether it is a spec field.")


def spec_file(module: Module, expression: ast.expr, depth: int = 0) -> SpecFile | None:
    """Return what is known of the spec file that ``expression`` evaluates to; None if it is not known to be one."""
    match expression:
        case ast.IfExp(body=body, orelse=orelse) if depth < _FOLLOW_AT_MOST:
            return _one_of([spec_file(module, value, depth + 1) for value in (body, orelse) if not _is_none(value)])
        case ast.BoolOp(values=values) if depth < _FOLLOW_AT_MOST:
            return _one_of([spec_file(module, value, depth + 1) for value in values if not _is_none(value)])
        case ast.Attribute(value=owner, attr=attribute):
            return _attribute(module, owner, attribute)
        case ast.Call(args=[_, _] | [_, _, _], keywords=[]):
            return _asked_by_name(module, expression)
        case ast.Name() if depth < _FOLLOW_AT_MOST:
            return _alias(module, expression, depth)
    return None


def _attribute(module: Module, owner: ast.expr, name: str) -> SpecFile | None:
    if name not in module.project.spec_attributes:
        return None
    verdict = has_spec(module, owner, name)
    if verdict is False:
        return None
    doubt = ""
    if verdict is None and name in module.project.shared_attributes:
        doubt = f"Another class of the project has an attribute {name} too: see whether this is the spec field."
    return SpecFile(name, owner, doubt)


def _asked_by_name(module: Module, call: ast.Call) -> SpecFile | None:
    """``getattr(photo, 'thumbnail')``, with a name that is written out, looped over, or put together."""
    if module.qualified(call.func) != "builtins.getattr":
        return None
    owner, name = call.args[:2]
    found = [_attribute(module, owner, text) for text in texts_of(module, name)]
    if found:
        return _one_of(found)
    pattern = pattern_of(module, name)
    if pattern:
        fitting = [text for text in sorted(module.project.spec_attributes) if re.fullmatch(pattern, text)]
        file = next(filter(None, (_attribute(module, owner, text) for text in fitting)), None)
    else:
        fitting = [text for text in sorted(module.project.spec_attributes) if has_spec(module, owner, text)]
        file = SpecFile("", owner) if fitting else None
    if file is None:
        return None
    shown = ", ".join(fitting)
    return replace(
        file, doubt=f"Only the running site knows the name of the attribute: see whether it is a spec field ({shown})."
    )


def _alias(module: Module, name: ast.Name, depth: int) -> SpecFile | None:
    """A name that stands for a spec file at all places where it gets a value."""
    scope = module.text.scope_of(name).holder_of(name.id)
    if scope is None or scope.is_class:
        return None
    found: list[SpecFile | None] = []
    for binding in module.text.names.bindings_in_force(name):
        all_of_them = _spec_files_looped_over(module, binding)
        if all_of_them is not None:
            found.append(SpecFile("", all_of_them))
            continue
        values = values_of(module, binding)
        found += [spec_file(module, value, depth + 1) for value in values if not _is_none(value)] if values else [None]
    file = _one_of(found)
    if file is None or file.owner is None or _stays(module, file.owner):
        return file
    return replace(file, owner=None)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _one_of(found: list[SpecFile | None]) -> SpecFile | None:
    """What is known of a spec file that is one of several; None where all of them are something else."""
    files = [file for file in found if file is not None]
    if not files:
        return None
    if len(files) < len(found):
        return SpecFile("", None, "It can also be something else: see whether it is the image of a spec field.")
    owners = {ast.dump(file.owner) if file.owner is not None else "" for file in files}
    return SpecFile(
        files[0].attname if len({file.attname for file in files}) == 1 else "",
        files[0].owner if len(owners) == 1 else None,
        next((file.doubt for file in files if file.doubt), ""),
    )


def _stays(module: Module, owner: ast.expr) -> bool:
    """Whether an expression still has the value that it had when a spec file was taken from it: a name bound once."""
    if not isinstance(owner, ast.Name):
        return False
    scope = module.text.scope_of(owner).holder_of(owner.id)
    return scope is not None and len(scope.bindings[owner.id]) == 1


def _spec_files_looped_over(module: Module, binding: Binding) -> ast.expr | None:
    """What ``for file in get_spec_files(photo)`` or ``in photo._ik.spec_files`` goes through; None for another loop."""
    target, loop = binding.node, module.text.names.parents.get(binding.node)
    place = None
    if isinstance(loop, ast.Tuple) and target in loop.elts:
        place = loop.elts.index(target)
        target, loop = loop, module.text.names.parents.get(loop)
    if not isinstance(loop, ast.For | ast.comprehension) or loop.target is not target:
        return None
    value = _iterated(module, loop.iter, place)
    if isinstance(value, ast.Name):
        bindings = module.text.names.bindings_in_force(value)
        value = bindings[0].value if len(bindings) == 1 else None
    if isinstance(value, ast.Call) and module.qualified(value.func) == "imagekit.utils.get_spec_files":
        return value
    if isinstance(value, ast.Attribute) and value.attr == "spec_files" and isinstance(value.value, ast.Attribute):
        return value if value.value.attr == "_ik" else None
    return None


def _iterated(module: Module, value: ast.expr, place: int | None) -> ast.expr | None:
    """What gives a loop the name at a place of its target; without a place, its only name."""
    called = module.qualified(value.func) if isinstance(value, ast.Call) else ""
    given = value.args if isinstance(value, ast.Call) else []
    if place is not None:
        if called in ("builtins.zip", "itertools.izip") and place < len(given):
            return _iterated(module, given[place], None)
        return _iterated(module, given[0], None) if called == "builtins.enumerate" and place == 1 and given else None
    return _iterated(module, given[0], None) if called in _SAME_ITEMS and given else value


_SAME_ITEMS = frozenset(f"builtins.{name}" for name in ("list", "tuple", "reversed", "sorted", "set", "iter"))
"""What gives the items of its first argument."""
