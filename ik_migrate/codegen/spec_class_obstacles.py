"""Whether a field can be given a custom spec class at all."""

from __future__ import annotations

from ik_migrate.codegen.spec_class import obstacle
from ik_migrate.imagekit.callability import Verdict, classify
from ik_migrate.imagekit.spec_field import SpecField


def why_no_class(spec: SpecField) -> str:
    """Why a field gets no spec class; empty where it can have one.

    All arguments but the source move into the class, so each of them must be understood.
    """
    reason = obstacle(spec)
    if reason:
        return reason
    if spec.given("spec") is not None:
        return "it has a spec= already"
    for name in ("processors", "cache_to"):
        argument = spec.given(name)
        if argument is not None:
            judgement = classify(spec.module, argument.value)
            if judgement.verdict is Verdict.UNKNOWN:
                return f"cannot determine whether its {name} is callable: {judgement.reason}"
    if needs_pre_cache_resolved(spec):
        return "its `pre_cache` must be resolved first"
    return ""


def needs_pre_cache_resolved(spec: SpecField) -> bool:
    """Whether a field has a ``pre_cache`` that means something, though no version since ImageKit 2 takes it."""
    argument = spec.given("pre_cache")
    return argument is not None and argument.literal is not False
