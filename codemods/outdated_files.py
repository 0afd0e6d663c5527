"""File names that stay when the source changes: the old picture has to be deleted."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.cachefile_name import build_name_property, judged_cache_to, names_its_files
from ik_migrate.codegen.properties import CannotGenerate
from ik_migrate.imagekit.cache_backends import OWN, strategy_in_force
from ik_migrate.imagekit.callability import Verdict
from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.change import UseStrategy
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

from . import cache_to_directory

RULE = Rule(
    code="IK307",
    name="outdated-files",
    summary="a file whose name stays would outlive a change of its source",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 deleted the file of a spec when the source changed. ImageKit 3 goes by the name alone: with a"
        " name of the project's own, under which another picture can come back, the old thumbnail would stay for good."
    ),
    help="Give the spec a strategy that deletes the file when its source is saved.",
    source="imagekit/models/receivers.py of 2.0.4; imagekit/cachefiles/strategies.py of 3.0.4 to 6.1.1",
    before=cache_to_directory.RULE.before,
    after=cache_to_directory.RULE.after,
)


def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Give every spec with a file name of its own a strategy that deletes outdated files."""
    judgement = judged_cache_to(spec)
    if not names_its_files(spec) or (judgement is not None and judgement.verdict is Verdict.UNKNOWN):
        return
    try:
        build_name_property(spec)
    except CannotGenerate:
        return
    strategy = strategy_in_force(spec)
    if strategy == OWN:
        # What the project's own backend did when the source changed, its strategy does.
        return
    node = spec.arguments["cache_to"].value if "cache_to" in spec.arguments else spec.call
    message = f"the file of {spec.label} would stay when its source changes"
    if not strategy:
        yield make_finding(
            RULE,
            spec.module,
            node,
            message,
            Applicability.MANUAL,
            help="Let the strategy that this field uses delete the file in on_source_saved.",
            suggestion=_BY_HAND,
        )
        return
    changes = (UseStrategy(spec.offset, strategy),)
    yield make_finding(RULE, spec.module, node, message, Applicability.SAFE, changes=changes)


_BY_HAND = """\
from imagekit.cachefiles.backends import CacheFileState

def on_source_saved(self, file):
    if file.storage.exists(file.name):
        file.storage.delete(file.name)
    file.cachefile_backend.set_state(file, CacheFileState.DOES_NOT_EXIST)"""

CODEMOD = Codemod(rules=(RULE,), spec_field=check_spec_field)
