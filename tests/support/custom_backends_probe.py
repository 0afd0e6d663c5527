"""Saves, uses and replaces pictures of the custom_backends site, and tells what files there are after each step.

Runs on Python 2.7 with ImageKit 2 and on Python 3 with today's: python custom_backends_probe.py <site> <media>
"""

import io
import json
import os
import sys

SPECS = ("renewing", "renewing_fixed", "telling", "twice", "inheriting", "on_save", "by_setting")


def image(colour):
    from django.core.files.base import ContentFile
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(stream, "PNG")
    return ContentFile(stream.getvalue())


def files(media):
    """The thumbnails by name, each with the colour of its first pixel."""
    from PIL import Image

    found = {}
    for folder, _, names in os.walk(os.path.join(media, "made")):
        for name in names:
            with open(os.path.join(folder, name), "rb") as stream:
                picture = Image.open(stream)
                found[name] = [list(picture.size), list(picture.convert("RGB").getpixel((0, 0)))]
    return found


def error_of(function):
    try:
        function()
    except Exception as error:
        return "ValueError" if isinstance(error, ValueError) else "error"
    return "none"


def make_tables():
    import django
    from django.core.management import call_command

    if hasattr(django, "setup"):
        django.setup()
        call_command("migrate", run_syncdb=True, verbosity=0)
    else:
        call_command("syncdb", interactive=False, verbosity=0)


def main(site, media):
    sys.path.insert(0, site)
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    os.environ["MEDIA_ROOT"] = media
    make_tables()
    from gallery.models import Picture

    steps = {}
    picture = Picture()
    picture.image.save("red.png", image("red"))
    steps["1 saved"] = files(media)
    picture = Picture.objects.get()
    steps["2 addresses"] = [getattr(picture, name).url for name in SPECS]
    steps["3 used"] = files(media)
    picture.image.save("blue.png", image("blue"))
    steps["4 replaced"] = files(media)
    picture = Picture.objects.get()
    steps["5 content"] = [len(getattr(picture, name).read()) > 0 for name in SPECS if name != "on_save"]
    steps["6 used again"] = files(media)
    picture = Picture.objects.get()
    picture.save()
    # ImageKit 3.3 and later take the first save of an instance from the database for a new source.
    steps["7 saved unchanged and used"] = [[getattr(Picture.objects.get(), name).url for name in SPECS], files(media)]
    os.remove(os.path.join(media, "made", "twice.png"))
    os.remove(os.path.join(media, "made", "by_setting.png"))
    picture = Picture.objects.get()
    steps["8 addresses"] = [picture.twice.url, picture.by_setting.url]
    steps["9 removed by hand and used"] = {name: found for name, found in files(media).items() if name[:2] != "tw"}
    Picture.objects.all().update(image="sources/broken.png")
    with open(os.path.join(media, "sources", "broken.png"), "wb") as stream:
        stream.write(b"no picture")
    picture = Picture.objects.get()
    steps["10 broken"] = [error_of(lambda: Picture.objects.get().renewing.url) for _ in range(3)]
    empty = Picture()
    steps["11 no source"] = [error_of(lambda name=name: getattr(empty, name).url) for name in ("twice", "by_setting")]
    print("\n" + json.dumps(steps, sort_keys=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
