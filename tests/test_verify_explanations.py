"""A difference is put down to a rule only where that rule is its cause."""

from __future__ import annotations

import pytest

from ik_migrate.verify.explanations import explained
from ik_migrate.verify.results import Difference


def record(size, source, picture_format="PNG", mode="RGB"):
    return {"picture": {"size": size, "format": picture_format}, "source": {"size": source, "mode": mode}}


def spec(**values):
    return {"kind": "spec", "format": None, "processors": "", "chained": False, **values}


@pytest.mark.parametrize(
    ("difference", "old", "new", "old_spec", "rule"),
    [
        (
            Difference("transparency", "opaque", "transparent"),
            record([9, 9], [9, 9], "JPEG", "RGBA"),
            record([9, 9], [9, 9], "PNG", "RGBA"),
            spec(),
            "IK304",
        ),
        (
            Difference("transparency", "opaque", "transparent"),
            record([9, 9], [9, 9], "PNG", "RGBA"),
            record([9, 9], [9, 9], "PNG", "RGBA"),
            spec(format="png"),
            "IK209",
        ),
        (Difference("size", "", ""), record([40, 30], [40, 30]), record([80, 60], [40, 30]), spec(), "IK203"),
        (Difference("size", "", ""), record([160, 1], [301, 1]), record([301, 1], [301, 1]), spec(), ""),
        (Difference("field", "", ""), {}, {}, spec(kind="processed"), ""),
        (Difference("field", "", ""), {}, {}, spec(), "IK102"),
    ],
    ids=["another format", "png in lower case", "enlarged", "not reduced", "processed field gone", "spec field gone"],
)
def test_the_rule_that_explains_a_difference(difference, old, new, old_spec, rule):
    assert explained(difference, old, new, old_spec, spec()).rule == rule
