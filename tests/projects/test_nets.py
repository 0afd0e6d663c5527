"""The nets themselves: each finds what it is for."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import replace

import pytest
from generator.project import MODELS
from nets.batch import fails_with
from nets.importing import Application, import_all
from nets.invariants import import_violation, violations
from nets.known import TABLE, known_failures, write_section
from nets.minimise import minimise, validated
from nets.pretend import NotValid, spec_fields
from nets.python_text import NotPython, decode, parse
from nets.trial import Subject, run_trial
from nets.undefined import undefined_names

GOOD = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(5, 5)], image_field='image')
"""
UNKNOWN = """\
from django.db import models
from elsewhere import CONVERT
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], 'PNG', {}, 'image', CONVERT)
"""


def subject(text: str, **more: object) -> Subject:
    files = {"manage.py": b"", "gallery/__init__.py": b"", MODELS: text.encode()}
    return Subject(files, attributes={"Photo": ("small",)}, **more)  # type: ignore[arg-type]


def labels(trial) -> set[str]:
    return {violation.label for violation in violations(trial)}


# The invariants -----------------------------------------------------------------------------------


def test_good_project_violates_nothing() -> None:
    trial = run_trial(subject(GOOD), "default")
    assert violations(trial) == []
    assert trial.is_complete
    assert b"source='image'" in trial.after[MODELS]


def changed(trial, before: str, after: str):
    text = trial.after[MODELS].decode()
    assert before in text
    return replace(trial, after={**trial.after, MODELS: text.replace(before, after).encode()})


def test_broken_syntax_is_found() -> None:
    trial = changed(run_trial(subject(GOOD), "default"), "class Photo(", "class Photo(,")
    assert {label.partition(":")[0] for label in labels(trial)} == {"parses"}


def test_repeated_keyword_is_found() -> None:
    trial = changed(run_trial(subject(GOOD), "default"), "source='image'", "source='image', source='image'")
    assert {label.partition(":")[0] for label in labels(trial)} == {"parses"}


def test_undefined_name_is_found() -> None:
    trial = changed(run_trial(subject(GOOD), "default"), "ImageSpecField([", "ImageSpec([")
    assert labels(trial) == {"undefined: ImageSpec, nothing left to do"}


def test_name_that_was_undefined_before_is_not_counted() -> None:
    trial = run_trial(subject(GOOD + "\n\nprint(other)\n"), "default")
    assert violations(trial) == []


def test_second_rewrite_is_found() -> None:
    first = run_trial(subject(GOOD), "default")
    trial = replace(first, second=first.first)
    assert "again: IK101" in labels(trial)


def test_lost_finding_is_found() -> None:
    trial = run_trial(subject(UNKNOWN), "default")
    assert labels(trial) == set()
    lost = replace(trial, second=run_trial(subject(GOOD), "default").second)
    assert "lost: IK103" in labels(lost)


def test_finding_whose_code_was_rewritten_is_not_lost() -> None:
    trial = run_trial(subject(UNKNOWN + "    other = ImageSpecField([], image_field='image')\n"), "default")
    second = run_trial(subject(GOOD), "default").second
    rewritten = changed(replace(trial, second=second), ", CONVERT", "")
    assert not any(label.startswith("lost") for label in labels(rewritten))


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("small = ImageSpecField([], image_field='image')", "residue: image_field="),
        ("small = ImageSpecField([], storage=None)", "residue: storage= of a spec field"),
        ("COMMON = {'cache_to': 'x'}", "residue: 'cache_to' in a dict"),
        ("COMMON['image_cache_backend'] = 1", "residue: 'image_cache_backend' as an index"),
        ("import imagekit.imagecache", "residue: import of imagekit.imagecache"),
        ("from imagekit import imagecache", "residue: import of imagekit.imagecache"),
        ("from imagekit.generators import SpecFileGenerator", "residue: import of imagekit.generators"),
        ("shown = lambda self: self.small.source_file", "residue: .source_file"),
    ],
)
def test_old_word_is_found(line: str, label: str) -> None:
    trial = run_trial(subject(GOOD), "default")
    trial = replace(trial, after={**trial.after, MODELS: trial.after[MODELS] + f"    {line}\n".encode()})
    assert label in labels(trial)


SUPPORT = b"# ik-migrate: support module\nCACHE = {'cache_to': 1}\n\n\nclass LegacyField(object):\n    pass\n"
SUPPORTED = """\
from site_support import LegacyField, PessimisticImageCacheBackend
from .fields import KEYS, Other
from functools import partial

COMMON = dict(KEYS, image_field='image')
COMMON['cache_to'] = 'x'
Thumb = partial(LegacyField, storage=None)


class Own(LegacyField):
    def __init__(self, **kwargs):
        kwargs.setdefault('image_field', 'image')
        super(Own, self).__init__(**kwargs)


def make(size, **kwargs):
    return LegacyField([size], image_field='image', **kwargs)


a = LegacyField([], image_field='image', **COMMON)
b = Thumb(image_field='image')
c = make(1, cache_to='x')
d = Own(image_cache_backend=None)
e = Other(image_field='image', **{'cache_to': 'y'})
"""


def supported_labels(text: str) -> set[str]:
    trial = run_trial(subject(GOOD), "default")
    fields = b"from site_support import LegacyField\n\nOther = LegacyField\nKEYS = {'pre_cache': None}\n"
    files = {"site_support.py": SUPPORT, "gallery/fields.py": fields, MODELS: text.encode()}
    return {label for label in labels(replace(trial, after={**trial.after, **files})) if label.startswith("residue")}


def test_arguments_that_the_support_module_takes_are_no_old_words() -> None:
    assert supported_labels(SUPPORTED) == set()


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("f = ImageSpecField(image_field='image')", "residue: image_field="),
        ("OTHER = {'cache_to': 'x'}", "residue: 'cache_to' in a dict"),
        ("from imagekit import imagecache", "residue: import of imagekit.imagecache"),
    ],
)
def test_old_word_beside_the_support_module_is_found(line: str, label: str) -> None:
    assert supported_labels(SUPPORTED + line + "\n") == {label}


def test_own_parameter_is_no_old_word() -> None:
    text = GOOD + "    shown = show(image_field='small')\n"
    own = subject("def show(image_field):\n    return image_field\n\n\n" + text, parameters={"show": {"image_field"}})
    assert violations(run_trial(own, "default")) == []


def test_failed_import_is_found() -> None:
    trial = run_trial(subject(GOOD), "default")
    broken = changed(trial, "from django.db import models", "from django.db import models, nothing")
    without = changed(trial, "    small = ", "    other = ")
    applications = {
        name: Application(item.after, False, item.subject.attributes)
        for name, item in (("good", trial), ("broken", broken), ("without", without))
    }
    outcomes = import_all(applications)
    assert outcomes["good"] == ""
    (found,) = import_violation(broken, outcomes["broken"])
    assert found.label.startswith("imports: ImportError: cannot import name")
    (found,) = import_violation(without, outcomes["without"])
    assert found.label == "imports: a spec field is missing"


def test_import_of_python_2_is_of_its_translation() -> None:
    text = "print 'a', 0777\n" + GOOD
    trial = run_trial(subject(text, python2=True), "default")
    assert violations(trial) == []
    assert import_all({"old": Application(trial.after, True, {})}) == {"old": ""}


# Undefined names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\nb = a", set()),
        ("b = a\na = 1", {"a"}),
        ("def f():\n    return a\na = 1", set()),
        ("def f():\n    return a\nf()\na = 1", {"a"}),
        ("def f():\n    return g()\ndef g():\n    return a\na = 1\nf()", set()),
        ("class C:\n    a = 1\n    b = a", set()),
        ("class C:\n    a = 1\n    def f(self):\n        return a", {"a"}),
        ("class C(Base):\n    pass", {"Base"}),
        ("class C:\n    def __init__(self):\n        a\nC()\na = 1", {"a"}),
        ("f = lambda x: x + y", {"y"}),
        ("f = lambda x=y: x", {"y"}),
        ("[x for x in range(3) if x]", set()),
        ("try:\n    import a\nexcept ImportError:\n    a = None\na", set()),
        ("try:\n    pass\nexcept E as e:\n    e", {"E"}),
        ("for x in y:\n    x", {"y"}),
        ("with open('f') as f:\n    f", set()),
        ("import a.b\na.b.c", set()),
        ("import a.b as c\na", {"a"}),
        ("from imagekit.models import *\nImageSpecField, Other", {"Other"}),
        ("from somewhere import *\nwhatever", set()),
        ("def f(a: T) -> R:\n    pass", {"T", "R"}),
        ("@d\ndef f():\n    pass", {"d"}),
        ("def f():\n    global g\n    g = 1\nf()\ng", set()),
        ("x += 1", {"x"}),
        ("def f():\n    import a\n    return a", set()),
        ("def f(*args, **kwargs):\n    return args, kwargs", set()),
        ("def f():\n    def g():\n        return a\n    a = 1\n    return g", set()),
    ],
)
def test_undefined_names(text: str, expected: set[str]) -> None:
    found = undefined_names(ast.parse(text), python2=False)
    assert {item.name for item in found} == expected


def test_names_of_python_2_are_defined_there() -> None:
    tree = ast.parse("unicode, basestring, xrange")
    assert undefined_names(tree, python2=True) == set()
    assert len(undefined_names(tree, python2=False)) == 3


def test_python_2_is_parsed_on_its_lines() -> None:
    tree = parse(b"# coding: latin-1\nprint 'gr\xfc\xdf', `x`\ny = ur'\\d'\rz = 1 <> 2\r\n", python2=True)
    assert [node.lineno for node in tree.body] == [2, 3, 4]
    with pytest.raises(NotPython):
        parse(b"print 'a'\n", python2=False)
    with pytest.raises(NotPython):
        parse(b"def f(:\n    print 'a'\n", python2=True)


# The pretended ImageKit 2 -------------------------------------------------------------------------


def test_pretended_imagekit_2_knows_the_fields() -> None:
    more = "\n\nclass Child(Photo):\n    pass\n\n\nPhoto.add_to_class('big', ImageSpecField([]))\n"
    assert spec_fields(GOOD + more) == {"Photo": ("small", "big"), "Child": ("small",)}


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("image_field='image'", "source='image'", "unexpected keyword argument 'source'"),
        ("image_field='image'", "image_field='other'", "has no other"),
        (", image_field='image'", ", image_field='image', pre_cache=True", "pre_cache"),
        ("[ResizeToFill(5, 5)]", "[], processors=[]", "multiple values for argument 'processors'"),
        ("import ResizeToFill", "import ImageSpecFields", "ImportError"),
        ("import ImageSpecField", "import ImageSpecFields", "ImportError"),
        (", image_field='image'", "\n    other = models.ImageField()", "has the choice of"),
    ],
)
def test_pretended_imagekit_2_refuses(before: str, after: str, reason: str) -> None:
    text = GOOD.replace(before, after)
    if before.startswith(", image_field") and "other" in after:
        text = GOOD.replace(", image_field='image')", ")") + "    other = models.ImageField()\n"
    with pytest.raises((NotValid, SyntaxError), match=reason):
        spec_fields(text)


# Minimising ---------------------------------------------------------------------------------------


def test_minimised_project_is_small_and_fails_the_same() -> None:
    text = textwrap.dedent("""\
        # -*- coding: utf-8 -*-
        import os
        from django.db import models
        from imagekit.models import ImageSpecField
        from imagekit.processors import ResizeToFill, ResizeToFit

        SIZE = (3, 4)


        def helper():
            print 'a'


        class Other(models.Model):
            title = models.CharField(max_length=5)


        class Photo(models.Model):
            # a comment
            image = models.ImageField(upload_to='photos')
            small = ImageSpecField([ResizeToFill(5, 5), ResizeToFit(*SIZE)], 'JPEG', image_field='image')

            def __unicode__(self):
                return u'photo'
        """)
    start = validated(subject(text, python2=True))
    assert start is not None

    def fails(subjects):
        return [b"image_field='image'" in item.files[MODELS] for item in subjects]

    small = minimise(start, fails)
    assert not small.python2
    lines = [line for line in decode(small.files[MODELS]).splitlines() if line.strip()]
    assert lines == [
        "from django.db import models",
        "from imagekit.models import ImageSpecField",
        "class Photo(models.Model):",
        "    image = models.ImageField()",
        "    small = ImageSpecField(image_field='image')",
    ]
    assert small.attributes == {"Photo": ("small",)}


def test_failure_is_recognised_by_its_kind() -> None:
    fails = fails_with("undefined: nothing", "default")
    assert fails([subject(GOOD)]) == [False]


# The table ----------------------------------------------------------------------------------------


def test_table_of_known_failures_is_written_as_it_is_read(tmp_path, monkeypatch) -> None:
    assert TABLE.is_file()
    monkeypatch.setattr("nets.known.TABLE", tmp_path / "table.toml")
    failures = {'a "b" \\ c': [str(number) for number in range(200)], "b": ["x"]}
    write_section("modules", failures)
    write_section("suggestions", {"c": ["y"]})
    assert known_failures("modules") == failures
    assert known_failures("suggestions") == {"c": ["y"]}
    assert max(map(len, (tmp_path / "table.toml").read_text().splitlines())) <= 120
