"""Strategies for files whose name does not tell that their source has changed.

ImageKit 2 deleted the file of a spec when its source changed (``imagekit/models/receivers.py`` of
2.0.4). ImageKit 3 goes by the name alone: where the name stays, the old picture stays for good.

From 3.3 on, ``source_saved`` is also sent at the first save of each instance that was loaded
(``post_init_receiver`` in ``imagekit/specs/sourcegroups.py`` hashes the field, not its file). The strategy
remembers the source in ImageKit's own cache, so that such a save leaves the file where it is.
"""

from __future__ import annotations

import ast

from ik_migrate.codegen.imports import needed
from ik_migrate.codegen.spec_class import home_before, home_of
from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.change import AddImport, Edit
from ik_migrate.project.module import Module
from ik_migrate.project.used_names import is_taken

_BODY = (
    "class {name}({base}):",
    '{i}"""Deletes the old file when its source changes: its name would not tell."""',
    "",
    "{i}def on_source_saved(self, file):",
    "{i}{i}# ImageKit also says so when an instance is saved whose source is the same as before.",
    "{i}{i}backend, source = file.cachefile_backend, file.generator.source.name",
    "{i}{i}key = backend.get_key(file) + '-source'",
    "{i}{i}if backend.cache.get(key) != source:",
    "{i}{i}{i}if file.storage.exists(file.name):",
    "{i}{i}{i}{i}file.storage.delete(file.name)",
    "{i}{i}{i}backend.set_state(file, {state}.DOES_NOT_EXIST)",
    "{i}{i}{i}backend.cache.set(key, source, 30 * 24 * 60 * 60)",
)
_GENERATE = "{i}{i}file.generate()"
DELETING = _BODY[3:]
"""The method alone, to be filled in like the class."""


class StrategyClasses:
    """The strategy classes that the generated spec classes of one file share.

    Args:
        module: the file.
    """

    def __init__(self, module: Module) -> None:
        self._module = module
        self._names: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._first: dict[str, ast.stmt] = {}

    def use(self, base: str, spec: SpecField) -> tuple[str, tuple[AddImport, ...]]:
        """The name of the class for ``base``, and the imports that it takes.

        Args:
            base: the strategy to derive from, a name of ``imagekit.cachefiles.strategies``.
            spec: the field whose spec class uses it.
        """
        module = self._module
        local, base_import = needed(module, "imagekit.cachefiles.strategies", base)
        state, state_import = needed(module, "imagekit.cachefiles.backends", "CacheFileState")
        if base not in self._names:
            name = f"Replacing{base}"
            existing = self._existing(name, local)
            while not existing and is_taken(module, name):
                name += "_"
            self._names[base] = name
            if not existing:
                lines = (*_BODY, *([_GENERATE] if base == "Optimistic" else []))
                unit, newline = home_of(spec).unit, module.text.source.newline
                self._texts[base] = newline.join(
                    line.format(name=name, base=local, state=state, i=unit) for line in lines
                )
        statement = self._top_level(spec)
        first = self._first.get(base)
        if first is None or module.text.start(statement) < module.text.start(first):
            self._first[base] = statement
        return self._names[base], (*base_import, *state_import)

    def edits(self) -> list[Edit]:
        """The classes, each before the first statement that needs it."""
        newline = self._module.text.source.newline
        edits = []
        for base, text in self._texts.items():
            home = home_before(self._module, self._first[base])
            edits.append(Edit(home.offset, home.offset, (text + newline * (home.blank_lines + 1),), True))
        return edits

    def _existing(self, name: str, base: str) -> bool:
        """Whether an earlier run has already put the class there."""
        bindings = self._module.text.names.module.bindings.get(name, [])
        node = bindings[0].node if len(bindings) == 1 else None
        return isinstance(node, ast.ClassDef) and any(
            isinstance(item, ast.FunctionDef) and item.name == "on_source_saved" for item in node.body
        )

    def _top_level(self, spec: SpecField) -> ast.stmt:
        names = self._module.text.names
        statement = names.statement_of(spec.call)
        for node in names.ancestors(spec.call):
            if isinstance(node, ast.stmt) and names.parents.get(node) is self._module.tree:
                statement = node
        return statement
