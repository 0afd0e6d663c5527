"""What the files of a project say about the project as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ik_migrate.engine.facts import Facts
from ik_migrate.engine.job import Executor
from ik_migrate.engine.progress import Progress, counted
from ik_migrate.engine.support_location import find_support_module, has_settings_of_sites
from ik_migrate.files.discovery import search, search_python
from ik_migrate.files.triggers import IGNORE_COMMENT
from ik_migrate.imagekit.cache_backends import OWN
from ik_migrate.imagekit.processor_state import has_changing_processor
from ik_migrate.imagekit.project_words import variants_by_words
from ik_migrate.imagekit.python2_evidence import find_evidence
from ik_migrate.imagekit.settings_modules import files_loaded_with, is_base_settings
from ik_migrate.imagekit.spec_file_search import users_of_spec_files
from ik_migrate.model.options import Options
from ik_migrate.model.targets import OLD_STACK_TARGET, Evidence
from ik_migrate.project.facts import ProjectFacts
from ik_migrate.project.project import Project

_ROUNDS = 5


def collect_facts(
    project: Project,
    options: Options,
    first: Iterable[Path],
    crew: Executor,
    knowledge: ProjectFacts,
    progress: Progress,
) -> list[Path]:
    """Read the files that mention ImageKit, and find those that use it through them.

    Args:
        project: the project, which is only used to find its files.
        options: what to skip.
        first: the files that mention ImageKit.
        crew: who reads them; told in the end what is known.
        knowledge: what is known; added to.
        progress: called for each file that is read.

    Returns:
        The files that may concern us besides ``first``.
    """
    root = project.root
    known = set(first)
    found, read = set(known), set[Path]()
    facts = Facts()
    if known and _has_changing_processors(project, options):
        knowledge.has_changing_processors = True
        crew.learn(knowledge)
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
    if knowledge.faithful:
        settings = search_python(root, {b"INSTALLED_APPS"}, options)
        knowledge.settings_modules = {
            module.path for module in project.modules_at(settings) if is_base_settings(module)
        }
        found |= knowledge.settings_modules
    for said in crew.facts(sorted(found - read)):
        facts.add(said)
    if found:
        knowledge.support_variants = variants_by_words(root, options)
    knowledge.candidates = tuple(sorted(found))
    knowledge.loaded_with_settings = files_loaded_with(project.modules_at(sorted(facts.settings_modules)))
    knowledge.support = find_support_module(project, facts.models, facts.support_modules, options.support_module)
    if knowledge.faithful:
        settings_modules = knowledge.settings_modules
        knowledge.has_settings = has_settings_of_sites(project, knowledge.support, settings_modules)
    project.make_room()
    _learn(knowledge, facts)
    if options.target is None:
        shown = facts.old_stack[min(facts.old_stack)] if facts.old_stack else find_evidence(root, options)
        if shown is not None:
            knowledge.target = OLD_STACK_TARGET
            knowledge.target_reason = _why_not_newest(root, shown)
    crew.learn(knowledge)
    if facts.settings:
        strategies = crew.strategies(facts.settings)
        if strategies in ({"Optimistic"}, {OWN}):
            (knowledge.default_strategy,) = strategies
        elif strategies & {"", OWN}:
            knowledge.default_strategy = ""
        crew.learn(knowledge)
    return sorted(found - known)


def _has_changing_processors(project: Project, options: Options) -> bool:
    """Whether a processor of the project changes its own attributes; their files need not mention ImageKit."""
    paths = search_python(project.root, {b"def process("}, options)
    return any(map(has_changing_processor, project.modules_at(paths)))


def _why_not_newest(root: Path, shown: Evidence) -> str:
    return (
        f"{shown.describe(root)}, and {OLD_STACK_TARGET} is the last version that runs on Python 2; to choose another,"
        " use --target."
    )


def _close(
    factories: set[tuple[Path, str]], calls: Mapping[tuple[Path, str], set[tuple[Path, str]]]
) -> set[tuple[Path, str]]:
    """Return some factories, and all that they make their fields with."""
    found, waiting = set(factories), list(factories)
    while waiting:
        new = calls.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _learn(knowledge: ProjectFacts, facts: Facts) -> None:
    """Note what holds for the whole project."""
    is_named_only = facts.names_field_in_string and facts.has_unread_arguments and not facts.has_ik3_code
    knowledge.has_ik2_code = facts.has_ik2_code or knowledge.came_from_2 or is_named_only
    knowledge.has_ik3_code = facts.has_ik3_code
    knowledge.faults = facts.faults
    knowledge.has_spec_fields = bool(facts.models or facts.spec_attributes)
    knowledge.has_unknown_backends = facts.has_unknown_backends
    knowledge.has_plain_classes = facts.has_plain_classes
    knowledge.has_property_sources = facts.has_property_sources
    knowledge.sets_storages = facts.sets_storages
    knowledge.has_storages = facts.has_storages
    knowledge.legacy_factories = _close(facts.legacy_factories, facts.factory_calls)
    knowledge.keyword_dicts = facts.keyword_dicts
    knowledge.importers = facts.importers
    knowledge.spec_attributes = facts.spec_attributes
    knowledge.has_simple_backend = not facts.may_have_other_backend
    knowledge.shared_ids = {spec_id for spec_id, count in facts.spec_ids.items() if count > 1}
    knowledge.has_chains = bool(facts.spec_attributes & facts.source_names)
    knowledge.shared_attributes = {name for name in facts.spec_attributes if facts.class_attributes[name]}
    knowledge.around = facts.around
    knowledge.around.has_own_source_file = bool(facts.class_attributes["source_file"])
