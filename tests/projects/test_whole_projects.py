"""Small whole projects of the kind that is met in the wild."""

from __future__ import annotations

from small_projects import found

from ik_migrate.api import Options, apply, scan


def test_fields_made_by_classes_and_functions_with_signatures_of_their_own(project):
    folder = project(
        {
            "photos/__init__.py": "",
            "photos/sizes.py": """\
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Small(ImageSpecField):
    def __init__(self):
        super(Small, self).__init__([ResizeToFill(50, 50)], image_field='picture')


class Square(ImageSpecField):
    def __init__(self, side):
        super(Square, self).__init__([ResizeToFill(side, side)])


def wide(width, height=40):
    field = ImageSpecField([ResizeToFill(width, height)], image_field='picture')
    return field
""",
            "photos/models.py": """\
from django.db import models
import sizes


class Photo(models.Model):
    picture = models.ImageField(upload_to='photos')
    small = sizes.Small()
    square = sizes.Square(60)
    banner = sizes.wide(400)

    def refresh(self):
        for name in ('small', 'square'):
            getattr(self, name).invalidate()
        print self.banner.source_file
""",
        }
    )
    assert found(folder) == [
        ("photos/models.py", 13, "IK502", "safe"),
        ("photos/models.py", 14, "IK505", "unsafe"),
        ("photos/sizes.py", 7, "IK101", "safe"),
        ("photos/sizes.py", 10, "IK115", "safe"),
        ("photos/sizes.py", 16, "IK101", "safe"),
    ]


def test_fields_made_at_the_top_of_another_file(project):
    folder = project(
        {
            "photos/__init__.py": "",
            "photos/specs.py": """\
from imagekit.models import ImageSpecField


def path(instance, path, specname, extension):
    return 'thumbs/%s/%s%s' % (specname, path, extension)


plain = ImageSpecField([], image_field='picture')
named = ImageSpecField([], image_field='picture', cache_to=path)
twice = ImageSpecField([], image_field='picture', cache_to=path)
""",
            "photos/models.py": """\
from django.db import models
from photos import specs
from photos.specs import twice


class Photo(models.Model):
    picture = models.ImageField(upload_to='photos')
    small = specs.plain
    wide = specs.named
    one = twice


class Scan(models.Model):
    picture = models.ImageField(upload_to='scans')


Scan.add_to_class('another', twice)


def refresh():
    for photo in Photo.objects.all():
        photo.small.invalidate()
""",
        }
    )
    assert found(folder) == [
        ("photos/models.py", 22, "IK502", "safe"),
        ("photos/specs.py", 8, "IK101", "safe"),
        ("photos/specs.py", 9, "IK101", "safe"),
        ("photos/specs.py", 9, "IK301", "safe"),
        ("photos/specs.py", 10, "IK115", "safe"),
    ]
    migrated = next(r for r in scan([folder], base=folder).results if r.path == "photos/specs.py").after
    assert b"    attname = 'wide'\n    processors = []\n    cache_to = staticmethod(path)\n" in migrated


def test_spec_files_that_are_looped_over_or_asked_for_by_a_name(project):
    folder = project(
        {
            "models.py": """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    picture = models.ImageField(upload_to='photos')
    thumb_small = ImageSpecField([], source='picture')
    thumb_large = ImageSpecField([], source='picture')
""",
            "jobs.py": """\
from imagekit.utils import get_spec_files


def refresh(photo, size, form):
    for file in get_spec_files(photo):
        file.invalidate()
    files = photo._ik.spec_files
    [file.clear() for file in files]
    getattr(photo, 'thumb_%s' % size).validate()
    name = 'thumb_' + size
    print getattr(photo, name).source_file
    getattr(form, 'field_%s' % size).validate()
    getattr(form, size).delete()
""",
        }
    )
    assert found(folder) == [
        ("jobs.py", 1, "IK508", "safe"),
        ("jobs.py", 6, "IK502", "safe"),
        ("jobs.py", 7, "IK507", "safe"),
        ("jobs.py", 8, "IK503", "safe"),
        ("jobs.py", 9, "IK501", "manual"),
        ("jobs.py", 11, "IK505", "manual"),
    ]
    migrated = next(r for r in scan([folder], base=folder).results if r.path == "jobs.py").after
    assert migrated.startswith(b"from imagekit_support import clear_file, get_spec_files, invalidate_file\n")
    assert b"    files = get_spec_files(photo)\n    [clear_file(file) for file in files]\n" in migrated


def test_the_same_name_on_two_classes_is_told_apart_by_relations(project):
    folder = project(
        {
            "gallery/__init__.py": "",
            "gallery/models.py": """\
from django.db import models
from imagekit.models import ImageSpecField


class Timed(models.Model):
    class Meta:
        abstract = True


class Photo(Timed):
    picture = models.ImageField(upload_to='photos')
    cover = ImageSpecField([], source='picture')


class Magazine(models.Model):
    cover = models.ImageField(upload_to='covers')
    print_of = models.ForeignKey('self')


class Album(models.Model):
    best = models.ForeignKey(Photo)
    first = models.ForeignKey('gallery.Photo', related_name='first_of')
    issue = models.OneToOneField('Magazine')

    def files(self):
        return [self.best.cover.source_file, self.first.cover.source_file]

    def clear(self):
        self.issue.cover.delete()
        self.issue.print_of.cover.delete()


def unknown(thing):
    thing.cover.delete()
    print Photo.cover.image_field, Magazine.cover.storage
""",
        }
    )
    assert found(folder) == [
        ("gallery/models.py", 26, "IK505", "unsafe"),
        ("gallery/models.py", 26, "IK505", "unsafe"),
        ("gallery/models.py", 34, "IK503", "manual"),
        ("gallery/models.py", 35, "IK507", "manual"),
    ]


def test_names_of_imagekit_2_that_only_strings_and_calls_of_other_functions_have(project):
    folder = project(
        {
            "photos/models.py": """\
from django.db import models
from imagekit.models import ImageSpecField
from photos.fields import make

OPTIONS = {'image_field': 'picture'}


class Photo(models.Model):
    picture = models.ImageField(upload_to='photos')
    small = apply(ImageSpecField, ([],), OPTIONS)
    large = make(ImageSpecField, image_field='picture')
    thumb = ImageSpecField([], image_field='picture')
""",
            "photos/admin.py": """\
import imagekit
from operator import attrgetter

CELERY_IMPORTS = ('imagekit.imagecache.celery', 'imagekit.models')
original = attrgetter('thumb.source_file.url')
album = attrgetter('source_file.url')
if imagekit.get_version() >= '2.0' and imagekit.__version__ < (3, 0):
    print 'old'
""",
        }
    )
    assert found(folder) == [
        ("photos/admin.py", 4, "IK509", "safe"),
        ("photos/admin.py", 5, "IK505", "unsafe"),
        ("photos/admin.py", 7, "IK507", "manual"),
        ("photos/admin.py", 7, "IK507", "manual"),
        ("photos/models.py", 10, "IK115", "safe"),
        ("photos/models.py", 11, "IK115", "safe"),
        ("photos/models.py", 12, "IK101", "safe"),
    ]


def test_a_field_in_a_local_variable_is_known_by_what_it_is_added_as(project):
    folder = project(
        {
            "models.py": """\
from django.db import models
from imagekit.models import ImageSpecField


def path(instance, path, specname, extension):
    return 'thumbs/%s/%s%s' % (specname, path, extension)


def add_thumbnail(model):
    field = ImageSpecField([], image_field='picture', cache_to=path)
    field.contribute_to_class(model, 'thumb')
    return model


def make(model):
    field = ImageSpecField([], image_field='picture', cache_to=path)
    register(model, field)
""",
        }
    )
    assert [where for where in found(folder) if where[2] != "IK101"] == [
        ("models.py", 10, "IK115", "safe"),
        ("models.py", 16, "IK115", "safe"),
    ]
    messages = [finding.message for finding in scan([folder], base=folder).findings if finding.rule.code == "IK115"]
    assert [message.partition(":")[0] for message in messages] == ["thumb", "field"]


def test_keywords_for_a_class_with_a_signature_of_its_own_are_not_the_fields(project):
    folder = project(
        {
            "models.py": """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill

SIZES = {'small': {'width': 80, 'height': 60}}


class Thumb(ImageSpecField):
    def __init__(self, width=None, height=None, image_field='picture'):
        super(Thumb, self).__init__([ResizeToFill(width, height)], image_field=image_field)


class Photo(models.Model):
    picture = models.ImageField(upload_to='photos')
    small = Thumb(**SIZES['small'])
    other = Thumb(10, 20, image_field='picture')
""",
        }
    )
    assert found(folder) == [("models.py", 8, "IK115", "safe")]
    migrated = next(r for r in apply([folder], base=folder).results if r.path == "models.py").after
    assert b"image_field='picture')" in migrated and b"source" not in migrated


def test_functions_that_make_fields_are_followed_into_files_that_do_not_name_imagekit(project):
    folder = project(
        {
            "photos/__init__.py": "",
            "photos/sizes.py": """\
from imagekit.models import ImageSpecField


def thumb(source, **options):
    return ImageSpecField(image_field=source, **options)
""",
            "photos/models.py": """\
from django.db import models
from photos.sizes import thumb
from theirs.fields import Thumb


class Photo(models.Model):
    picture = models.ImageField(upload_to='photos')
    small = thumb('picture', storage=None)
    large = Thumb(image_field='picture')
""",
        }
    )
    expected = [("photos/sizes.py", 5, "IK115", "safe")]
    assert found(folder) == expected
    named = found(folder, spec_field_classes=("theirs.fields.Thumb",))
    assert named == [("photos/models.py", 9, "IK101", "safe"), *expected]


def test_nothing_is_found_in_a_project_that_is_imagekit_3s(project):
    folder = project(
        {
            "requirements.txt": "django-imagekit>=4.0\n",
            "photos/models.py": """\
from colorfield.fields import ColorField
from django.db import models
from imagekit import ImageSpec, register
from imagekit.models import ImageSpecField, ProcessedImageField
from imagekit.processors import ResizeToFit
import imagekit


class Thumb(ImageSpecField):
    def __init__(self, source, size):
        super().__init__(source=source, format='JPEG', processors=[ResizeToFit(size, size)])


class Web(ImageSpec):
    processors = [ResizeToFit(1600, 1600)]


register.generator('photos:web', Web)


class Photo(models.Model):
    picture = models.ImageField(upload_to='photos')
    color = ColorField(image_field='picture')
    web = ImageSpecField(source='picture', id='photos:web')
    small = Thumb('picture', 80)
    logo = ProcessedImageField(processors=[ResizeToFit(300, 300)], upload_to='logos', format='PNG')

    def refresh(self):
        self.web.generate()
        return imagekit.__version__
""",
            "photos/forms.py": """\
from imagekit.forms import ProcessedImageField
from imagekit.processors import ResizeToFit

avatar = ProcessedImageField(processors=[ResizeToFit(80, 80)])
""",
            "photos/admin.py": """\
from imagekit.admin import AdminThumbnail

thumbnail = AdminThumbnail(image_field='small')
""",
        }
    )
    assert found(folder) == []


def test_a_file_of_imagekit_0_stays_as_it_is_to_the_last_import(project):
    specs = """\
from imagekit.lib import Image, ImageColor
from imagekit.specs import ImageSpec
from imagekit import processors


class Framed(processors.ImageProcessor):
    @classmethod
    def process(cls, img, fmt, obj):
        return Image.new('RGB', (95, 65), ImageColor.getrgb('#000')), fmt


class Thumbnail(ImageSpec):
    access_as = 'thumbnail_image'
    processors = [Framed]
"""
    folder = project({"specs.py": specs})
    assert found(folder) == [
        ("specs.py", 1, "IK206", "manual"),
        ("specs.py", 6, "IK113", "manual"),
        ("specs.py", 12, "IK113", "manual"),
    ]


def test_inline_specs_of_imagekit_0(project):
    folder = project(
        {
            "models.py": """\
from django.db import models
from imagekit import specs
from imagekit.processors import Fit


class Photo(models.Model):
    picture = models.ImageField(upload_to='photos')
    small = specs.ImageSpec([Fit(80)], image_field='picture', cache_dir='photos')
""",
        }
    )
    assert found(folder)[-1:] == [("models.py", 8, "IK113", "manual")]


def test_an_attribute_of_another_kind_is_not_taken_for_a_spec_field(project):
    folder = project(
        {
            "shop/models.py": """\
from django.db import models
from imagekit.models import ImageSpecField


class Product(models.Model):
    picture = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([], source='picture')
""",
            "blog/__init__.py": "",
            "blog/models.py": """\
from django.db import models
from easy_thumbnails.fields import ThumbnailerImageField


class Post(models.Model):
    thumbnail = ThumbnailerImageField()

    def clear(self):
        self.thumbnail.delete()
""",
            "blog/views.py": """\
from models import Post


def clear(request, pk, thing):
    Post.objects.get(pk=pk).thumbnail.delete()
    for post in Post.objects.all():
        post.thumbnail.delete(save=False)
    thing.thumbnail.delete()
""",
        }
    )
    assert found(folder) == [("blog/views.py", 8, "IK503", "manual")]
    report = scan([folder], base=folder)
    (finding,) = (finding for finding in report.findings if finding.path == "blog/views.py")
    assert finding.message == "`thing.thumbnail.delete()` may be a method of ImageKit 2"
    assert finding.why.startswith("Another class of the project has an attribute thumbnail too")


def test_keywords_that_a_constructor_sets_or_takes_out_before_it_hands_them_on(project):
    folder = project(
        {
            "fields.py": """\
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


def sized(instance, file):
    return [ResizeToFill(instance.side, instance.side)]


class Set(ImageSpecField):
    def __init__(self, *args, **keywords):
        keywords['image_field'] = 'picture'
        keywords['processors'] = sized
        keywords.setdefault('cache_to', 'thumbs')
        super(Set, self).__init__(*args, **keywords)


class Taken(ImageSpecField):
    def __init__(self, **keywords):
        name = keywords.pop('image_field', 'picture')
        super(Taken, self).__init__([], image_field=name, **keywords)


class Asked(ImageSpecField):
    def __init__(self, **keywords):
        if 'storage' not in keywords:
            keywords.update(storage=None)
        super(Asked, self).__init__([], **keywords)
""",
            "models.py": """\
from django.db import models
from fields import Asked, Set, Taken


class Photo(models.Model):
    picture = models.ImageField(upload_to='photos')
    one = Set(storage=None)
    two = Taken(image_field='picture', storage=None)
    three = Asked(image_field='picture', storage=None)
""",
        }
    )
    assert found(folder) == [
        ("fields.py", 9, "IK115", "safe"),
        ("fields.py", 17, "IK115", "safe"),
        ("fields.py", 23, "IK115", "safe"),
    ]
    results = apply([folder], base=folder).results
    migrated = {result.path: result.after.decode() for result in results if result.after != result.before}
    assert migrated["fields.py"].count("(LegacyImageSpecField):") == 3
    assert "keywords['image_field'] = 'picture'" in migrated["fields.py"]
    assert "models.py" not in migrated
    assert found(folder) == []


def test_comments_for_manual_review_are_all_written_at_once(project):
    folder = project(
        {
            "photos/__init__.py": "",
            "photos/models.py": """\
from django.db import models
from imagekit.models import ImageSpecField

STORAGE = None


class Photo(models.Model):
    picture = models.ImageField(upload_to='photos')
    small = ImageSpecField([], 'PNG', {}, 'picture', STORAGE)
    large = ImageSpecField([], image_field='picture')
""",
            "photos/jobs.py": """\
def refresh(photo, size):
    getattr(photo, 'sm' + size).validate()
    photo.large.invalidate()
""",
        }
    )
    options = Options(todo=True)
    once = {result.path: result.after.decode() for result in apply([folder], options, base=folder).results}
    assert "    # TODO(ik-migrate IK103): " in once["photos/models.py"]
    assert "    # TODO(ik-migrate IK501): " in once["photos/jobs.py"]
    assert "    invalidate_file(photo.large)\n" in once["photos/jobs.py"]
    apply([folder], options, base=folder)
    assert {path: (folder / path).read_text() for path in once} == once


def test_an_app_that_empties_the_specs_of_other_apps_models(project):
    site = project(
        {
            "trimmer/forgetting.py": (
                "def forget(instance):\n"
                "    for name, file in zip(instance._ik.spec_fields, instance._ik.spec_files):\n"
                "        print name\n"
                "        file.clear()\n"
            ),
            "trimmer/adding.py": (
                "from imagekit.models import ImageSpecField\n\n\n"
                "def add_specs(sender, instance, **kwargs):\n"
                "    for name in ('poster', 'cover'):\n"
                "        trimmed = ImageSpecField([], image_field=name)\n"
                "        trimmed.contribute_to_class(sender, name + '_trimmed')\n"
                "        trimmed._update_source_hashes(instance)\n"
            ),
            "robots/arm.py": "def reach(arm):\n    return arm._ik.solve(arm._ik.spec_files_of_arm)\n",
        }
    )

    assert [finding for finding in found(site) if finding[2] == "IK507"] == [
        ("trimmer/adding.py", 8, "IK507", "manual"),
        ("trimmer/forgetting.py", 2, "IK507", "safe"),
        ("trimmer/forgetting.py", 2, "IK507", "safe"),
    ]
    migrated = next(r for r in scan([site], base=site).results if r.path == "trimmer/forgetting.py").after
    assert b"in zip(get_spec_fields(instance), get_spec_files(instance)):\n" in migrated
    assert b"        clear_file(file)\n" in migrated
