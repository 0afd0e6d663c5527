"""Files without ``cache_to=`` get other names, and are generated again."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.legacy_field import falls_back
from ik_migrate.codegen.legacy_spec import cache_to_of, write_default_name
from ik_migrate.rules import (
    ONE_FIELD,
    ONE_FIELD_AFTER,
    Applicability,
    CannotGenerate,
    Finding,
    ImageSymptom,
    Module,
    Rule,
    Sign,
    SpecField,
    checks_module,
    checks_spec_field,
    is_ik3_code,
    make_finding,
    spec_fields,
)

RULE = Rule(
    code="IK305",
    name="default-names",
    summary="default file names change: every image is regenerated",
    applicability=(Applicability.NOTICE, Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 named a file cache/<folder>/<name>_<attribute>.jpg, ImageKit 3 names it"
        " CACHE/images/<folder>/<name>/<hash>.jpg. Every image is regenerated when it is first used, stored"
        " addresses of the old files break once these are deleted, and the old files are kept. Without `format=`, the"
        " format is that of the source's content, no longer that of the source's name."
    ),
    help=(
        "Run `manage.py generateimages` when you deploy, and delete `cache/` once nothing links to it. Or add"
        " `--keep-cache-names`."
    ),
    source="_default_cache_to in imagekit/models/fields/files.py of 2.0.4; imagekit/cachefiles/namers.py of 3.0.4",
    before=ONE_FIELD,
    after=ONE_FIELD_AFTER,
    once_per_project=True,
    symptoms=(ImageSymptom(Sign.DEFAULT_NAME, "ImageKit's default names changed"),),
)

_KEEPING = (
    "The name that ImageKit 2 gave is kept, so that the existing images are found. Such a name stays the"
    " same when the processors of the field change: delete the files after that, as with ImageKit 2."
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Say it at the first field of the project that goes by the default, or keep the name of each."""
    project = spec.module.project
    if spec.is_processed or spec.is_ik3 or cache_to_of(spec) is not None:
        return
    if is_ik3_code(spec.module, spec.call) and not project.has_ik2_code:
        return
    if project.keep_cache_names:
        yield _kept(spec)
    elif project.has_ik2_code and not spec.unseen:
        yield _renamed(spec)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Say the same of fields that become those of the support module, whose files are named by ImageKit 3 as well."""
    project = module.project
    for spec in spec_fields(module) if project.has_ik2_code and not project.keep_cache_names else ():
        if falls_back(spec) and not spec.unseen and cache_to_of(spec) is None:
            yield _renamed(spec)


def _renamed(spec: SpecField) -> Finding:
    message = f"{spec.label} and all fields without `cache_to=` get new file names"
    return make_finding(RULE, spec.module, spec.call, message, Applicability.NOTICE)


def _kept(spec: SpecField) -> Finding:
    """Write the name that ImageKit 2 gave into a spec class."""
    message = f"{spec.label}: its files would get new names"
    try:
        changes = write_default_name(spec)
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {RULE.why}"
        return make_finding(RULE, spec.module, spec.call, message, Applicability.MANUAL, why=why)
    return make_finding(
        RULE,
        spec.module,
        spec.call,
        message,
        Applicability.SAFE,
        why=_KEEPING,
        changes=changes,
    )
