"""Whether a field can be given a custom spec class at all."""

from __future__ import annotations

from ik_migrate.codegen.spec_class import obstacle
from ik_migrate.imagekit.cache_backends import successor_of
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
                return f"whether its {name} is callable can't be told: {judgement.reason}"
    backend = spec.given("image_cache_backend")
    if backend is not None and successor_of(spec.module, backend.value) is None:
        return "its image_cache_backend has to be rewritten by hand first"
    if spec.given("pre_cache") is not None:
        return "its pre_cache has to be rewritten by hand first"
    return ""
