"""``source_file`` and other members of a spec file that templates used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ik_migrate.imagekit.file_api import has_legacy_files, keep_file_api
from ik_migrate.rules import Applicability, Edit, Finding, Rule, TextFile, checks_text, make_finding_at
from ik_migrate.source.enclosed import enclosed

_BEFORE = """\
{# photo.thumbnail comes from django-imagekit #}
<a href="{{ photo.thumbnail.source_file.url }}">
"""

RULE = Rule(
    code="IK604",
    name="template-source-file",
    summary="templates find the source of a spec file under `generator.source`",
    applicability=(Applicability.MANUAL, Applicability.UNSAFE, Applicability.SAFE),
    why=(
        "Spec files have no `source_file`, `instance`, `field`, `attname`, `validate`, `invalidate` or `clear`:"
        " templates show nothing."
    ),
    help="Write `generator.source` instead of `source_file`, if the object is the file of a spec field.",
    source="imagekit/models/fields/files.py of 2.0.4; imagekit/cachefiles/__init__.py of 3.0.4 to 6.1.1",
    before=_BEFORE,
    after=_BEFORE,
    path="templates/photo.html",
)

_SOURCE_FILE = "source_file"

_GONE = "instance|field|attname|validate|invalidate|clear|source_file"

_SILENT = [(r"\{#", r"#\}")] + [
    (rf"\{{%-?\s*{tag}\b", rf"\{{%-?\s*end{tag}\b[^%]*%\}}") for tag in ("comment", "verbatim", "raw")
]

_TAG = [(r"\{\{", r"\}\}"), (r"\{%", r"%\}")]

_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")

_MEMBER = re.compile(rf"(?<![\w.])(?P<object>\w+(?:\.\w+)*)\.(?P<member>{_GONE})(?!\w)")

_NAMED = re.compile(r"(?<![\w.])(?P<name>\w+)\s*=\s*(?P<path>\w+(?:\.\w+)+)(?![\w.(])")

_NAMED_AS = re.compile(r"(?<![\w.])(?P<path>\w+(?:\.\w+)+)\s+as\s+(?P<name>\w+)")


@checks_text(RULE)
def check_text(file: TextFile) -> Iterator[Finding]:
    """Look into the tags and variables of a template, without its comments."""
    text = file.source.text
    if "{{" not in text and "{%" not in text:
        return
    code = _code_of(text)
    known = _known_names(file, code)
    for match in () if has_legacy_files(file.project) else _MEMBER.finditer(code):
        finding = _finding(file, match, known)
        if finding is not None:
            yield keep_file_api(finding, file.project)


def _code_of(text: str) -> str:
    """The text with blanks for all that is not code of the template; offsets stay."""
    spoken = list(text)
    for start, end in enclosed(text, _SILENT):
        spoken[start:end] = " " * (end - start)
    text = "".join(spoken)
    code = [" "] * len(text)
    for start, end in enclosed(text, _TAG):
        code[start:end] = _STRING.sub(lambda match: " " * len(match.group()), text[start:end])
    return "".join(code)


def _known_names(file: TextFile, code: str) -> set[str]:
    """Names that end the path to a spec file: spec fields of the project, and variables made from them."""
    known = set(file.project.spec_attributes)
    for pattern in (_NAMED, _NAMED_AS):
        for match in pattern.finditer(code):
            if match["path"].rpartition(".")[2] in file.project.spec_attributes:
                known.add(match["name"])
    return known


def _finding(file: TextFile, match: re.Match[str], known: set[str]) -> Finding | None:
    owner, _, last = match["object"].rpartition(".")
    shown = match.group()
    place = (match.start(), match.end())
    if match["member"] != _SOURCE_FILE:
        if last not in known:
            return _maybe(file, place, match)
        message = f"`{shown}` is empty: spec files have no `{match['member']}`"
        is_attribute = last in file.project.spec_attributes
        todo = f"Use the object that has the field {last}." if is_attribute else "Use the object that has the field."
        if match["member"] == "attname":
            todo = "Write the name of the field."
        suggestion = owner if match["member"] == "instance" and is_attribute else ""
        return make_finding_at(RULE, file, place, message, Applicability.MANUAL, help=todo, suggestion=suggestion)
    message = f"`{shown}` is empty: spec files have no `source_file`"
    if last in known:
        edit = Edit(match.start("member"), match.end("member"), ("generator.source",))
        return make_finding_at(RULE, file, place, message, Applicability.UNSAFE, changes=[edit])
    if file.project.around.has_own_source_file:
        return None
    message = f"`{shown}` is empty if {match['object']} is the file of a spec field"
    suggestion = f"{match['object']}.generator.source"
    return make_finding_at(RULE, file, place, message, Applicability.MANUAL, suggestion=suggestion)


def _maybe(file: TextFile, place: tuple[int, int], match: re.Match[str]) -> Finding | None:
    """With ``--faithful``: a member of an object of which nothing is known keeps the files as they were."""
    is_of_form = "form" in match["object"].lower()
    if not file.project.faithful or match["member"] not in {"attname", "instance"} or is_of_form:
        return None
    message = f"{match['object']} may be the file of a spec field"
    return make_finding_at(RULE, file, place, message, Applicability.MANUAL)
