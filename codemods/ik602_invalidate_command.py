"""``manage.py ikcacheinvalidate`` has no successor."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.support.commands import replace_call
from ik_migrate.imagekit.commands import PROCEDURE, Use, uses_in_module, uses_in_text
from ik_migrate.rules import (
    Applicability,
    CannotGenerate,
    Finding,
    Module,
    Rule,
    TextFile,
    checks_module,
    checks_text,
    make_finding,
    make_finding_at,
)

COMMAND = "ikcacheinvalidate"

_BEFORE = """\
#!/bin/sh
python manage.py ikcacheinvalidate gallery
"""

RULE = Rule(
    code="IK602",
    name="invalidate-command",
    summary="the command `ikcacheinvalidate` was removed",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 has no command like `ikcacheinvalidate`. To have its files generated again, delete them"
        " and their state, which ImageKit keeps in Django's cache."
    ),
    help=(
        "In Python code, call `invalidate_app_cache(app_labels)` of the support module. In a shell, delete the"
        " files, and clear the cache that `IMAGEKIT_CACHE_BACKEND` names."
    ),
    source=(
        "imagekit/management/commands/ikcacheinvalidate.py of 2.0.4; imagekit/cachefiles/backends.py and"
        " imagekit/conf.py of 3.0.4 to 6.1.1"
    ),
    before=_BEFORE,
    after=_BEFORE,
    path="deploy.sh",
)


@checks_text(RULE)
def check_text(file: TextFile) -> Iterator[Finding]:
    """Report every mention outside of comments."""
    for use in uses_in_text(file, COMMAND):
        yield _finding(file, use)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report every mention outside of comments and docstrings."""
    for use in uses_in_module(module, COMMAND):
        yield _call(module, use) or _finding(module, use)


def _call(module: Module, use: Use) -> Finding | None:
    """The finding that calls the function of the support module; None where ``call_command`` is not called."""
    if use.call is None:
        return None
    try:
        changes = replace_call(module, use, COMMAND)
    except CannotGenerate:
        return None
    message = f"`{COMMAND}` was removed"
    return make_finding(RULE, module, use.call, message, Applicability.SAFE, changes=changes)


def _finding(file: TextFile | Module, use: Use) -> Finding:
    labels = " ".join(word.text.lower() for word in use.mention.arguments)
    return make_finding_at(
        RULE,
        file,
        (use.mention.start, use.mention.end),
        f"`{COMMAND}` was removed without a replacement",
        Applicability.MANUAL,
        suggestion=f"{PROCEDURE} {labels}".rstrip() if use.mention.is_command else "",
    )
