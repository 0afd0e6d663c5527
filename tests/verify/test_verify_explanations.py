"""A difference is put down to a rule only where that rule is its cause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ik_migrate.model.symptom import Sign
from ik_migrate.verify.explanations import cause_of, explain_case, explain_error, explain_field
from ik_migrate.verify.image_records import ImageRecord, Made, SourceRecord
from ik_migrate.verify.records import ErrorRecord, SpecRecord, StorageRecord
from ik_migrate.verify.results import Difference


def made(size, source, image_format="PNG", mode="RGB"):
    image = ImageRecord(size, image_format, "RGB", 1, False, "", "", 0.0, None, None, 1, None)
    return Made(SourceRecord("", None, source, mode, None), image, default_name=False)


def spec(kind="spec", image_format=None):
    storage = StorageRecord("FileSystemStorage", ".", "/media/")
    return SpecRecord(kind, None, False, "", image_format, {}, "default", False, None, None, storage)


@pytest.mark.parametrize(
    ("difference", "old", "new", "old_spec", "rule"),
    [
        (
            Difference("transparency", "opaque", "transparent"),
            made((9, 9), (9, 9), "JPEG", "RGBA"),
            made((9, 9), (9, 9), "PNG", "RGBA"),
            spec(),
            "IK304",
        ),
        (
            Difference("transparency", "opaque", "transparent"),
            made((9, 9), (9, 9), "PNG", "RGBA"),
            made((9, 9), (9, 9), "PNG", "RGBA"),
            spec(image_format="png"),
            "IK209",
        ),
        (Difference("size", "", ""), made((40, 30), (40, 30)), made((80, 60), (40, 30)), spec(), "IK203"),
        (Difference("size", "", ""), made((160, 1), (301, 1)), made((301, 1), (301, 1)), spec(), ""),
        (Difference("field", "", ""), None, None, spec(kind="processed"), ""),
        (Difference("field", "", ""), None, None, spec(), "IK102"),
    ],
    ids=["another format", "png in lower case", "enlarged", "not reduced", "processed field gone", "spec field gone"],
)
def test_the_rule_that_explains_a_difference(difference, old, new, old_spec, rule):
    found = explain_case(difference, old, new, old_spec, spec()) if old else explain_field(difference, old_spec)
    assert found.rule == rule


@pytest.mark.parametrize(
    ("processors", "rule"),
    [
        ("[ResizeToFit(height=9, mat_color=[255, 255, 255], upscale=True, width=9)]", "IK203"),
        ("[ResizeToFit(upscale=False), ResizeToFit(mat_color=[1], upscale=True)]", "IK203"),
        ("[ResizeToFit(mat_color=[1]), Adjust(upscale=True)]", ""),
        ("[ResizeToFit(upscale=True, mat_color=[1])]", ""),
    ],
)
def test_mat_that_is_enlarged_is_found(processors, rule):
    old = made((40, 30), (20, 15))
    enlarging = replace(spec(), processors=processors)
    assert explain_case(Difference("pixels", "", "", rule=""), old, old, spec(), enlarging).rule == rule


@pytest.mark.parametrize("sign", Sign)
def test_a_rule_declares_each_sign(sign):
    rule, reason = cause_of(sign)
    assert rule.startswith("IK") and reason


@pytest.mark.parametrize(("kind", "rule"), [("spec", "IK201"), ("processed", "IK202"), ("", "IK201")])
def test_error_of_processors_by_the_kind_of_field(kind, rule):
    error = ErrorRecord("PicklingError", "Can't pickle <function <lambda>>", ())
    found = explain_error(error, spec(kind) if kind else None)
    assert (found.rule, found.reason) == (rule, "ImageKit 3 pickles processors for the name")
