"""What the files of a project say about the project as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ik_migrate.engine.facts import Facts
from ik_migrate.engine.job import Executor
from ik_migrate.engine.progress import Progress, counted
from ik_migrate.files.discovery import search
from ik_migrate.files.triggers import IGNORE_COMMENT
from ik_migrate.imagekit.cache_backends import OWN
from ik_migrate.imagekit.spec_file_search import users_of_spec_files
from ik_migrate.model.options import Options
from ik_migrate.model.targets import OLD_STACK_TARGET
from ik_migrate.project.facts import ProjectFacts

_ROUNDS = 5


def collect_facts(
    root: Path, options: Options, first: Iterable[Path], crew: Executor, knowledge: ProjectFacts, progress: Progress
) -> list[Path]:
    """Read the files that mention ImageKit, and find those that use it through them.

    Args:
        root: the folder of the project.
        options: what to leave out.
        first: the files that mention ImageKit.
        crew: who reads them; told in the end what is known.
        knowledge: what is known; added to.
        progress: told of each file that is read.

    Returns:
        The files that may concern us besides ``first``.
    """
    known = set(first)
    found, read = set(known), set[Path]()
    facts = Facts()
    for _ in range(_ROUNDS):
        new = sorted(found - read)
        names = {IGNORE_COMMENT}
        for said in counted(crew.facts(new), len(new), "Reading", progress):
            facts.add(said)
            names |= said.names
        read |= found
        found.update(search(root, names, options, counted=()).files)
        if found == read:
            break
    if facts.attributes_of_variables:
        # Only now is it known which attributes the fields made at the top of these files are.
        knowledge.attributes_of_variables = facts.attributes_of_variables
        crew.learn(knowledge)
        for said in crew.facts(sorted({path for path, _ in facts.attributes_of_variables})):
            facts.add(said)
    found |= users_of_spec_files(root, facts.spec_attributes, options)
    found |= set(facts.keyword_dicts)
    for said in crew.facts(sorted(found - read)):
        facts.add(said)
    knowledge.candidates = tuple(sorted(found))
    _learn(knowledge, facts)
    if options.target is None and facts.old_stack:
        knowledge.target, knowledge.target_reason = OLD_STACK_TARGET, _why_not_newest(root, facts.old_stack)
    crew.learn(knowledge)
    if facts.backends or facts.settings:
        knowledge.own_backends, reason = crew.own_backends(facts) if facts.backends else ({}, "")
        if reason:
            # Who uses which backend is not known: none of the files that have to do with them can be rewritten.
            knowledge.faults.update(dict.fromkeys(facts.backends, reason))
        crew.learn(knowledge)
        strategies = crew.strategies(facts.settings)
        if strategies in ({"Optimistic"}, {OWN}):
            (knowledge.default_strategy,) = strategies
        elif strategies & {"", OWN}:
            knowledge.default_strategy = ""
        crew.learn(knowledge)
    return sorted(found - known)


def _why_not_newest(root: Path, old_stack: dict[Path, str]) -> str:
    path = min(old_stack)
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return (
        f"{shown} {old_stack[path]}: so the version is {OLD_STACK_TARGET}, the last one for Python 2 that was seen to"
        " run on such a Django; --target names another."
    )


def _learn(knowledge: ProjectFacts, facts: Facts) -> None:
    """Note what holds for the whole project."""
    knowledge.has_ik2_code, knowledge.has_ik3_code = facts.has_ik2_code, facts.has_ik3_code
    knowledge.faults = facts.faults
    knowledge.has_names_that_stay = knowledge.keep_cache_names or facts.has_names_that_stay
    knowledge.keyword_dicts = facts.keyword_dicts
    knowledge.importers = facts.importers
    knowledge.spec_attributes = facts.spec_attributes
    knowledge.shared_attributes = {name for name in facts.spec_attributes if facts.class_attributes[name]}
    knowledge.around = facts.around
    knowledge.around.has_own_source_file = bool(facts.class_attributes["source_file"])
