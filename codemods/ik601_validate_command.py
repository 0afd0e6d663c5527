"""``manage.py ikcachevalidate`` is ``manage.py generateimages``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ik_migrate.codegen.support.commands import replace_call
from ik_migrate.imagekit.command_lines import Mention
from ik_migrate.imagekit.commands import PROCEDURE, Use, uses_in_module, uses_in_text
from ik_migrate.project.module import ProjectIndex
from ik_migrate.rules import (
    Applicability,
    CannotGenerate,
    Edit,
    Finding,
    Module,
    Rule,
    TextFile,
    checks_module,
    checks_text,
    make_finding,
    make_finding_at,
)

COMMAND = "ikcachevalidate"
SUCCESSOR = "generateimages"

RULE = Rule(
    code="IK601",
    name="validate-command",
    summary="the command `ikcachevalidate` was renamed to `generateimages`",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 has no command `ikcachevalidate`. Its successor `generateimages` also generates missing files."
        " It takes app labels in lower case, has no `--force-revalidation`, and continues after an image that"
        " cannot be generated. It uses the manager called `objects` of every model, whatever the default manager"
        " is."
    ),
    help="Call `generateimages`; in Python code `validate_app_cache(app_labels)` of the support module.",
    source=(
        "imagekit/management/commands/ikcachevalidate.py of 2.0.4, generateimages.py of 3.0.4 to 6.1.1;"
        " imagekit/specs/sourcegroups.py for the manager, imagekit/models/fields/__init__.py for the labels"
    ),
    before="""\
#!/bin/sh
python manage.py ikcachevalidate gallery news
""",
    after="""\
#!/bin/sh
python manage.py generateimages gallery news
""",
    path="deploy.sh",
)


@checks_text(RULE)
def check_text(file: TextFile) -> Iterator[Finding]:
    """Rename the command in command lines; report other uses."""
    for use in uses_in_text(file, COMMAND):
        yield _finding(file, file.project, use)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Rename the command in ``call_command``, argument lists and command lines in strings."""
    for use in uses_in_module(module, COMMAND):
        finding = _finding(module, module.project, use)
        yield finding if finding.applicability is Applicability.SAFE else _call(module, use) or finding


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


def _finding(file: TextFile | Module, project: ProjectIndex, use: Use) -> Finding:
    mention = use.mention
    place = (mention.start, mention.end)
    if use.is_import:
        message = f"{COMMAND} is imported from ImageKit's code, where it was removed"
        return make_finding_at(RULE, file, place, message, Applicability.MANUAL)
    if not mention.is_command:
        message = f"`{COMMAND}` is mentioned here"
        todo = f"If the command is meant, write {SUCCESSOR}; it takes the same app labels, in lower case."
        return make_finding_at(RULE, file, place, message, Applicability.MANUAL, help=todo)
    if any(option.startswith("--force") or option == "force_revalidation" for option in mention.options):
        return make_finding_at(
            RULE,
            file,
            place,
            f"`{COMMAND} --force-revalidation` regenerates all images",
            Applicability.MANUAL,
            help="Delete the files and their state in the cache, then generate them.",
            suggestion=PROCEDURE + " ".join(["", *(word.text.lower() for word in mention.arguments)]).rstrip(),
        )
    message = f"`{COMMAND}` was renamed to `{SUCCESSOR}`"
    if mention.options:
        options = " and ".join(mention.options)
        todo = f"Call {SUCCESSOR}, without {options} where it is not one of Django's own options."
        return make_finding_at(RULE, file, place, message, Applicability.MANUAL, help=todo)
    if not use.is_writable:
        return make_finding_at(RULE, file, place, message, Applicability.MANUAL)
    return _rename(file, project, mention, message)


def _rename(file: TextFile | Module, project: ProjectIndex, mention: Mention, message: str) -> Finding:
    place = (mention.start, mention.end)
    changes = [Edit(*place, (SUCCESSOR,)), *_in_lower_case(mention)]
    labels = {word.text.lower() for word in mention.arguments}
    doubts = []
    if not mention.is_seen:
        doubts.append("Its arguments cannot be determined here: app labels must be in lower case.")
    if (labels or not mention.is_seen) and not project.around.abstract_apps <= labels:
        apps = ", ".join(sorted(filter(None, project.around.abstract_apps - labels))) or "another app"
        doubts.append(
            f"Spec fields of abstract models belong to the app of the abstract model, {apps}, for {SUCCESSOR};"
            f" for {COMMAND} they belonged to the app of each model."
        )
    if not doubts:
        return make_finding_at(RULE, file, place, message, Applicability.SAFE, changes=changes)
    why = " ".join([RULE.why, *doubts])
    return make_finding_at(RULE, file, place, message, Applicability.UNSAFE, changes=changes, why=why)


def _in_lower_case(mention: Mention) -> Iterable[Edit]:
    return [
        Edit(word.start, word.end, (word.text.lower(),)) for word in mention.arguments if word.text != word.text.lower()
    ]
