"""Requirements that keep to django-imagekit 2."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.requirements import Form, Requirement, generation_of, requirements
from ik_migrate.model.targets import exact_pin, pin, shell_pin, target_named
from ik_migrate.project.string_literals import literals
from ik_migrate.rules import (
    Applicability,
    Edit,
    Finding,
    Module,
    Rule,
    TextFile,
    checks_module,
    checks_text,
    make_finding_at,
)

RULE = Rule(
    code="IK603",
    name="requirement",
    summary="requirements of django-imagekit 2",
    applicability=(Applicability.UNSAFE, Applicability.MANUAL),
    why="The migrated code needs django-imagekit 3.0 or later.",
    help="Require the version that the project moves to, and the versions of Python and Django that it needs.",
    source="setup.py of 3.0.4 to 5.0.0, pyproject.toml of 6.1.1, and runs of each of them",
    before="""\
Django>=4.2
django-imagekit==2.0.4  # thumbnails
Pillow
""",
    after=f"""\
Django>=4.2
django-imagekit{pin()}  # thumbnails
Pillow
""",
    path="requirements.txt",
)

_WRITTEN = {Form.SPECIFIER: pin, Form.SHELL: shell_pin, Form.EXACT: exact_pin}


@checks_text(RULE)
def check_text(file: TextFile) -> Iterator[Finding]:
    """Look for requirements in files that are not Python."""
    for found in requirements(file.name, file.source.text):
        if found.is_certain or file.project.has_ik2_code:
            yield _finding(file, found, (found.start, found.end), found.spec)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Look into string literals: the arguments of ``setup()``, command lines of pip."""
    if "imagekit" not in module.text.source.text.lower():
        return
    for literal in literals(module):
        if "imagekit" not in literal.value.lower():
            continue
        whole = (module.text.start(literal.node), module.text.end(literal.node))
        for found in requirements("", literal.value):
            if not (found.is_certain or module.project.has_ik2_code):
                continue
            place = literal.locate(found.start, found.end)
            yield _finding(module, found, place or whole, place and literal.locate(*found.spec))


def _finding(
    file: TextFile | Module, found: Requirement, place: tuple[int, int], spec: tuple[int, int] | None
) -> Finding:
    target, reason = target_named(file.project.target), file.project.target_reason
    generation = generation_of(found.text)
    message = f"`{found.text}` {'requires' if found.is_certain else 'may be'} ImageKit {generation}"
    if generation == "0":
        reason = f"ImageKit 0.x is another architecture: rewrite the code first (ik-migrate explain IK113). {reason}"
    if found.form is Form.BY_HAND or spec is None or generation == "0":
        return make_finding_at(
            RULE,
            file,
            place,
            message,
            Applicability.MANUAL,
            why=" ".join(filter(None, [RULE.why, found.reason, target.wants, reason])),
            suggestion=f"django-imagekit{pin(target.version)}",
        )
    changes = [Edit(*spec, (_WRITTEN[found.form](target.version),))]
    why = " ".join(filter(None, [RULE.why, target.wants, reason]))
    return make_finding_at(RULE, file, place, message, Applicability.UNSAFE, changes=changes, why=why)
