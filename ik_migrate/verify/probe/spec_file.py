"""One spec file, under ImageKit 2 and 3."""

from __future__ import absolute_import, division, unicode_literals

import io

from .text_value import text
from .versions import is_imagekit2


def source_of(file):
    """The source of a spec file."""
    if is_imagekit2():
        return file.source_file
    return getattr(file.generator, "source", None)


def is_spec_file(file):
    if is_imagekit2():
        from imagekit.models.fields.files import ImageSpecFieldFile as kind
    else:
        from imagekit.cachefiles import ImageCacheFile as kind
    return isinstance(file, kind)


def root_source(file):
    """The file that a spec file is made from in the end."""
    depth = 0
    while is_spec_file(file) and depth < 10:
        file, depth = source_of(file), depth + 1
    return file


def bytes_of(file):
    """The content of a file, read past what is open."""
    if getattr(file, "storage", None) is not None and getattr(file, "name", None):
        opened = file.storage.open(file.name, "rb")
        try:
            return opened.read()
        finally:
            opened.close()
    file.seek(0)
    return file.read()


def made(file, overlay):
    """The content of a spec file, made now; nothing is saved but to the overlay."""
    source = source_of(file)
    if is_spec_file(source):
        overlay.put(source.storage, source.name, made(source, overlay))
    if is_imagekit2():
        generator = file.field.generator
        return generator.process_content(io.BytesIO(bytes_of(source)), file.name, source)[1].read()
    content = file.generator.generate()
    content.seek(0)
    return content.read()


def made_on_upload(field, stored, name, content):
    """What a ProcessedImageField stores when ``content`` is uploaded as ``name``, in place of the file ``stored``."""
    if is_imagekit2():
        return field.generator.process_content(io.BytesIO(content), field.get_filename(name), stored)[1].read()
    from django.core.files.base import ContentFile

    upload = ContentFile(content)
    upload.name = name
    result = field.get_spec(source=upload).generate()
    result.seek(0)
    return result.read()


def is_default_name(file):
    """Whether ImageKit chose the name of a spec file."""
    if is_imagekit2():
        return not file.field.cache_to
    from django.conf import settings
    from imagekit.specs import ImageSpec

    own = getattr(type(file.generator), "cachefile_name", None) is not getattr(ImageSpec, "cachefile_name", None)
    namer = text(getattr(settings, "IMAGEKIT_SPEC_CACHEFILE_NAMER", ""))
    return not own and namer.startswith("imagekit.cachefiles.namers.")
