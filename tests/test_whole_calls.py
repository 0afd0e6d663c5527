"""A call is rewritten as a whole, or stays so that it is not forgotten."""

from __future__ import annotations

import pytest

HEAD = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill

"""
PRIVATE = "from django.core.files.storage import FileSystemStorage\n\nprivate = FileSystemStorage('/private')\n\n"
ABSTRACT = (
    HEAD + PRIVATE + "class Doc(models.Model):\n"
    "    image = models.ImageField(upload_to='d', storage=private)\n\n"
    "    class Meta:\n        abstract = True\n"
)
SCAN = (
    HEAD + "from base import Doc\n\n\nclass Scan(Doc):\n"
    "    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image', format='JPEG')\n"
)


def test_a_private_storage_that_needs_a_person_is_not_forgotten(run, tmp_path):
    """Once the call says source=, nothing would tell any more that its pictures become public."""
    (tmp_path / "base.py").write_text(ABSTRACT)
    (tmp_path / "models.py").write_text(SCAN)
    for _ in range(2):
        assert run("apply", cwd=tmp_path).status == 1
        assert "IK105" in run("scan", cwd=tmp_path).stdout
    assert (tmp_path / "models.py").read_text() == SCAN
    run("apply", "--todo", cwd=tmp_path)
    assert "# TODO(ik-migrate IK105): " in (tmp_path / "models.py").read_text()


def test_a_private_storage_is_not_forgotten_where_the_field_is_made(run, tmp_path):
    """Nothing in the call of the function says that its field was ImageKit 2's: the function itself has to."""
    made = "def thumb(size):\n    return ImageSpecField([ResizeToFill(size, size)], image_field='image')\n\n\n"
    model = "class Scan(models.Model):\n    image = models.ImageField(storage=private)\n    small = thumb(9)\n"
    (tmp_path / "fields.py").write_text(HEAD + "\n" + made)
    (tmp_path / "models.py").write_text("from django.db import models\nfrom fields import thumb\n\n" + PRIVATE + model)
    for _ in range(2):
        assert run("apply", cwd=tmp_path).status == 1
        assert "IK105" in run("scan", cwd=tmp_path).stdout
    said = made.replace("image_field='image'", "image_field='image', storage=private")
    (tmp_path / "fields.py").write_text(HEAD + PRIVATE + "\n" + said)
    assert run("apply", cwd=tmp_path).status == 0
    assert "source='image', cachefile_storage=private" in (tmp_path / "fields.py").read_text()


def test_a_private_storage_of_a_child_model_is_reported(run, tmp_path):
    text = (
        HEAD
        + PRIVATE
        + (
            "class Thumbed(models.Model):\n"
            "    thumb = ImageSpecField([ResizeToFill(20, 20)], image_field='image', format='JPEG')\n\n"
            "    class Meta:\n        abstract = True\n\n\n"
            "class Secret(Thumbed):\n    image = models.ImageField(upload_to='s', storage=private)\n"
        )
    )
    (tmp_path / "models.py").write_text(text)
    assert run("apply", cwd=tmp_path).status == 1
    assert "IK105" in run("scan", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "for n in (1, 2):\n    ImageSpecField([ResizeToFill(n, n)], image_field='i', cache_to='n%d' % n)"
            ".contribute_to_class(object, 's%d' % n)\n",
            "made in a loop",
        ),
        (
            "class Album(models.Model):\n    @property\n    def cover(self):\n        return self.first.file\n\n"
            "    small = ImageSpecField([], image_field='cover', cache_to=lambda i, p, s, e: i.title + e)\n",
            "is a property",
        ),
        (
            "def sized(size):\n    def procs(instance, file):\n        return [ResizeToFill(size, size)]\n"
            "    return ImageSpecField(procs, image_field='i', cache_to=lambda i, p, s, e: '%s/%s' % (size, p))\n",
            "can't be seen here",
        ),
    ],
)
def test_no_spec_class_where_it_would_see_something_else(run, tmp_path, code, reason):
    (tmp_path / "models.py").write_text(HEAD + "\n" + code)
    run("apply", cwd=tmp_path)
    text = (tmp_path / "models.py").read_text()
    assert "ImageSpec)" not in text and "cache_to=" in text
    assert reason in " ".join(run("scan", cwd=tmp_path).stdout.split())


def test_a_field_made_in_an_expression_gets_one_class(run, tmp_path):
    code = "class Page(models.Model):\n    i = models.ImageField()\n\n\n"
    code += "ImageSpecField(lambda instance, file: [], image_field='i').contribute_to_class(Page, 'late')\n"
    (tmp_path / "models.py").write_text(HEAD + "\n" + code)
    run("apply", cwd=tmp_path)
    assert (tmp_path / "models.py").read_text().count("(ImageSpec):") == 1


def test_two_imports_of_imagekit_are_no_condition(run, tmp_path):
    text = (
        "import imagekit\nimport imagekit.models\nfrom django.db import models\n\n\n"
        "class Page(models.Model):\n    i = models.ImageField()\n"
        "    late = imagekit.models.ImageSpecField([], image_field='i', cache_to='late')\n"
    )
    (tmp_path / "models.py").write_text(text)
    assert run("apply", cwd=tmp_path).status == 0
    assert "spec=PageLate" in (tmp_path / "models.py").read_text()


@pytest.mark.parametrize("change", ["KW['image_field'] = 'i'", "KW.update(image_field='i')"])
def test_keywords_put_into_a_dict_later_are_reported(run, tmp_path, change):
    code = f"KW = {{}}\n{change}\n\n\nclass Page(models.Model):\n    i = models.ImageField()\n"
    (tmp_path / "models.py").write_text(HEAD + code + "    late = ImageSpecField([], **KW)\n")
    assert run("scan", cwd=tmp_path).status == 1
    assert "IK109" in run("scan", cwd=tmp_path).stdout


CALLABLES = (
    HEAD + "def effects(instance, file):\n    return []\n\n\nclass Photo(models.Model):\n"
    "    small = ImageSpecField(effects, image_field='image', cache_to=lambda i, p, s, e: 'x')\n"
)


@pytest.mark.parametrize("option", [("--select", "IK201"), ("--ignore", "IK301"), ("--select", "IK201,IK301")])
def test_no_half_of_a_call_moves_into_a_spec_class(run, tmp_path, option):
    """In a spec class an attribute cache_to means nothing, and nothing would tell."""
    (tmp_path / "models.py").write_text(CALLABLES)
    found = run("apply", *option, cwd=tmp_path)
    assert found.status == 1
    assert "callable-processors [manual]" in found.stdout and "is not enabled in" in found.stdout
    assert "spec=" not in (tmp_path / "models.py").read_text()


def test_a_spec_class_needs_nobody_to_ask_for_the_source(run, tmp_path):
    (tmp_path / "models.py").write_text(CALLABLES)
    assert run("apply", "--ignore", "IK101", cwd=tmp_path).status == 0
    assert "ImageSpecField(source='image', spec=PhotoSmall)" in (tmp_path / "models.py").read_text()


@pytest.mark.parametrize("arguments", ["None, store, 'folder'", "unknown, None, 'folder', True"])
@pytest.mark.parametrize("option", [("--select", "IK104,IK302"), ("--ignore", "IK103"), ("--unsafe-fixes",)])
def test_nothing_moves_among_arguments_by_position(run, tmp_path, arguments, option):
    """One that is taken away would give those behind it another meaning."""
    text = HEAD + (
        "class Photo(models.Model):\n"
        f"    small = ImageSpecField([ResizeToFill(9, 9)], 'PNG', {{}}, 'image', {arguments})\n"
    )
    (tmp_path / "models.py").write_text(text)
    done = run("apply", *option, cwd=tmp_path)
    assert "Errors" not in done.stdout
    if arguments.startswith("unknown") or option != ("--unsafe-fixes",):
        assert done.status == 1
        assert (tmp_path / "models.py").read_text() == text
        is_left_out = "IK103 says of this call is left out" in " ".join(done.stdout.split())
        assert is_left_out or arguments.startswith("unknown")
    else:
        assert "cachefile_storage = store" in (tmp_path / "models.py").read_text()
