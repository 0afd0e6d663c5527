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


def test_private_storage_of_another_file_is_kept(run, tmp_path):
    """With source= alone its images would become public: the field asks its source for the storage."""
    (tmp_path / "base.py").write_text(ABSTRACT)
    (tmp_path / "models.py").write_text(SCAN)
    assert "IK115" in run("scan", cwd=tmp_path).stdout
    for _ in range(2):
        assert run("apply", cwd=tmp_path).status == 0
        text = (tmp_path / "models.py").read_text()
        assert "small = LegacyImageSpecField([ResizeToFill(50, 50)], image_field='image', format='JPEG')" in text
    assert "def cachefile_storage(self):" in (tmp_path / "imagekit_support.py").read_text()


def test_private_storage_is_kept_where_the_field_is_made(run, tmp_path):
    made = "def thumb(size):\n    return ImageSpecField([ResizeToFill(size, size)], image_field='image')\n\n\n"
    model = "class Scan(models.Model):\n    image = models.ImageField(storage=private)\n    small = thumb(9)\n"
    (tmp_path / "fields.py").write_text(HEAD + "\n" + made)
    models = "from django.db import models\nfrom fields import thumb\n\n" + PRIVATE + model
    (tmp_path / "models.py").write_text(models)
    assert run("apply", cwd=tmp_path).status == 0
    assert (
        "LegacyImageSpecField([ResizeToFill(size, size)], image_field='image')" in (tmp_path / "fields.py").read_text()
    )
    assert "def cachefile_storage(self):" in (tmp_path / "imagekit_support.py").read_text()
    assert (tmp_path / "models.py").read_text() == models


def test_storage_that_the_function_names_needs_no_legacy_field(run, tmp_path):
    made = "def thumb(size):\n    return ImageSpecField([ResizeToFill(size, size)], image_field='i', storage=private)\n"
    model = "class Scan(models.Model):\n    i = models.ImageField(storage=private)\n    small = thumb(9)\n"
    (tmp_path / "fields.py").write_text(HEAD + PRIVATE + "\n" + made)
    (tmp_path / "models.py").write_text("from django.db import models\nfrom fields import thumb\n\n" + PRIVATE + model)
    assert run("apply", cwd=tmp_path).status == 0
    assert "source='i', cachefile_storage=private" in (tmp_path / "fields.py").read_text()
    assert not (tmp_path / "imagekit_support.py").exists()


def test_private_storage_of_a_child_model_is_kept(run, tmp_path):
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
    assert run("apply", cwd=tmp_path).status == 0
    assert "thumb = LegacyImageSpecField(" in (tmp_path / "models.py").read_text()
    assert "def cachefile_storage(self):" in (tmp_path / "imagekit_support.py").read_text()


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
            "its function makes several fields",
        ),
    ],
)
def test_no_spec_class_where_it_would_see_something_else(run, tmp_path, code, reason):
    (tmp_path / "models.py").write_text(HEAD + "\n" + code)
    assert reason in " ".join(run("scan", cwd=tmp_path).stdout.split())
    assert run("apply", cwd=tmp_path).status == 0
    text = (tmp_path / "models.py").read_text()
    assert text.endswith(code.replace("ImageSpecField(", "LegacyImageSpecField("))


def test_a_field_made_in_an_expression_gets_one_class(run, tmp_path):
    code = "class Page(models.Model):\n    i = models.ImageField()\n\n\n"
    code += "ImageSpecField(lambda instance, file: [], image_field='i').contribute_to_class(Page, 'late')\n"
    (tmp_path / "models.py").write_text(HEAD + "\n" + code)
    run("apply", cwd=tmp_path)
    assert (tmp_path / "models.py").read_text().count("(LegacySpec):") == 1


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
def test_keywords_put_into_a_dict_later_are_kept(run, tmp_path, change):
    code = f"KW = {{}}\n{change}\n\n\nclass Page(models.Model):\n    i = models.ImageField()\n"
    (tmp_path / "models.py").write_text(HEAD + code + "    late = ImageSpecField([], **KW)\n")
    assert "what KW holds is only known when the site runs" in run("scan", cwd=tmp_path).stdout
    assert run("apply", cwd=tmp_path).status == 0
    assert (tmp_path / "models.py").read_text().endswith(f"{code}    late = LegacyImageSpecField([], **KW)\n")


CALLABLES = (
    HEAD + "def effects(instance, file):\n    return []\n\n\nclass Photo(models.Model):\n"
    "    small = ImageSpecField(effects, image_field='image', cache_to=lambda i, p, s, e: 'x')\n"
)


@pytest.mark.parametrize("option", [("--select", "IK201"), ("--ignore", "IK301")])
def test_no_half_of_a_call_moves_into_a_spec_class(run, tmp_path, option):
    """In a spec class of ImageKit 3 an attribute cache_to means nothing, and nothing would tell."""
    (tmp_path / "models.py").write_text(CALLABLES)
    found = run("apply", *option, cwd=tmp_path)
    assert found.status == 1
    assert "callable-processors [manual]" in found.stdout
    assert "IK301 is ignored in this call" in " ".join(found.stdout.split())
    assert "spec=" not in (tmp_path / "models.py").read_text()


def test_the_whole_of_a_call_moves_into_a_spec_class(run, tmp_path):
    """IK101 is not asked for: the new call names the source all the same."""
    (tmp_path / "models.py").write_text(CALLABLES)
    assert run("apply", "--select", "IK201,IK301", cwd=tmp_path).status == 0
    text = (tmp_path / "models.py").read_text()
    assert "ImageSpecField(source='image', spec=PhotoSmall)" in text
    assert "choose_processors = staticmethod(effects)\n    cache_to = staticmethod(lambda" in text


def test_a_spec_class_needs_nobody_to_ask_for_the_source(run, tmp_path):
    (tmp_path / "models.py").write_text(CALLABLES)
    assert run("apply", "--ignore", "IK101", cwd=tmp_path).status == 0
    assert "ImageSpecField(source='image', spec=PhotoSmall)" in (tmp_path / "models.py").read_text()


BY_POSITION = HEAD + (
    "class Photo(models.Model):\n    small = ImageSpecField([ResizeToFill(9, 9)], 'PNG', {{}}, 'image', {arguments})\n"
)


@pytest.mark.parametrize("option", [("--select", "IK104,IK302"), ("--ignore", "IK103")])
def test_nothing_moves_among_arguments_by_position(run, tmp_path, option):
    """One that is taken away would give those behind it another meaning."""
    text = BY_POSITION.format(arguments="None, store, 'folder'")
    (tmp_path / "models.py").write_text(text)
    done = run("apply", *option, cwd=tmp_path)
    assert done.status == 1
    assert (tmp_path / "models.py").read_text() == text
    assert "IK103 is ignored in this call" in " ".join(done.stdout.split())


def test_arguments_by_position_move_together(run, tmp_path):
    (tmp_path / "models.py").write_text(BY_POSITION.format(arguments="None, store, 'folder'"))
    assert run("apply", cwd=tmp_path).status == 0
    assert "cachefile_storage = store\n    cache_to = 'folder'\n" in (tmp_path / "models.py").read_text()


@pytest.mark.parametrize("option", [(), ("--ignore", "IK103"), ("--select", "IK115"), ("--select", "IK104,IK302")])
def test_argument_by_position_that_is_unknown_stays(run, tmp_path, option):
    """ImageKit 2 had no fifth argument but None, so that it may be the storage of an ImageKit 3 call."""
    text = BY_POSITION.format(arguments="unknown, None, 'folder', True")
    (tmp_path / "models.py").write_text(text)
    done = run("apply", *option, cwd=tmp_path)
    assert done.status == (0 if "IK115" in option else 1)
    assert (tmp_path / "models.py").read_text() == text
    assert ("a fifth positional argument" in done.stdout) is (not option)


@pytest.mark.parametrize("value", ["settings.PROCESSORS, 'PNG'", "[], 'PNG', cache_to='x'", "lambda **kw: []"])
def test_pre_cache_is_never_forgotten(run, tmp_path, value):
    """The field of the support module takes it, and would do nothing with it."""
    text = HEAD + f"class Photo(models.Model):\n    small = ImageSpecField({value}, image_field='i', pre_cache=True)\n"
    text = text.replace("from django.db", "from django.conf import settings\nfrom django.db")
    (tmp_path / "models.py").write_text(text)
    done = run("apply", "--unsafe-fixes", cwd=tmp_path)
    assert done.status == 1
    assert "pre-cache [manual]" in done.stdout
    assert (tmp_path / "models.py").read_text() == text
