"""Code that uses spec files: what is found, what is rewritten, what is left alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ik_migrate.api import Options, apply, scan
from ik_migrate.engine.registry import rules
from ik_migrate.model.rule import Applicability

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')
    large = ImageSpecField([ResizeToFill(500, 500)], source='image')
"""
IK2_MODELS = MODELS.replace("source=", "image_field=")


@pytest.fixture
def project(tmp_path):
    """Writes files to a project, and gives what the rules for spec files find in it."""

    def write(files, models=MODELS):
        for name, text in {"manage.py": "", "gallery/__init__.py": "", "gallery/models.py": models, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        return tmp_path

    return write


def findings(root, beginning="IK50", options=None):
    report = scan([root], options, base=root)
    assert not report.failed
    return [finding for finding in report.findings if finding.rule.code.startswith(beginning)]


def codes(root, beginning="IK50"):
    return [finding.rule.code for finding in findings(root, beginning)]


def migrated(root, name):
    report = apply([root], Options(unsafe_fixes=True), base=root)
    assert not report.failed
    text = (root / name).read_text()
    again = apply([root], Options(unsafe_fixes=True), base=root)
    assert not [finding for result in again.results for finding in result.applied]
    return text


SPEC_FILE_RULES = sorted(code for code in rules() if re.fullmatch(r"IK50[1-7]|IK51[1-4]|IK305", code))


@pytest.mark.parametrize("code", SPEC_FILE_RULES)
def test_the_example_of_the_rule_is_what_happens(code, tmp_path):
    rule = rules()[code]
    path = tmp_path / rule.path
    path.write_text(rule.before)
    report = apply([tmp_path], Options(unsafe_fixes=True), base=tmp_path)
    assert path.read_text() == rule.after
    assert code in {finding.rule.code for finding in report.findings}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("photo.thumbnail.validate()", "validate_file(photo.thumbnail)"),
        ("photo.thumbnail.source_file.url", "photo.thumbnail.generator.source.url"),
        ("photo . thumbnail . validate ( )", "validate_file(photo . thumbnail)"),
        ("album.cover.photo.thumbnail.validate()", "validate_file(album.cover.photo.thumbnail)"),
        ("getattr(photo, 'thumbnail').validate()", "validate_file(getattr(photo, 'thumbnail'))"),
        ("photos[0].large.source_file", "photos[0].large.generator.source"),
        ("(photo.thumbnail\n     .validate())", "(validate_file(photo.thumbnail))"),
    ],
)
def test_exact_uses_are_rewritten(project, code, expected):
    head = "# imagekit\n" if " . " in code else ""
    root = project({"gallery/views.py": f"{head}def view(photo, album, photos):\n    {code}\n"})
    imported = "from gallery.imagekit_support import validate_file\n\n\n" if "validate" in expected else ""
    assert migrated(root, "gallery/views.py") == f"{head}{imported}def view(photo, album, photos):\n    {expected}\n"


def test_another_object_than_before_is_handed_out_on_request_only(project):
    text = "def view(photo):\n    return photo.thumbnail.source_file\n"
    root = project({"gallery/views.py": text})
    apply([root], base=root)
    assert (root / "gallery/views.py").read_text() == text
    [finding] = findings(root)
    assert (finding.rule.code, finding.applicability) == ("IK505", Applicability.UNSAFE)
    assert finding.path == "gallery/views.py" and finding.location.line == 2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("thumb = photo.thumbnail\n    thumb.validate()", "IK501"),
        ("thumb = None\n    if photo.image:\n        thumb = photo.thumbnail\n    thumb.delete()", "IK503"),
        ("for p in photos:\n        p.thumbnail.delete()", "IK503"),
        ("for file in (photo.thumbnail, photo.large):\n        file.invalidate()", "IK502"),
        ("for name in ['thumbnail', 'large']:\n        getattr(photo, name).clear()", "IK503"),
        ("[file.clear() for file in [photo.thumbnail]]", "IK503"),
        ("name = 'thumbnail'\n    getattr(photo, name).clear()", "IK503"),
        ("first = photo.thumbnail\n    second = first\n    second.invalidate()", "IK502"),
        ("thumb = photo.thumbnail\n    thumb = photo.form\n    thumb.validate()", None),
        ("getattr(photo, name_of(photo)).validate()", None),
        ("getattr(photo, 'title').validate()", None),
    ],
)
def test_local_names_are_followed(project, body, expected):
    root = project({"gallery/views.py": f"def view(photo, photos, name_of):\n    {body}\n"})
    assert codes(root) == ([expected] if expected else [])


LOOK_ALIKES = """\
from django.conf import settings
from django.core.cache import cache
from django.http import thumbnail_server
import thumbnails

from gallery.models import Photo


class Stats(object):
    def __init__(self):
        self.thumbnail = {}

    def reset(self):
        self.thumbnail.clear()


class Sitemap(object):
    pass


stats = Stats()
sitemap = Sitemap()


def view(photo, form, request):
    stats.invalidate()
    stats.thumbnail.clear()
    sitemap.thumbnail.clear()
    form.validate()
    cache.clear()
    cache.delete('thumbnail')
    photo.image.delete()
    photo.delete()
    settings.thumbnail.delete()
    thumbnail_server.large.delete()
    thumbnails.large.clear()
    request.session.thumbnail_.delete()
    photo.thumbnail.url
    photo.thumbnail.read()
    photo.thumbnail.close()
    photo.thumbnail.storage.delete(photo.thumbnail.name)
    photo.thumbnail.generator.source
    photo.thumbnail.generate(force=True)
    photo.thumbnail.generate()
    getattr(photo, 'image').delete()
    isinstance(photo.image, form.ImageFieldFile)
    Photo.thumbnail.field
    photo.thumbnail.delete = None
"""


def test_look_alikes_are_left_alone(project):
    root = project({"gallery/views.py": LOOK_ALIKES})
    assert findings(root, "IK5") == []


def test_names_of_other_attributes_need_a_look(project):
    video = """\
    from django.db import models
    from imagekit.models import ProcessedImageField


    class Video(models.Model):
        thumbnail = models.ImageField(upload_to='videos')
    """
    views = """\
    from gallery.models import Photo
    from video.models import Video


    def view(thing):
        thing.thumbnail.validate()
        thing.large.validate()
        Photo.objects.get(pk=1).thumbnail.validate()
        video = Video.objects.filter(pk=1)[0]
        video.thumbnail.delete()
        for photo in Photo.objects.all():
            photo.thumbnail.source_file
    """
    root = project({"video/__init__.py": "", "video/models.py": video, "gallery/views.py": views})
    found = [(f.location.line, f.rule.code, f.applicability) for f in findings(root)]
    assert found == [
        (6, "IK501", Applicability.MANUAL),
        (7, "IK501", Applicability.SAFE),
        (8, "IK501", Applicability.SAFE),
        (12, "IK505", Applicability.UNSAFE),
    ]
    assert "another class" in findings(root)[0].why.lower()


def test_methods_of_the_model_and_of_its_subclass_are_known(project):
    models = MODELS + "\n    def redo(self):\n        self.thumbnail.invalidate()\n"
    more = """\
    from gallery.models import Photo


    class Print(Photo):
        def forget(self):
            self.thumbnail.clear()
    """
    root = project({"prints.py": more}, models)
    assert codes(root) == ["IK502", "IK503"]


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        ("photo.thumbnail.validate(True)", "IK501", "validate_file(photo.thumbnail)"),
        ("photo.thumbnail.invalidate()", "IK502", "invalidate_file(photo.thumbnail)"),
        ("photo.thumbnail.clear()", "IK503", "clear_file(photo.thumbnail)"),
        ("photo.thumbnail.delete(save=False)", "IK503", "remove_file(photo.thumbnail)"),
        ("photo.thumbnail.generate(True)", "IK504", "generate_file(photo.thumbnail, True)"),
        ("photo.thumbnail.generate(save=True)", "IK504", "generate_file(photo.thumbnail, save=True)"),
        ("x = photo.thumbnail.generate()", "IK504", "x = generate_file(photo.thumbnail)"),
        ("photo.thumbnail.generate(save=photo.is_new)", "IK504", "generate_file(photo.thumbnail, save=photo.is_new)"),
        ("photo.thumbnail.instance.title", "IK506", "photo.title"),
        ("photo.thumbnail.attname", "IK506", "'thumbnail'"),
        ("photo._ik.spec_files", "IK507", "get_spec_files(photo)"),
        ("photo._ik.spec_fields", "IK507", "get_spec_fields(photo)"),
    ],
)
def test_functions_of_the_support_module_take_the_place_of_methods(project, code, kind, expected):
    root = project({"gallery/views.py": f"def view(photo):\n    {code}\n"})
    [finding] = findings(root)
    assert (finding.rule.code, finding.applicability) == (kind, Applicability.SAFE)
    after = migrated(root, "gallery/views.py")
    assert after.endswith(f"    {expected}\n")
    called = re.match(r"(?:x = )?(\w+)\(", expected)
    if called:
        assert f"from gallery.imagekit_support import {called[1]}\n" in after
        assert f"def {called[1]}(" in (root / "gallery/imagekit_support.py").read_text()


@pytest.mark.parametrize(
    ("code", "kind", "shown"),
    [
        ("run(photo.thumbnail.validate)", "IK501", "photo.thumbnail.generate"),
        ("photo.thumbnail.delete(save=True)", "IK503", "photo.save()"),
        ("photo.thumbnail.field.options", "IK506", "photo.thumbnail.generator"),
        ("isinstance(photo.thumbnail, ImageFieldFile)", "IK506", "isinstance(photo.thumbnail, ImageCacheFile)"),
        ("isinstance(photo, (int, ImageSpecFieldFile))", "IK506", "isinstance(photo, (int, ImageCacheFile))"),
    ],
)
def test_what_needs_manual_review_says_what_to_write(project, code, kind, shown):
    head = "from django.db.models.fields.files import ImageFieldFile\n"
    if "ImageSpec" in code:
        head += "from imagekit.models.fields.files import ImageSpecFieldFile\n"
    root = project({"gallery/views.py": f"{head}\n\ndef view(photo, run):\n    {code}\n"})
    line = (root / "gallery/views.py").read_text().count("\n")
    [finding] = [finding for finding in findings(root) if finding.location.line == line]
    assert (finding.rule.code, finding.applicability) == (kind, Applicability.MANUAL)
    assert shown in finding.suggestion
    compile(finding.suggestion, "suggestion", "exec")
    assert migrated(root, "gallery/views.py").endswith(f"    {code}\n")


def test_a_local_name_is_kept(project):
    root = project({"gallery/views.py": "def view(photo):\n    thumb = photo.thumbnail\n    thumb.invalidate()\n"})
    assert migrated(root, "gallery/views.py").endswith("    thumb = photo.thumbnail\n    invalidate_file(thumb)\n")


def test_with_the_optimistic_backend_invalidate_generates_the_image(project):
    settings = "IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'imagekit.imagecache.NonValidatingImageCacheBackend'\n"
    root = project({"settings.py": settings, "views.py": "def view(photo):\n    photo.large.invalidate()\n"})
    [finding] = findings(root)
    assert finding.suggestion.endswith("invalidate_file(photo.large)")
    migrated(root, "views.py")
    support = next(root.rglob("imagekit_support.py")).read_text()
    assert "def invalidate_file(" in support and "file.cachefile_backend.generate(file)" in support


def test_a_bare_generate_is_rewritten_while_the_project_is_imagekit_2(project):
    view = {"gallery/views.py": "def view(photo):\n    photo.thumbnail.generate()\n"}
    root = project(view, IK2_MODELS)
    [finding] = findings(root)
    assert finding.applicability is Applicability.SAFE
    apply([root], base=root)
    assert findings(root) == []


def test_python_2_code_is_rewritten(project):
    text = "def view(photo):\n    print photo.thumbnail.source_file.name, `photo`\n    photo.thumbnail.validate()\n"
    root = project({"gallery/views.py": text})
    after = migrated(root, "gallery/views.py")
    assert "    print photo.thumbnail.generator.source.name, `photo`\n" in after
    assert after.endswith("    validate_file(photo.thumbnail)\n")


class TestNotices:
    def test_once_per_project_and_gone_after_the_rewrite(self, project):
        twin = IK2_MODELS.replace("500, 500", "50, 50")
        admin = """\
        from imagekit.admin import AdminThumbnail

        preview = AdminThumbnail(image_field='thumbnail')
        other = AdminThumbnail('image')
        """
        root = project({"gallery/admin.py": admin, "copy/__init__.py": "", "copy/models.py": twin}, twin)
        notices = findings(root, "IK51") + findings(root, "IK305") + findings(root, "IK521")
        assert sorted(f.rule.code for f in notices) == [
            "IK305",
            "IK511",
            "IK512",
            "IK513",
            "IK516",
            "IK517",
            "IK518",
            "IK519",
            "IK521",
        ]
        assert all(f.applicability is Applicability.NOTICE for f in notices)
        apply([root], base=root)
        assert findings(root, "IK51") + findings(root, "IK305") + findings(root, "IK521") == []

    def test_admin_thumbnail_of_an_image_field_links_as_before(self, project):
        admin = "from imagekit.admin import AdminThumbnail\n\npreview = AdminThumbnail(image_field='image')\n"
        assert codes(project({"gallery/admin.py": admin}, IK2_MODELS), "IK511") == []

    def test_different_specs_are_no_twins(self, project):
        assert codes(project({}, IK2_MODELS), "IK512") == []

    def test_value_error_of_something_else(self, project):
        view = """\
        def view(photo):
            try:
                return photo.image.url
            except ValueError:
                return photo.thumbnail.url
        """
        assert codes(project({"gallery/views.py": view}), "IK514") == []


SITE = """\
import os, sys, tempfile
from django.conf import settings
media = tempfile.mkdtemp()
settings.configure(
    INSTALLED_APPS=['django.contrib.contenttypes', 'imagekit'], MEDIA_ROOT=media, MEDIA_URL='/media/', SECRET_KEY='x',
    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}, USE_TZ=False,
    DEFAULT_AUTO_FIELD='django.db.models.AutoField', DEBUG=False)
import django
if hasattr(django, 'setup'):
    django.setup()
from django.db import models
from PIL import Image
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill

class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(5, 5)], source='image', format='PNG')
    class Meta:
        app_label = 'gallery'

Image.new('RGB', (20, 20), 'red').save(os.path.join(media, 'a.png'))
photo = Photo(image='a.png')
photo.thumbnail.generate()
path = os.path.join(media, photo.thumbnail.name)
assert os.path.exists(path)
folder = os.path.dirname(path)

def color():
    return Image.open(path).convert('RGB').getpixel((1, 1))

Image.new('RGB', (20, 20), 'blue').save(os.path.join(media, 'a.png'))
"""
PROOF = """\
sys.path.insert(0, os.getcwd())
from gallery import views

photo = Photo(image='a.png')
views.remove(photo)
assert not os.path.exists(path)
photo.thumbnail.url
assert color() == (0, 0, 255) and len(os.listdir(folder)) == 1
Image.new('RGB', (20, 20), 'green').save(os.path.join(media, 'a.png'))
photo = Photo(image='a.png')
views.renew(photo)
assert color() == (0, 128, 0) and len(os.listdir(folder)) == 1, os.listdir(folder)
assert views.content_of(photo).read()[:4] == b'\\x89PNG'
assert views.instance_of(photo) is photo
assert photo.thumbnail.generator.source == photo.image
"""


@pytest.mark.parametrize("python", [sys.executable, os.environ.get("IK_MIGRATE_PYTHON2", "")])
def test_the_functions_work_on_the_real_library(project, python, tmp_path):
    if not python:
        pytest.skip("IK_MIGRATE_PYTHON2 names no Python 2 with ImageKit 3")
    view = """\
    def remove(photo):
        photo.thumbnail.invalidate()


    def renew(photo):
        photo.thumbnail.generate(save=True)


    def content_of(photo):
        return photo.thumbnail.generate(save=False)


    def instance_of(photo):
        return photo.thumbnail.instance
    """
    root = project({"gallery/views.py": view})
    migrated(root, "gallery/views.py")
    done = subprocess.run([python, "-c", SITE + PROOF], capture_output=True, text=True, cwd=Path(root))
    assert done.returncode == 0, done.stderr
