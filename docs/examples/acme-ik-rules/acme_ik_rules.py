"""A rule of Acme's own: their cache file backend has moved."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.rules import Applicability, Edit, Finding, Module, Rule, checks_module, make_finding

OLD, NEW = "acme.media.OldBackend", "acme.media.NewBackend"

RULE = Rule(
    code="ACME101",
    name="acme-media-backend",
    summary=f"`{OLD}` is called `{NEW}`",
    applicability=(Applicability.SAFE,),
    why="The old backend was written for ImageKit 2.",
    help="Name the new backend.",
    source="acme-media, changes of version 3",
    before=f"IMAGEKIT_DEFAULT_CACHEFILE_BACKEND = '{OLD}'\n",
    after=f"IMAGEKIT_DEFAULT_CACHEFILE_BACKEND = '{NEW}'\n",
    path="settings.py",
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report each string that names the old backend."""
    for node in module.text.nodes:
        if isinstance(node, ast.Constant) and node.value == OLD:
            new = module.text.text_of(node).replace(OLD, NEW)
            edit = Edit(module.text.start(node), module.text.end(node), (new,))
            yield make_finding(RULE, module, node, "Acme's old backend is named", Applicability.SAFE, changes=[edit])
