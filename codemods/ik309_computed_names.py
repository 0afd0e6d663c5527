"""Names of cache files that are computed from the names of others."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ik_migrate.imagekit.spec_files import spec_file
from ik_migrate.project.facts import ProjectFacts
from ik_migrate.rules import (
    Applicability,
    Finding,
    Module,
    Rule,
    TextFile,
    checks_module,
    checks_text,
    make_finding,
    make_finding_at,
)
from ik_migrate.source.comments import in_comment

_EXAMPLE = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], {0}='image')
    large = ImageSpecField([], {0}='image')

    def large_url(self):
        return self.small.url.replace('_small.', '_large.')
"""

RULE = Rule(
    code="IK309",
    name="computed-names",
    summary="the name of a cache file is computed from another name",
    applicability=(Applicability.MANUAL,),
    why=(
        "The names that ImageKit 2 chose ended in the name of the field: `_small.jpg`. Those of ImageKit 3 end in a"
        " hash: the text is not found, and the address of the wrong image, or of none, comes out without an exception."
    ),
    help="Take the address from the field itself, as `photo.large.url`, or add `--keep-cache-names`.",
    source="_default_cache_to in imagekit/models/fields/files.py of 2.0.4; imagekit/cachefiles/namers.py of 3.0.4",
    before=_EXAMPLE.format("image_field"),
    after=_EXAMPLE.format("source"),
)

_METHODS = frozenset({"replace", "split", "rsplit", "partition", "rpartition", "index", "find", "endswith"})
_PARTS = frozenset({"url", "name", "path"})
_CALL_IN_TEXT = re.compile(r"\b(?:replace|split|indexOf|endsWith|match)\s*\(|\|\s*cut\s*:")


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report methods that look for the name of a spec field in the name of a spec file."""
    if not _concerns(module.project):
        return
    for node in module.text.nodes_of(ast.Call):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        subject = _subject(module, node)
        if subject is not None and any(_names_field(module, argument) for argument in node.args):
            shown = module.text.text_of(subject)
            message = f"`{shown}` no longer holds the name of its field"
            yield make_finding(RULE, module, node, message, Applicability.MANUAL)


def _concerns(project: ProjectFacts) -> bool:
    """Whether the project has files whose names ImageKit chooses, and lets it."""
    return project.around.has_default_names and not project.keep_cache_names


def _subject(module: Module, call: ast.Call) -> ast.expr | None:
    """The name of a spec file that a call takes apart."""
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr in _METHODS:
        given: ast.expr = function.value
    elif module.qualified(function) in {"re.sub", "re.split", "re.match", "re.search"}:
        given = call.args[-1]
    else:
        return None
    value = given
    if isinstance(given, ast.Name):
        bindings = module.text.names.bindings_in_force(given)
        value = bindings[-1].value if len(bindings) == 1 and bindings[-1].value is not None else given
    if isinstance(value, ast.Attribute) and value.attr in _PARTS and spec_file(module, value.value) is not None:
        return given
    return None


def _names_field(module: Module, argument: ast.expr) -> bool:
    """Whether a text holds the name of a spec field."""
    return (
        isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and any(name in argument.value for name in module.project.spec_attributes)
    )


@checks_text(RULE)
def check_text(file: TextFile) -> Iterator[Finding]:
    """Report the same in templates and scripts, where the text is as in a file name: ``'_small.'``."""
    if not _concerns(file.project) or not file.project.spec_attributes:
        return
    text = file.source.text
    names = "|".join(map(re.escape, sorted(file.project.spec_attributes)))
    for match in re.finditer(rf"[\"'/]_(?:{names})\b[.\"'/\\]", text):
        start = text.rfind("\n", 0, match.start()) + 1
        if _CALL_IN_TEXT.search(text, start, match.start()) and not in_comment(file.name, text, match.start()):
            word = match.group().strip("'\"/")
            message = f"`{word}` is no longer part of a file's name"
            yield make_finding_at(RULE, file, match.span(), message, Applicability.MANUAL)
