"""Words that only ImageKit 2 knows, at places that no other rule has something to say about."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from ik_migrate.codegen.legacy_field import find_references
from ik_migrate.imagekit.backend_family import is_backend
from ik_migrate.imagekit.file_api import has_legacy_files, keep_file_api
from ik_migrate.imagekit.kwargs_dicts import keyword_dicts
from ik_migrate.imagekit.version_detection import unread_arguments
from ik_migrate.model.imagekit_names import LEGACY_FIELD, SUPPORT
from ik_migrate.project.facts import ProjectFacts
from ik_migrate.project.module import per_module
from ik_migrate.project.string_literals import literals
from ik_migrate.rules import (
    Applicability,
    Finding,
    Module,
    Rule,
    TextFile,
    checks_leftovers,
    make_finding,
    make_finding_at,
    photo_model,
    spec_fields,
)

_EXAMPLE = photo_model(
    "small = ImageSpecField([], source='image')",
    imports=("from imagekit.models import ImageSpecField",),
    below="""\
def original_of(photo, size):
    return getattr(photo, size).source_file
""",
)

RULE = Rule(
    code="IK608",
    name="leftover-word",
    summary="a name that only ImageKit 2 has",
    applicability=(Applicability.MANUAL, Applicability.SAFE),
    why=(
        "ImageKit 3 does not have this name, and no other rule recognises how it is used here. The code may"
        " have no effect, or raise an exception at run time."
    ),
    help="Check the code, and use the replacement; see the migration guide.",
    source="the names in imagekit/ of 2.0.4 that 3.0.4 no longer has",
    before=_EXAMPLE,
    after=_EXAMPLE,
)

_ANYWHERE = frozenset(
    {"IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND", "image_cache_backend", "ikcachevalidate", "ikcacheinvalidate"}
)
_OF_PROJECTS = frozenset({"get_spec_files", "SpecFileGenerator", "source_file", "ResizeToFit"})
"""Words that others use as well: they count where the project has spec fields."""
_NAMES = frozenset({"get_spec_files", "SpecFileGenerator", "_ik.spec_files", "_ik.spec_fields"})
_ARGUMENTS = frozenset({"image_field", "cache_to", "image_cache_backend"})
_FIELD = "ImageSpecField"
"""As a string in Python: the field is looked up by its name, and then called with arguments that are not read."""
_CALL = re.compile(r"\bImageSpecField\s*\((?!.*\bsource\s*=)", re.DOTALL)
_EXECUTES = frozenset({"builtins.exec", "builtins.eval", "builtins.compile"})
_ALTERNATIVES = "|".join(sorted(_ANYWHERE | _OF_PROJECTS))
_WORD = re.compile(rf"imagekit\.imagecache\b|\b_ik\.spec_fi(?:les|elds)\b|\b(?:{_ALTERNATIVES})\b")
_SUCCESSORS = {
    "IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND": "set `IMAGEKIT_DEFAULT_CACHEFILE_BACKEND` and `..._STRATEGY`",
    "imagekit.imagecache": "name a class of `imagekit.cachefiles.strategies`",
    "image_cache_backend": "use `cachefile_strategy`",
    "image_field": "use `source`",
    "cache_to": "use the `cachefile_name` of a spec class",
    "ikcachevalidate": "run `generateimages`",
    "ikcacheinvalidate": "delete the files, then run `generateimages`",
    _FIELD: "look up `LegacyImageSpecField` in the support module",
    "source_file": "use `generator.source`",
    "ResizeToFit": "pass `upscale=False` where it is called",
    "SpecFileGenerator": "use `imagekit.ImageSpec`",
}
"""What to do about a word, as the end of a sentence."""
_COMMENT = re.compile(r"\s*(?:#|//|;|<!--|\{#|--|rem\b)", re.IGNORECASE)
_TEXT_ONLY = frozenset({".html", ".htm", ".txt", ".xml", ".js", ".css"})
"""Files in which ``source_file`` or ``ResizeToFit`` alone is no evidence; templates have their own rule."""


@checks_leftovers(RULE)
def check_leftovers(file: Module | TextFile, findings: Collection[Finding]) -> Iterator[Finding]:
    """Report the words of ImageKit 2 that no finding is about."""
    if isinstance(file, TextFile):
        yield from _check_text(file, findings)
    elif not file.is_support and "migrations" not in file.path.parts:  # Migrations say what was, not what is.
        for node, word in _words(file):
            lines = _lines_of_statement(file, node)
            if not any(f.location.line in lines and _is_about(f, word) for f in findings):
                finding = make_finding(RULE, file, node, _message(word), Applicability.MANUAL, help=_help(word))
                yield keep_file_api(finding, file.project) if word == "source_file" else finding


def _message(word: str) -> str:
    if word == _FIELD:
        return f"`{word}` is named in a string, and takes other arguments in ImageKit 3"
    return f"`{word}` is a name of ImageKit 2"


def _help(word: str) -> str:
    successor = _SUCCESSORS.get(word)
    return f"Check the code: in ImageKit 3, {successor}." if successor else RULE.help


def _words(module: Module) -> Iterator[tuple[ast.expr, str]]:
    """The words of a Python file, with the expressions that they are in; without docstrings and comments."""
    text = module.text.source.text
    if not _WORD.search(text) and not any(name in text for name in (*_ARGUMENTS, _FIELD)):
        return
    project = module.project
    attributes = (node for node in module.text.nodes_of(ast.Attribute) if isinstance(node, ast.Attribute))
    is_set_here = any(node.attr == "source_file" and isinstance(node.ctx, ast.Store) for node in attributes)
    for node in module.text.nodes_of(ast.Name, ast.Attribute):
        word = _word_of(node)
        is_word = word in _ANYWHERE or word in _NAMES
        if word == "source_file":
            is_word = _may_be_of_spec_file(project) and not is_set_here and not _is_in_backend(module, node)
        elif word == "image_cache_backend":
            is_word = isinstance(node, ast.Attribute)
        if is_word and _counts(project, word) and not _is_own(module, node):
            yield node, word
    if _is_about_fields(module):
        for keyword in unread_arguments(module):
            if not _takes_arguments_at_run_time(module):
                yield keyword.value, str(keyword.arg)
    executes_text = any(
        isinstance(node, ast.Call) and module.qualified(node.func) in _EXECUTES
        for node in module.text.nodes_of(ast.Call)
    )
    known = {entry.node for found in keyword_dicts(module) for entry in found.entries}
    for literal in literals(module):
        word = literal.value
        if word in _ARGUMENTS:
            parent = module.text.names.parents.get(literal.node)
            if literal.node in known or parent in known or not _is_about_fields(module):
                continue
            if not _takes_arguments_at_run_time(module):
                yield literal.node, word
        elif _CALL.search(word):
            if executes_text:
                yield literal.node, _FIELD
        elif word == _FIELD:
            if "imagekit" in text and not _is_exported(module, literal.node):
                yield literal.node, word
        elif word == "source_file":
            if _may_be_of_spec_file(project):
                yield literal.node, word
        elif (word in _ANYWHERE or word in _OF_PROJECTS) and _counts(project, word):
            yield literal.node, word


def _is_exported(module: Module, node: ast.AST) -> bool:
    """Whether a string is part of the file's ``__all__``."""
    statement = next((each for each in module.text.names.ancestors(node) if isinstance(each, ast.stmt)), None)
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


def _word_of(node: ast.AST) -> str:
    """What a name or an attribute says; an attribute of ``_ik`` with that before it."""
    if isinstance(node, ast.Attribute):
        is_of_model = isinstance(node.value, ast.Attribute) and node.value.attr == "_ik"
        return f"_ik.{node.attr}" if is_of_model else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _counts(project: ProjectFacts, word: str) -> bool:
    return word in _ANYWHERE or project.has_spec_fields or project.has_ik2_code


def _may_be_of_spec_file(project: ProjectFacts) -> bool:
    """Whether a ``source_file`` can be that of a spec file, and is lost."""
    return project.has_spec_fields and not project.around.has_own_source_file and not has_legacy_files(project)


def _is_in_backend(module: Module, node: ast.expr) -> bool:
    """Whether code is part of a backend of the project, which the support module gives files of ImageKit 2."""
    outer = module.text.names.ancestors(node)
    return any(isinstance(each, ast.ClassDef) and is_backend(module, each) for each in outer)


def _is_own(module: Module, node: ast.expr) -> bool:
    """Whether a name is one of the support module, or one that the file binds: an import has its own rules."""
    if module.qualified(node).startswith(SUPPORT):
        return True
    return isinstance(node, ast.Name) and module.text.names.holder_of(node) is not None


@per_module
def _takes_arguments_at_run_time(module: Module) -> bool:
    """Whether a field of the support module takes ImageKit 2's arguments under their names."""
    if any(True for _ in find_references(module)):
        return True
    return bool(module.project.legacy_factories) or any(
        module.qualified(node) == LEGACY_FIELD for node in module.text.nodes_of(ast.Name)
    )


def _is_about_fields(module: Module) -> bool:
    """Whether a file names ImageKit, or fields that are made with it."""
    return "imagekit" in module.text.source.text or any(True for _ in spec_fields(module))


def _is_about(finding: Finding, word: str) -> bool:
    """Whether a finding of the same statement says something about a word in it."""
    if finding.is_notice:
        return False
    # Only a processor is left as it is where everything else in a call is rewritten.
    return word != "ResizeToFit" or word in finding.message


def _lines_of_statement(module: Module, node: ast.expr) -> set[int]:
    """The lines of the innermost statement around an expression; of one with a body those before it."""
    statement = next(outer for outer in module.text.names.ancestors(node) if isinstance(outer, ast.stmt))
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if isinstance(body, list) and body else statement.end_lineno or statement.lineno
    return set(range(statement.lineno, max(last, statement.lineno) + 1))


def _check_text(file: TextFile, findings: Collection[Finding]) -> Iterator[Finding]:
    text = file.source.text
    covered = {finding.location.line for finding in findings if not finding.is_notice}
    for match in _WORD.finditer(text):
        word = match.group()
        if word in _OF_PROJECTS and (file.suffix in _TEXT_ONLY or not file.project.has_spec_fields):
            continue
        start = text.rfind("\n", 0, match.start()) + 1
        finding = make_finding_at(RULE, file, match.span(), _message(word), Applicability.MANUAL, help=_help(word))
        if finding.location.line not in covered and not _COMMENT.match(text, start):
            covered.add(finding.location.line)
            yield finding
