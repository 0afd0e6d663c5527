"""
Records what the ImageKit fields of a Django project make of a few pictures.

    python probe_site.py PROJECT_FOLDER SETTINGS_MODULE OUTPUT.json

The same script runs a project before its migration (Python 2.7, django-imagekit 2) and after
it (Python 3, django-imagekit 3 to 6), so that the two results can be compared. That is why it is
written for both Pythons and every Django between 1.4 and today, and why it knows nothing about
the project but what Django and ImageKit tell: every model that has a spec field or a
``ProcessedImageField`` is filled with made-up values and with each of the pictures of ``SOURCES``.

The project's own data is never touched: the script works in a temporary folder, with a database
in memory. Settings that compute paths from ``MEDIA_ROOT`` while they are loaded should read the
environment variable of that name, which is set first.
"""
# Python 2.7 has to read this as well, and one spec that fails must not hide the others.
# ruff: noqa: B905, RUF005, UP004, UP010, UP018, UP020, UP029, UP031

from __future__ import absolute_import, division, unicode_literals

import base64
import datetime
import decimal
import json
import os
import re
import shutil
import sys
import tempfile
import traceback
import warnings
import zlib
from io import BytesIO, open

GRID = 16
"""A fingerprint is this many boxes wide and high, whatever the size of the picture."""


# The pictures -----------------------------------------------------------------------------------
#
# Smooth on purpose, and of sizes whose usual fractions are whole pixels: Python 2 and 3 round
# halves differently, ImageKit 2 cuts where PILKit rounds, and a pixel shows at hard edges.


def gradient(size, channels):
    """A smooth picture: `channels` are functions of the position, 0 to 1, that give 0 to 1.

    It is made byte by byte, not with PIL's own gradients, which are not the same in each version.
    """
    from PIL import Image

    width, height = size
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            for channel in channels:
                pixels.append(int(255 * channel(x / (width - 1), y / (height - 1))))
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[len(channels)]
    return Image.frombytes(mode, size, bytes(pixels))


def landscape_jpeg():
    """A colour photo, larger than what thumbnails are usually made to."""
    from PIL import ImageDraw

    image = gradient(
        (900, 600),
        [lambda x, y: 0.2 + 0.6 * x, lambda x, y: 0.3 + 0.5 * y, lambda x, y: 0.8 - 0.6 * x * y],
    )
    draw = ImageDraw.Draw(image)
    draw.rectangle([90, 60, 330, 240], fill=(98, 103, 182))
    draw.rectangle([540, 330, 840, 540], fill=(156, 161, 120))
    return encoded(image, "JPEG", quality=95, subsampling=0)


def alpha_png():
    """A picture smaller than any thumbnail, opaque in the middle: is it enlarged, is it matted?"""
    image = gradient(
        (40, 30),
        [
            lambda x, y: 0.9 - 0.5 * x,
            lambda x, y: 0.2 + 0.6 * y,
            lambda x, y: 0.3 + 0.4 * x,
            lambda x, y: 1 - min(1, abs(x - 0.5) + abs(y - 0.5)),
        ],
    )
    return encoded(image, "PNG")


def grey_jpeg():
    """A scan in portrait format, without colour."""
    from PIL import ImageDraw

    image = gradient((384, 640), [lambda x, y: 0.15 + 0.4 * x + 0.35 * y])
    ImageDraw.Draw(image).rectangle([60, 80, 240, 260], fill=130)
    return encoded(image, "JPEG", quality=95)


def palette_gif():
    """A drawing in a ramp of 128 colours, as GIFs of that time were dithered down to."""
    from PIL import Image

    width, height = 320, 192
    image = Image.new("P", (width, height))
    ramp = [(60 + index, 200 - index, 90 + index // 2) for index in range(128)]
    image.putpalette([value for colour in ramp for value in colour] + [0] * 384)
    image.putdata([(x + y) * 127 // (width + height) for y in range(height) for x in range(width)])
    return encoded(image, "GIF")


def encoded(image, format, **options):
    target = BytesIO()
    image.save(target, format, **options)
    return target.getvalue()


def rotated_jpeg():
    """As phones write it: on its side, with a note in the EXIF data which way is up."""
    image = gradient((320, 200), [lambda x, y: 0.2 + 0.7 * x, lambda x, y: 0.9 - 0.7 * y, lambda x, y: 0.4])
    # One entry of a big-endian TIFF directory: orientation (0x0112), a short, 1 value, 6.
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    return encoded(image, "JPEG", quality=95, subsampling=0, exif=exif)


def opaque_png():
    """To be uploaded as ``.jpg``: what is believed, the name or the content?"""
    image = gradient((200, 160), [lambda x, y: 0.8 * y + 0.1, lambda x, y: 0.5, lambda x, y: 0.9 - 0.6 * x])
    return encoded(image, "PNG")


SOURCES = [
    ("landscape", ".jpg", landscape_jpeg),
    ("alpha", ".png", alpha_png),
    ("grey", ".jpg", grey_jpeg),
    ("palette", ".gif", palette_gif),
    ("rotated", ".jpg", rotated_jpeg),
    ("lying", ".jpg", opaque_png),
]


def pictures():
    """The label, extension and content of each, made once in a process: the gradients take a second."""
    if not _pictures:
        _pictures.extend((label, extension, make()) for label, extension, make in SOURCES)
    return list(_pictures)


_pictures = []


# What is written down about a picture -----------------------------------------------------------


def fingerprint(image):
    """The picture on white, averaged over a grid of GRID x GRID boxes: RGB, packed into text.

    PIL's own resizing differs between versions, so the averages are taken here.
    """
    from PIL import Image

    image = image.convert("RGBA")
    flat = Image.new("RGBA", image.size, (255, 255, 255, 255))
    flat.paste(image, (0, 0), image)
    width, height = flat.size
    pixels = bytearray(flat.convert("RGB").tobytes())
    averages = bytearray()
    for row in range(GRID):
        top, bottom = box(row, height)
        for column in range(GRID):
            left, right = box(column, width)
            count = (bottom - top) * (right - left)
            for channel in range(3):
                total = sum(
                    sum(pixels[3 * (y * width + left) + channel : 3 * (y * width + right) : 3])
                    for y in range(top, bottom)
                )
                averages.append((2 * total + count) // (2 * count))
    return packed(averages)


def box(index, length):
    """Where the box `index` of GRID starts and ends on an edge of `length` pixels, never empty."""
    start = index * length // GRID
    return start, max(start + 1, (index + 1) * length // GRID)


def packed(averages):
    """Differences from box to box are small numbers, which compress well: a sixth of plain hexadecimal."""
    steps = bytearray((value - before) % 256 for value, before in zip(averages, bytearray(3) + averages))
    return base64.b64encode(zlib.compress(bytes(steps), 9)).decode("ascii")


def unpacked(text):
    """The averages that `packed` was given."""
    averages = bytearray()
    for index, step in enumerate(bytearray(zlib.decompress(base64.b64decode(text)))):
        averages.append((step + (averages[index - 3] if index >= 3 else 0)) % 256)
    return averages


def distance(one, other):
    """How far two fingerprints are apart: the mean and the largest difference, 0 to 255."""
    differences = [abs(a - b) for a, b in zip(unpacked(one), unpacked(other))]
    return sum(differences) / len(differences), max(differences)


def picture_record(storage, name):
    """Reads the file itself, past everything that ImageKit may remember about it."""
    from PIL import Image

    stored = storage.open(name, "rb")
    try:
        content = stored.read()
    finally:
        stored.close()
    image = Image.open(BytesIO(content))
    image.load()
    return {
        "size": list(image.size),
        "format": image.format,
        "mode": image.mode,
        "fingerprint": fingerprint(image),
    }


def failure(error):
    if os.environ.get("PROBE_DEBUG"):
        traceback.print_exc()
    try:
        message = "%s" % error
    except UnicodeError:
        message = repr(error)
    # What is different each time has no place in a result.
    message = re.sub(r" at 0x[0-9a-fA-F]+", "", message.replace(os.getcwd(), "SCRATCH"))
    return {"error": "%s: %s" % (type(error).__name__, message)}


# The project ------------------------------------------------------------------------------------


def load_project(project, settings_module, scratch):
    """Loads the project with its data redirected to `scratch`, and gives its models, sorted."""
    os.environ["MEDIA_ROOT"] = os.path.join(scratch, "media")
    os.environ["DJANGO_SETTINGS_MODULE"] = str(settings_module)
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [project] + [path for path in sys.path if os.path.abspath(path) != here]
    os.chdir(scratch)  # a storage may have a relative location

    from django.conf import settings

    # Also where the settings do not read the environment.
    settings.MEDIA_ROOT = os.environ["MEDIA_ROOT"]
    settings.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    settings.DATABASE_ROUTERS = []
    settings.CACHES = {
        alias: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": alias}
        for alias in set(settings.CACHES or ()) | {"default"}
    }
    settings.MIGRATION_MODULES = NoMigrations()

    warnings.simplefilter("ignore")  # settings with DEBUG have turned them on
    import django
    from django.core.management import call_command

    if django.VERSION < (1, 7):
        from django.db.models.loading import get_models

        models = get_models()
        call_command("syncdb", interactive=False, verbosity=0)
    else:
        django.setup()
        models = django.apps.apps.get_models()
        options = {"run_syncdb": True} if django.VERSION >= (1, 9) else {}
        call_command("migrate", interactive=False, verbosity=0, **options)
    return sorted((model for model in models if not model._meta.proxy and model._meta.managed), key=label_of)


class NoMigrations(dict):
    """Says of every app that it has no migrations, so that tables follow the models as they are."""

    def __contains__(self, app_label):
        return True

    def __getitem__(self, app_label):
        import django

        # Django 1.7 and 1.8 do not know None here, but pass over a module that is not there.
        return None if django.VERSION >= (1, 9) else str("notmigrations")

    def get(self, app_label, default=None):
        return self[app_label]


def label_of(model):
    return "%s.%s" % (model._meta.app_label, model.__name__)


def spec_names(model):
    """The spec fields of a model, also those it has from an abstract base or a mix-in."""
    from imagekit.models.fields.utils import ImageSpecFileDescriptor

    return sorted(
        {
            str(name)
            for base in model.__mro__
            for name, value in vars(base).items()
            if isinstance(value, ImageSpecFileDescriptor)
        }
    )


def processed_names(model):
    from imagekit.models import ProcessedImageField

    fields = model._meta.fields
    return sorted(str(field.name) for field in fields if isinstance(field, ProcessedImageField))


# Made-up instances ------------------------------------------------------------------------------


class Builder(object):
    """Makes instances whose every value follows from `token`, so that two runs give the same.

    Objects that a foreign key needs are made along with the one that was asked for.
    """

    def __init__(self, token, picture):
        self.token = token
        self.picture = picture  # (extension, content), or (None, None) for no file at all
        self.made = {}

    def build(self, model, prefix=""):
        """An unsaved instance, with its pictures in their storages."""
        instance = model(
            **{
                str(field.name): self.value(field)
                for field in model._meta.fields
                if self.is_needed(field) and not self.is_file(field)
            }
        )
        for field in model._meta.fields:
            if self.is_file(field):
                self.upload(instance, field.name, prefix)
        return instance

    def upload(self, instance, name, prefix=""):
        """Gives the file field `name` of `instance` the picture, as a form does, without saving."""
        from django.core.files.base import ContentFile

        extension, content = self.picture
        if content is None:
            return
        file_name = "%s-%s%s%s" % (self.token, prefix, name, extension)
        getattr(instance, name).save(file_name, ContentFile(content), save=False)

    @staticmethod
    def is_file(field):
        from django.db.models import FileField

        return isinstance(field, FileField)

    @staticmethod
    def is_needed(field):
        """Whether a value has to be made up. Defaults, null and dates set by Django are not."""
        from django.db.models import AutoField

        relation = getattr(field, "remote_field", None) or getattr(field, "rel", None)
        return not (
            isinstance(field, AutoField)
            or field.has_default()
            or field.null
            or getattr(field, "auto_now", False)
            or getattr(field, "auto_now_add", False)
            or getattr(relation, "parent_link", False)
        )

    def value(self, field):
        from django.db import models

        target = getattr(field, "related_model", None)
        if target is None and getattr(field, "rel", None) is not None:
            target = field.rel.to
        if target is not None:
            return self.related(target)
        if field.choices:
            choice = next(iter(field.choices))
            return choice[1][0][0] if isinstance(choice[1], (list, tuple)) else choice[0]
        for kind, make in [
            (models.EmailField, lambda: self.token + "@example.com"),
            (models.URLField, lambda: "http://example.com/%s/" % self.token),
            (models.CharField, lambda: self.text(field)),
            (models.TextField, lambda: self.token),
            (models.DateTimeField, moment),
            (models.DateField, lambda: datetime.date(2012, 6, 15)),
            (models.TimeField, lambda: datetime.time(12, 0)),
            (models.DecimalField, lambda: decimal.Decimal(1)),
            (models.BooleanField, lambda: False),
            (models.FloatField, lambda: 1.0),
            (models.IntegerField, lambda: self.number() if field.unique else 1),
        ]:
            if isinstance(field, kind):
                return make()
        return field.get_default()

    def text(self, field):
        room = field.max_length or len(self.token)
        short = "%04x" % self.number() if field.unique else self.token
        return self.token if len(self.token) <= room else short[:room]

    def number(self):
        """For unique fields that have no room for the token."""
        return zlib.crc32(self.token.encode("utf-8")) & 0x7FFF

    def related(self, model):
        if model not in self.made:
            self.made[model] = None  # a circle of foreign keys ends here
            instance = self.build(model, prefix=model.__name__.lower() + "-")
            instance.save()
            self.made[model] = instance
        return self.made[model]


def moment():
    from django.conf import settings
    from django.utils import timezone

    noon = datetime.datetime(2012, 6, 15, 12, 0)
    return timezone.make_aware(noon, timezone.get_current_timezone()) if settings.USE_TZ else noon


# The measurements -------------------------------------------------------------------------------


def probe_model(model, pictures):
    """Everything about one model: {"specs": {name: {source: record}}, "processed": the same}."""
    specs = {name: {} for name in spec_names(model)}
    processed = {name: {} for name in processed_names(model)}
    for label, extension, content in pictures + [("none", None, None)]:
        token = label_of(model).lower().replace(".", "-") + "-" + label
        try:
            # Read from the database, as a request would.
            instance = saved(Builder(token, (extension, content)).build(model))
        except Exception as error:
            for records in list(specs.values()) + list(processed.values()):
                records[label] = failure(error)
            continue
        if label == "none":
            for name, records in list(specs.items()) + list(processed.items()):
                records[label] = probe_empty(instance, name)
            continue
        for name, records in processed.items():
            records[label] = probe_processed(instance, name)
        for name, record in probe_specs(instance, sorted(specs)).items():
            specs[name][label] = record
    for name, records in specs.items():
        records["replaced"] = probe_replaced(model, name, pictures)
    return {"specs": specs, "processed": processed}


def saved(instance):
    instance.save()
    return instance.__class__._default_manager.get(pk=instance.pk)


def probe_empty(instance, name):
    """What code sees that asks before it shows a picture."""
    try:
        file = getattr(instance, name)
        return {"name": file.name or None, "bool": bool(file)}
    except Exception as error:
        return failure(error)


def probe_processed(instance, name):
    try:
        stored = getattr(instance, name)
        record = picture_record(stored.storage, stored.name)
        record.update(name=shown_name(stored.name), storage=place_of(stored.storage))
        return record
    except Exception as error:
        return failure(error)


def shown_name(name):
    """A file name as it is written down. Names may hold the year, by strftime."""
    return name.replace(os.sep, "/").replace(str(datetime.date.today().year), "YEAR")


def place_of(storage):
    """Where a storage keeps its files, relative to the scratch folder, and the address it gives them."""
    try:
        folder = os.path.relpath(os.path.realpath(storage.path("")), os.getcwd()).replace(os.sep, "/")
    except NotImplementedError:
        folder = storage.__class__.__name__
    return "%s at %s" % (folder, storage.url(""))


def probe_specs(instance, names):
    """The life of a spec's file: after saving, on first use, saved again, and when the instance is deleted."""
    records = {}
    places = {}
    for name in names:
        try:
            file = getattr(instance, name)
            places[name] = file.storage, file.name
            records[name] = {
                "name": shown_name(file.name),
                "storage": place_of(file.storage),
                "exists": ["saved"] if file.storage.exists(file.name) else [],
            }
        except Exception as error:
            records[name] = failure(error)
    for name, (storage, file_name) in sorted(places.items()):
        try:
            url = getattr(instance, name).url
            note(records[name], "used", storage, file_name)
            records[name].update(picture_record(storage, file_name))
            if url != storage.url(file_name):
                records[name]["url"] = url
        except Exception as error:
            records[name].update(failure(error))
    for moment_name, act in [("saved again", lambda: saved(instance)), ("deleted", instance.delete)]:
        try:
            act()
        except Exception as error:
            for name in places:
                records[name].update(failure(error))
        else:
            for name, (storage, file_name) in sorted(places.items()):
                note(records[name], moment_name, storage, file_name)
    return records


def note(record, moment_name, storage, file_name):
    if storage.exists(file_name):
        record["exists"].append(moment_name)


def probe_replaced(model, name, pictures):
    """What a spec shows after its picture was used and then replaced by another one.

    A file name that does not depend on the source must not go on showing the old picture.
    The two pictures are JPEGs, so that such names are the same.
    """
    try:
        by_label = {label: (extension, content) for label, extension, content in pictures}
        token = "%s-replaced-%s" % (label_of(model).lower().replace(".", "-"), name)
        builder = Builder(token, by_label["landscape"])
        instance = saved(builder.build(model))
        before = getattr(instance, name)
        storage, old_name, _ = before.storage, before.name, before.url

        builder.token, builder.picture = token + "-by", by_label["grey"]
        for field in model._meta.fields:
            if Builder.is_file(field):
                builder.upload(instance, field.name)
        instance = saved(instance)
        after = getattr(instance, name)
        record = {
            "name": shown_name(after.name),
            "same name": after.name == old_name,
            "exists": ["saved"] if after.storage.exists(after.name) else [],
        }
        after.url  # noqa: B018
        note(record, "used", after.storage, after.name)
        if storage.exists(old_name) and after.name != old_name:
            record["exists"].append("old")
        record.update(picture_record(after.storage, after.name))
        instance.delete()
        return record
    except Exception as error:
        return failure(error)


def versions():
    import django
    import imagekit
    import PIL

    imagekit_version = imagekit.__version__
    if isinstance(imagekit_version, tuple):  # (2, 0, 4, 'final', 0)
        imagekit_version = ".".join(str(part) for part in imagekit_version[:3])
    return {
        "python": "%d.%d" % sys.version_info[:2],
        "django": ".".join(str(part) for part in django.VERSION[:3]),
        "imagekit": imagekit_version,
        "pillow": PIL.__version__,
    }


def probe(project, settings_module):
    """The whole result, as what is written to the JSON file."""
    scratch = os.path.realpath(tempfile.mkdtemp(prefix="probe-site-"))
    start = os.getcwd()
    try:
        models = load_project(os.path.abspath(project), settings_module, scratch)
        found = {
            label_of(model): probe_model(model, pictures())
            for model in models
            if spec_names(model) or processed_names(model)
        }
        return {"versions": versions(), "models": found}
    finally:
        os.chdir(start)
        shutil.rmtree(scratch, ignore_errors=True)


def written(value, depth=0):
    """JSON with one line for each record: short, and still fit to be read and compared."""
    if not isinstance(value, dict) or not any(isinstance(inner, dict) for inner in value.values()):
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    margin = " " * (depth + 1)
    lines = ["%s%s:%s" % (margin, json.dumps(key), written(value[key], depth + 1)) for key in sorted(value)]
    return "{\n%s\n%s}" % (",\n".join(lines), " " * depth)


def main(arguments):
    if len(arguments) != 3:
        sys.stderr.write("usage: probe_site.py PROJECT_FOLDER SETTINGS_MODULE OUTPUT.json\n")
        return 2
    project, settings_module, output = arguments
    sys.dont_write_bytecode = True  # the project folder stays as it is
    result = probe(project, settings_module)
    with open(output, "w", encoding="utf-8", newline="\n") as target:
        target.write("%s\n" % written(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
