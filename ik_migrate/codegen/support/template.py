# Parts of the support module that ik-migrate writes: see render.py.
"""What ImageKit 2 did for the images of this project. Change what you like: ik-migrate only adds what is missing."""

import os
from contextlib import contextmanager
from copy import copy
from datetime import datetime

from celery import shared_task
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from django.db.models.signals import class_prepared, post_delete, post_init, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.utils.encoding import smart_str
from imagekit import ImageSpec, admin, hashers, processors
from imagekit.cachefiles import ImageCacheFile
from imagekit.cachefiles.backends import CacheFileState, Simple
from imagekit.cachefiles.strategies import JustInTime, Optimistic
from imagekit.files import IKContentFile
from imagekit.models import ImageSpecField, ProcessedImageField
from imagekit.models.fields.files import ProcessedImageFieldFile
from imagekit.models.fields.utils import ImageSpecFileDescriptor
from imagekit.registry import register
from imagekit.specs.sourcegroups import ImageFieldSourceGroup, signal_router
from imagekit.utils import UnknownExtension, extension_to_format, generate, get_by_qname, suggest_extension


class LegacyResizeToFit(processors.ResizeToFit):
    """Does not enlarge a small image unless upscale=True. ImageKit 3 enlarges it unless upscale=False."""

    def __init__(self, width=None, height=None, upscale=False, *args, **kwargs):
        super(LegacyResizeToFit, self).__init__(width, height, bool(upscale), *args, **kwargs)


def get_processor(name):
    """Return a processor of ImageKit by its name; LegacyResizeToFit in the place of ResizeToFit."""
    return LegacyResizeToFit if name == 'ResizeToFit' else getattr(processors, name)


def remove_file(file):
    """Delete a cache file, and let ImageKit forget that it exists."""
    if file.name and file.storage.exists(file.name):
        # if: not odd_storages
        file.storage.delete(file.name)
        # if: odd_storages
        try:
            file.storage.delete(file.name)
        except NotImplementedError:
            pass  # Some storages cannot delete; ImageKit 2 went on as well.
    file.cachefile_backend.set_state(file, CacheFileState.DOES_NOT_EXIST)


@receiver(post_init, dispatch_uid='imagekit_support')
@receiver(pre_save, dispatch_uid='imagekit_support')
def note_sources(sender, instance, using=None, **kwargs):
    """Note the sources of a loaded instance. From 3.3 on, ImageKit takes its first save for a change of them."""
    for group in signal_router._source_groups:
        if instance.pk and isinstance(instance, group.model_class):
            name, hashes = group.image_field, vars(instance).setdefault('_ik', {}).setdefault('source_hashes', {})
            if using is None:
                hashes[name] = hash(vars(instance)[name]) if name in vars(instance) else None
            elif hashes.get(name) is None:  # It is deferred, or a property.
                for saved in sender._base_manager.using(using).filter(pk=instance.pk):
                    hashes[name] = hash(getattr(saved, name))


@receiver(post_init, dispatch_uid='imagekit_support properties')
@receiver(post_save, dispatch_uid='imagekit_support properties')
def follow_properties(sender, instance, signal, **kwargs):
    """Note the sources that are properties, and after a save have the strategies know those that are new.

    The image can be that of another instance, and then ImageKit 3 does not know whose cache files it is for.
    """
    fields = [field.attname for field in sender._meta.fields]
    groups = [group for group in signal_router._source_groups if isinstance(instance, group.model_class)]
    if not instance.pk or all(group.image_field in fields for group in groups):
        return
    names = vars(instance).setdefault('_source_names', {})
    for attname, descriptor in descriptors_of(sender).items():
        source = descriptor.source_field_name or only_image_field(sender)
        if source not in fields:
            name = getattr(getattr(instance, source), 'name', None)
            if signal is post_save and names.get(attname) != name:
                file = getattr(instance, attname)
                if hasattr(file.cachefile_strategy, 'on_source_saved'):
                    file.cachefile_strategy.on_source_saved(file)
            names[attname] = name


def source_of(file):
    """Return the source of a cache file; of the image of another spec field its own source."""
    while hasattr(file, 'generator'):
        file = file.generator.source
    return file


@contextmanager
def own_source(spec):
    """Have a spec open its source again, as ImageKit 2 did. ImageKit 3 reads the file of the instance, or closes it."""
    source = spec.source
    if not getattr(source, 'name', None):
        yield
        return
    is_file = hasattr(source, 'open')
    # if: faithful
    is_file = is_file and not hasattr(source, 'generator')
    if is_file:
        own = type(source).__new__(type(source))
        vars(own).update(vars(source), _file=None)
    else:
        own = File(source.storage.open(source.name), source.name)  # ImageKit 2 asked no more of a source.
        own.instance = getattr(source_of(source), 'instance', None)
    # if: not faithful
    if not getattr(source, '_committed', True):
        vars(own).update(_file=source.file, close=lambda: source.seek(0))  # An upload that is not saved yet.
    spec.source = own
    try:
        yield
    finally:
        own.close()
        spec.source = source


class PessimisticImageCacheBackend(JustInTime):
    """Deletes a file when its source changes, as ImageKit 2 did: it may keep its name, and show the old image."""

    # if: not own_backends
    def on_source_saved(self, file):
        # if: removal
        remove_file(file)
        # if: not removal
        if file.storage.exists(file.name):
            file.storage.delete(file.name)
        # if: not removal
        file.cachefile_backend.set_state(file, CacheFileState.DOES_NOT_EXIST)

    # if: own_backends
    def on_source_saved(self, file):  # noqa: F811
        self.invalidate(legacy_file(file))

    # if: own_backends
    def on_existence_required(self, file):
        if not file.name:
            raise ValueError('The spec field has no source image.')  # ImageKit 3 raises MissingSource.
        self.validate(legacy_file(file))

    # if: own_backends
    def on_content_required(self, file):
        self.on_existence_required(file)

    # if: own_backends
    def validate(self, file):
        if self.is_invalid(file):
            file.cachefile_backend.generate(file, force=True)

    # if: own_backends
    def is_invalid(self, file):
        return bool(file.name) and not (getattr(file, '_file', None) or file.storage.exists(file.name))

    # if: own_backends
    def invalidate(self, file):
        remove_file(file)

    # if: own_backends
    def clear(self, file):
        remove_file(file)


class NonValidatingImageCacheBackend(Optimistic):
    """Deletes a file when its source changes, before it is generated again: it may keep its name."""

    # if: not own_backends
    def on_source_saved(self, file):
        # if: removal
        remove_file(file)
        # if: not removal
        if file.storage.exists(file.name):
            file.storage.delete(file.name)
        # if: not removal
        file.cachefile_backend.set_state(file, CacheFileState.DOES_NOT_EXIST)
        file.cachefile_backend.generate(file, force=True)

    # if: own_backends
    def on_source_saved(self, file):  # noqa: F811
        self.invalidate(legacy_file(file))

    # if: own_backends
    def on_existence_required(self, file):
        if not file.name:
            raise ValueError('The spec field has no source image.')  # ImageKit 3 raises MissingSource.
        self.validate(legacy_file(file))

    # if: own_backends
    def on_content_required(self, file):
        self.on_existence_required(file)

    # if: own_backends
    def validate(self, file):
        pass

    # if: own_backends
    def invalidate(self, file):
        remove_file(file)
        file.cachefile_backend.generate(file, force=True)

    # if: own_backends
    def clear(self, file):
        remove_file(file)


class CeleryImageCacheBackend(PessimisticImageCacheBackend):
    """Has a task of Celery generate a file again when its source changes, as ImageKit 2 did. It needs Celery 3.1."""

    # if: not own_backends
    def on_source_saved(self, file):
        generate_later(file)

    # if: own_backends
    def invalidate(self, file):
        generate_later(file)


def generate_later(file):
    """Send a task that generates a file again."""
    instance = getattr(file.generator, 'instance', None) or source_of(file).instance
    model = instance._meta.concrete_model
    for attname, descriptor in descriptors_of(model).items():
        if descriptor.field._original_spec is type(file.generator):
            generate_again.delay(model._meta.app_label, model.__name__, instance.pk, attname)


@shared_task
def generate_again(app_label, name, pk, attname):
    """Generate a file again, unless its row has been deleted."""
    for model in get_models():
        if (model._meta.app_label, model.__name__) == (app_label, name):
            for instance in model._default_manager.filter(pk=pk):
                generate_file(getattr(instance, attname))


class BackendStrategy(PessimisticImageCacheBackend):
    """Passes ImageKit 3's events on to a backend that only has the methods of ImageKit 2."""

    def __init__(self, backend):
        self.backend = backend

    def validate(self, file):
        self.backend.validate(file)

    def invalidate(self, file):
        self.backend.invalidate(file)

    def clear(self, file):
        self.backend.clear(file)


def strategy_of(backend):
    """Return a backend itself if ImageKit 3 can use it as a strategy, or a strategy that calls its methods."""
    is_strategy = hasattr(backend, 'on_existence_required') or not hasattr(backend, 'validate')
    return backend if is_strategy else BackendStrategy(backend)


def require_source(file):
    """Return the file of a spec field that has a source; raise ValueError for another one, as ImageKit 2 did."""
    if not file.name:
        raise ValueError('The spec field has no source image.')
    return file


def reopen_file(file):
    """Return a spec file that can be read. ImageKit closes it once it has generated the image."""
    if file.closed:
        file.file = None
    return file


class StorageBackend(Simple):
    """Asks the storage whether a file exists, as ImageKit 2 did. It can go if only ImageKit removes images."""

    def get_state(self, file, check_if_unknown=True):
        return CacheFileState.EXISTS if self._exists(file) else CacheFileState.DOES_NOT_EXIST

    def set_state(self, file, state):
        pass  # There is nothing to remember.

    def generate_now(self, file, force=False):
        spec = file.generator
        if getattr(spec, 'format', None) is None:
            # ImageKit 2 chose the format by the name of the file, ImageKit 3 by the content of the source.
            vars(spec)['format'] = format_of(getattr(spec.source, 'name', None))
        try:
            with own_source(spec):
                super(StorageBackend, self).generate_now(file, force)
        except (EnvironmentError, ValueError):
            # Where the original is lost, ImageKit 2 showed the page without the image.
            storage = getattr(spec.source, 'storage', None)
            if storage is None or storage.exists(spec.source.name):
                raise


class StorageKeyBackend(Simple):
    """Tells files in several storages apart. ImageKit 3 goes by the name alone, and loses files of the same name."""

    def get_key(self, file):
        storage = '%s %s' % (type(file.storage).__name__, getattr(file.storage, 'location', ''))
        return 'imagekit-%s' % hashers.pickle([super(StorageKeyBackend, self).get_key(file), storage])


def format_of(name):
    """Return the format that belongs to the extension of a file name; None where there is none."""
    try:
        return extension_to_format(os.path.splitext(name or '')[1])
    except UnknownExtension:
        return None


def descriptors_of(model):
    """Return the descriptors of a model's spec fields, inherited ones included, by attribute."""
    items = [item for cls in reversed(model.__mro__) for item in vars(cls).items()]
    return dict((name, item) for name, item in items if isinstance(item, ImageSpecFileDescriptor))


@receiver(pre_delete, dispatch_uid='imagekit_support')
@receiver(post_delete, dispatch_uid='imagekit_support')
def remove_all_files(sender, instance, signal, **kwargs):
    """Delete the cache files of an instance that is deleted, as ImageKit 2 did. ImageKit 3 leaves them."""
    for file in get_spec_files(instance):  # Before the row is deleted, this loads a deferred source.
        # if: not own_backends
        if signal is post_delete:
            remove_file(file)
        # if: own_backends
        if signal is post_delete:
            clear_file(file)


def generate_file(file, save=True):
    """Do what generate() of a spec file did: generate the image in any case, and return its content."""
    if not file.name:
        return None  # There is no source.
    source = file.generator.source
    try:
        with own_source(file.generator):
            generated = generate(file.generator)
    except EnvironmentError:
        if source.storage.exists(source.name):
            raise
        return None  # The original is lost.
    content = IKContentFile(file.name, generated.read())
    if save:
        remove_file(file)
        file.storage.save(file.name, content)
        file.cachefile_backend.set_state(file, CacheFileState.EXISTS)
        content.seek(0)
    return content


def get_spec_files(instance):
    """Return the files of all spec fields of a model instance."""
    return [getattr(instance, attname) for attname in descriptors_of(type(instance))]


def expand_date(name):
    """Pass a name through strftime, as ImageKit 2 did with every name."""
    name = datetime.now().strftime(smart_str(name))
    return name.decode('utf-8') if isinstance(name, bytes) else name


def default_strategy():
    """Return the strategy that does for named files what the strategy of the settings does for others."""
    strategies = {
        'imagekit.cachefiles.strategies.JustInTime': PessimisticImageCacheBackend,
        'imagekit.cachefiles.strategies.Optimistic': NonValidatingImageCacheBackend,
    }
    name = settings.IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY
    return strategies.get(name, name)


def get_default_image_cache_backend():
    """Return the strategy that the settings name. It has the methods of an image cache backend of ImageKit 2."""
    strategy = default_strategy()
    return (strategy if callable(strategy) else get_by_qname(strategy, 'cache file strategy'))()


def strategy_of_setting():
    """Return the strategy for the backend that the settings name in ImageKit 2's way."""
    package, _, name = settings.IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND.rpartition('.')
    if package.startswith('imagekit.imagecache'):
        package = __name__  # This module has those of ImageKit under the same names.
    # if: not unknown_backends
    return get_by_qname('%s.%s' % (package, name), 'image cache backend')()
    # if: unknown_backends
    return strategy_of(get_by_qname('%s.%s' % (package, name), 'image cache backend')())


def default_backend():
    """Return the backend for files whose field names none; None where the settings name another than ImageKit does."""
    is_default = settings.IMAGEKIT_DEFAULT_CACHEFILE_BACKEND == 'imagekit.cachefiles.backends.Simple'
    return StorageBackend() if is_default else None


@receiver(class_prepared, dispatch_uid='imagekit_support backends')
def use_default_backends(sender, **kwargs):
    """Give the spec fields of a model the backend and the strategy of this module, unless the settings name others.

    It can go once the settings of each site that has these models name both.
    """
    specs = [descriptor.field._original_spec for descriptor in descriptors_of(sender).values()]
    for spec in filter(None, specs):
        spec.cachefile_backend = spec.cachefile_backend or default_backend()
        if spec.cachefile_strategy == settings.IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY:
            spec.cachefile_strategy = default_strategy()


class DirectorySpec(ImageSpec):
    """Saves its file in the directory cache_to, under the name of the source."""

    # if: storage_key
    cachefile_backend = StorageKeyBackend()
    # if: without_settings
    cachefile_backend = default_backend()
    # if: pessimistic
    cachefile_strategy = PessimisticImageCacheBackend
    # if: optimistic
    cachefile_strategy = NonValidatingImageCacheBackend
    # if: any_strategy
    cachefile_strategy = default_strategy()

    @property
    def cachefile_name(self):
        if not self.source:
            return None
        # if: plain_names
        directory = os.path.normpath(self.cache_to)
        # if: dated_names
        directory = os.path.normpath(datetime.now().strftime(self.cache_to))
        # if: any_names
        directory = os.path.normpath(expand_date(self.cache_to))
        return os.path.join(directory, os.path.basename(self.source.name))

    # if: reopened_sources
    def generate(self):
        with own_source(self):
            return super(DirectorySpec, self).generate()

    # if: formats
    @property
    def format(self):
        """ImageKit 2 chose the format by the name of the file, ImageKit 3 chooses it by the content of the source."""
        # if: format_of
        return format_of(self.source.name)
        # if: not format_of
        try:
            return extension_to_format(os.path.splitext(self.source.name)[1])
        except UnknownExtension:
            return None


class FixedNameSpec(ImageSpec):
    """Names its file without its processors: they change while the site runs, or cannot be pickled for a hash."""

    def get_hash(self):
        return hashers.pickle([self.source.name, type(self).__module__, type(self).__name__, self.format, self.options])

    # if: not faithful
    def generate(self):
        with own_source(self):
            return super(FixedNameSpec, self).generate()


class LegacySpec(ImageSpec):
    """A spec that names, processes, formats and stores its file as ImageKit 2 did.

    A spec class that needs none of this can derive from imagekit.ImageSpec.
    """

    attname = None
    cache_to = None
    # if: processors
    choose_processors = None
    instance = None
    # if: fields
    model = None
    # if: storage_key
    cachefile_backend = StorageKeyBackend()
    # if: without_settings
    cachefile_backend = default_backend()
    # if: pessimistic
    cachefile_strategy = PessimisticImageCacheBackend
    # if: optimistic
    cachefile_strategy = NonValidatingImageCacheBackend
    # if: any_strategy
    cachefile_strategy = default_strategy()

    @property
    def source(self):
        """The source; without asking whether there is one, which generates the image of another spec field."""
        return vars(self)['_source'] if '_source' in vars(self) else ImageSpec.source.fget(self)

    @source.setter
    def source(self, value):
        vars(self)['_source'] = value

    @property
    def cachefile_name(self):
        """The source's name below a directory, or what a function returns, with the date filled in."""
        if not getattr(self.source, 'name', None):
            return None
        if not self.cache_to:
            return get_by_qname(settings.IMAGEKIT_SPEC_CACHEFILE_NAMER, 'namer')(self)
        if not callable(self.cache_to):
            return os.path.join(os.path.normpath(expand_date(self.cache_to)), os.path.basename(self.source.name))
        extension = suggest_extension(self.source.name, self.given_format)
        if extension == '.jpg' and not self.source.name.endswith('.jpg'):
            extension = '.jpe'  # ImageKit 2 on Python 2 named JPEG files made of other formats so.
        instance = self.instance or getattr(source_of(self.source), 'instance', None)
        # if: fields
        if self.model and not isinstance(instance, self.model):
            return None  # It is the source of another instance.
        return expand_date(self.cache_to(instance, self.source.name, self.attname, extension))

    @property
    def format(self):
        """ImageKit 2 chose the format by the name of the file; ImageKit 3 chooses it by the content of the source."""
        return format_of(self.cachefile_name if self.cache_to else getattr(self.source, 'name', None))

    # if: not faithful
    def generate(self):
        with own_source(self):
            return super(LegacySpec, self).generate()

    @property
    def given_format(self):
        """The format that the spec class or the field names; None where it names none."""
        return None if isinstance(type(self).format, property) else self.format

    # if: processors
    @property
    def processors(self):
        """What a function returns, called for each image that is generated."""
        if not self.choose_processors:
            return []
        instance = getattr(source_of(self.source), 'instance', None)
        return list(self.choose_processors(instance=instance, file=self.source) or [])

    # if: not processors
    def get_hash(self):
        """Part of the default name. ImageKit 3 also asks for it if cachefile_name raises an AttributeError: again."""
        return self.cachefile_name if callable(self.cache_to) else super(LegacySpec, self).get_hash()

    # if: processors
    def get_hash(self):  # noqa: F811
        """Part of the default name: no function that chooses the processors is called for it."""
        if callable(self.cache_to):
            return self.cachefile_name  # It has raised an AttributeError, which ImageKit 3 ignores: again.
        return hashers.pickle([self.source.name, type(self).__module__, type(self).__name__, self.format, self.options])

    # if: storage
    @property
    def cachefile_storage(self):
        """The storage of the source. ImageKit 3 takes the default storage."""
        storage = getattr(self.source, 'storage', None)
        return None if storage is default_storage else storage

    # if: fields
    def __reduce_ex__(self, protocol):
        """Pickle the spec of a LegacyImageSpecField by its model and attribute."""
        if self.model is None:
            return super(LegacySpec, self).__reduce_ex__(protocol)
        return make_spec, (self.model, self.attname), self.__getstate__()


def make_spec(model, attname):
    """Return an empty spec of a field, to be filled from a pickle."""
    spec_class = getattr(model, attname)._original_spec
    return spec_class.__new__(spec_class)


class ImageKit2NameSpec(LegacySpec):
    """A spec whose file keeps the name that ImageKit 2 gave it, where cache_to= named none."""

    def cache_to(self, instance, path, attname, extension):
        folder, filename = os.path.split(path)
        name = '%s_%s%s' % (os.path.splitext(filename)[0], attname, extension)
        return os.path.join('cache', folder, name).replace('%', '%%')


class LegacyDescriptor(ImageSpecFileDescriptor):
    """Makes the file of a spec field, for the instance that it is read from."""

    def __get__(self, instance, owner):
        if instance is None:
            return self.field
        # if: not fields
        source = getattr(instance, self.source_field_name)
        # if: fields
        source = getattr(instance, self.source_field_name or only_image_field(type(instance)))
        spec = self.field.get_spec(source)
        spec.instance = instance
        # if: plain_files
        return ImageCacheFile(spec)
        # if: spec_files
        return SpecFile(spec)
        # if: file_api
        file = LegacyFile(spec)
        # if: file_api
        file.attname = self.attname
        # if: file_api
        return file

    def __set__(self, instance, value):
        pass


def only_image_field(model):
    """Return the name of a model's only ImageField: the source of a spec field that names none."""
    names = [field.attname for field in model._meta.fields if isinstance(field, models.ImageField)]
    if len(names) != 1:
        raise ValueError('%s has %d ImageFields: name one with image_field=.' % (model.__name__, len(names)))
    return names[0]


class LegacyImageSpecField(ImageSpecField):
    """ImageKit 3's field with the arguments of ImageKit 2, which it understands when the site runs, as ImageKit 2 did.

    To replace one by ImageSpecField: rename image_field= to source= and storage= to cachefile_storage=, and move the
    rest into a spec class that derives from LegacySpec.
    """

    def __init__(self, processors=None, format=None, options=None, image_field=None, pre_cache=None, storage=None,
                 cache_to=None, autoconvert=True, image_cache_backend=None, source=None, cachefile_storage=None,
                 cachefile_backend=None, cachefile_strategy=None, spec=None, id=None):
        super(LegacyImageSpecField, self).__init__(id=id)
        # if: not keep_names
        self.bases = (spec, LegacySpec) if spec else (LegacySpec,)
        # if: keep_names
        self.bases = (spec or ImageKit2NameSpec, LegacySpec)
        # A subclass may ask for these, and change them before the field becomes part of a model.
        self.processors, self.format, self.options = processors, format, options
        self.image_field, self.cache_to = source or image_field, cache_to
        self.storage = storage if cachefile_storage is None else cachefile_storage
        self.cachefile_backend, self.image_cache_backend = cachefile_backend, cachefile_strategy or image_cache_backend

    def get_attributes(self):
        """Return the attributes that the spec class of the field sets."""
        given = {
            'choose_processors' if callable(self.processors) else 'processors': self.processors,
            'format': self.format,
            'options': self.options,
            'cache_to': self.cache_to,
            'cachefile_storage': self.storage,
            'cachefile_backend': self.cachefile_backend,
            'cachefile_strategy': self.image_cache_backend,
        }
        # if: unknown_backends
        given['cachefile_strategy'] = strategy_of(self.image_cache_backend)
        called = ('choose_processors', 'cache_to')
        return dict(
            (name, staticmethod(value) if name in called and callable(value) else value)
            for name, value in given.items() if value is not None
        )

    def contribute_to_class(self, cls, name):
        field = copy(self)  # One object can become the field of several models.
        field.source = self.image_field
        attributes = dict(self.get_attributes(), attname=name, model=cls, __module__=cls.__module__)
        field._original_spec = type(str('%s_%s' % (cls.__name__, name)), self.bases, attributes)
        # if: not own_ids
        field._set_spec_id(cls, name)
        # if: own_ids
        field.set_spec_id('%s.%s:%s:%d' % (cls.__module__, cls.__name__, name, id(cls)))  # ImageKit's is not unique.
        setattr(cls, name, LegacyDescriptor(field, name, field.source))
        # if: plain_classes
        if not hasattr(cls, '_meta'):
            return  # It is not a model: no signals are sent for its instances.
        if field.source:
            register.source_group(field.spec_id, ImageFieldSourceGroup(cls, field.source))
        else:
            field.register_source_later(cls)
        # if: own_backends
        if hasattr(self.image_cache_backend, 'register_field'):
            self.image_cache_backend.register_field(cls, field, name)

    def register_source_later(self, cls):
        """Find the source once the fields of the models are known."""
        def register_source(sender, **kwargs):
            if issubclass(sender, cls):
                register.source_group(self.spec_id, ImageFieldSourceGroup(sender, only_image_field(sender)))
        class_prepared.connect(register_source, weak=False)


@receiver(class_prepared, dispatch_uid='imagekit_support')
def use_spec_files(sender, **kwargs):
    """Have the spec fields of a model make their files as ImageKit 2 did."""
    for name, descriptor in descriptors_of(sender).items():
        setattr(sender, name, LegacyDescriptor(descriptor.field, name, descriptor.source_field_name))


def legacy_file(file):
    """Return a cache file with the methods and attributes that a spec file of ImageKit 2 had."""
    if isinstance(file, LegacyFile):
        return file
    found = LegacyFile(file.generator, file.name, file.storage, file.cachefile_backend, file.cachefile_strategy)
    for name, descriptor in descriptors_of(type(found.instance)).items():
        if descriptor.field._original_spec is type(file.generator):
            found.attname = name
    return found


class SpecFile(ImageCacheFile):
    """The file of a spec field. Whether it is true depends on its source alone, as with ImageKit 2."""

    def __init__(self, generator, name=None, storage=None, *args, **kwargs):
        """Store the file beside its source, unless the field names a storage. ImageKit 3 has another default."""
        storage = storage or generator.cachefile_storage or getattr(generator.source, 'storage', None)
        if hasattr(storage, 'exists'):
            storage = getattr(storage, '_wrapped', storage)  # Older versions of Django cannot pickle default_storage.
        # if: lazy_names
        super(SpecFile, self).__init__(generator, name or 'not known yet', storage, *args, **kwargs)
        # if: lazy_names
        self.name = name
        # if: not lazy_names
        super(SpecFile, self).__init__(generator, name, storage, *args, **kwargs)

    # if: lazy_names
    @property
    def name(self):
        """The name of the file. ImageKit 3 asks a function for it before anything is asked of the file."""
        if vars(self)['name'] is None:
            vars(self)['name'] = self.generator.cachefile_name
        return vars(self)['name']

    # if: lazy_names
    @name.setter
    def name(self, value):
        vars(self)['name'] = value

    def __bool__(self):
        """Whether there is a source. ImageKit 3 generates the file here."""
        return bool(self.name)

    __nonzero__ = __bool__

    def __eq__(self, other):
        return self.name == getattr(other, 'name', other)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        """ImageKit goes by it to see whether the source of another spec field is new."""
        return hash(self.generator.source)

    def _require_source(self):
        if not self.name:
            raise ValueError('The spec field has no source image.')  # ImageKit 3 does not always raise.

    def _require_file(self):
        self._require_source()
        if self.closed:
            self._file = None  # ImageKit 3 closes it once it is generated.
        super(SpecFile, self)._require_file()

    def _storage_attr(self, attr):
        self._require_source()
        return super(SpecFile, self)._storage_attr(attr)

    @property
    def size(self):
        """The size as the storage knows it. ImageKit 3 opens the file, and fails before 5.0."""
        return self._storage_attr('size')


class LegacyFile(SpecFile, ImageFieldFile):
    """A cache file with the methods and attributes that a spec file of ImageKit 2 had."""

    attname = None
    _committed = True  # As the value of an ImageField, it is in its storage already.

    @property
    def source_file(self):
        return self.generator.source

    @property
    def instance(self):
        return getattr(self.generator, 'instance', None) or getattr(source_of(self), 'instance', None)

    @instance.setter
    def instance(self, instance):
        pass  # Django sets it where the file becomes the value of an ImageField.

    @property
    def field(self):
        return getattr(type(self.instance), self.attname)

    def validate(self):
        validate_file(self)

    def invalidate(self):
        invalidate_file(self)

    def clear(self):
        clear_file(self)

    # if: not own_backends
    def generate(self, save=None, force=False):
        """With save=, as ImageKit 2; without it, as ImageKit 3 calls it."""
        return super(LegacyFile, self).generate(force) if save is None else generate_file(self, save)

    # if: own_backends
    def generate(self, save=None, force=False):  # noqa: F811
        """With save=, or called by an own backend, as ImageKit 2; without it, as ImageKit 3's strategies call it."""
        if save is None and not hasattr(self.cachefile_strategy, 'validate'):
            return super(LegacyFile, self).generate(force)
        return generate_file(self, save is None or save)

    def delete(self, save=False):
        remove_file(self)
        if save:
            self.instance.save()

    def __getstate__(self):
        return dict(ImageCacheFile.__getstate__(self), storage=self.storage)

    def __setstate__(self, state):
        vars(self).update(state)


def validate_file(file):
    """Do what validate() of a spec file did: make sure that the file exists, unless its strategy trusts it to."""
    # if: own_backends
    if hasattr(file.cachefile_strategy, 'validate'):
        return file.cachefile_strategy.validate(legacy_file(file))
    if hasattr(file.cachefile_strategy, 'on_existence_required') and file.name:
        if not file.storage.exists(file.name):
            file.cachefile_backend.generate(file, force=True)


def invalidate_file(file):
    """Do what invalidate() of a spec file did: delete the file, or generate it again."""
    # if: own_backends
    if hasattr(file.cachefile_strategy, 'invalidate'):
        return file.cachefile_strategy.invalidate(legacy_file(file))
    remove_file(file)
    if isinstance(file.cachefile_strategy, Optimistic) and file.name:
        file.cachefile_backend.generate(file)


def clear_file(file):
    """Do what clear() of a spec file did: delete the file."""
    # if: own_backends
    if hasattr(file.cachefile_strategy, 'clear'):
        return file.cachefile_strategy.clear(legacy_file(file))
    remove_file(file)


def get_spec_fields(model):
    """Return the names of the spec fields of a model or an instance."""
    return list(descriptors_of(model if isinstance(model, type) else type(model)))


def get_models():
    """Return all models, before and after Django 1.7."""
    try:
        from django.apps import apps
    except ImportError:
        return models.get_models()
    return apps.get_models()


def files_of_apps(app_labels):
    """Yield the files of all spec fields of all instances in some apps."""
    for model in get_models():
        if model._meta.app_label in app_labels and descriptors_of(model):
            for instance in model._default_manager.order_by('-pk'):
                for file in get_spec_files(instance):
                    yield file


def validate_app_cache(app_labels, force_revalidation=False):
    """Do what the command ikcachevalidate did."""
    for file in files_of_apps(app_labels):
        if force_revalidation:
            invalidate_file(file)
        validate_file(file)


def invalidate_app_cache(app_labels):
    """Do what the command ikcacheinvalidate did."""
    for file in files_of_apps(app_labels):
        invalidate_file(file)


class LegacyProcessedSpec(ImageSpec):
    """Asks the field file, which knows the model instance. ImageKit 3 asks the uploaded content."""

    choose_processors = None

    @property
    def processors(self):
        return list(self.choose_processors(self.source.field_file) or []) if self.choose_processors else []

    @property
    def format(self):
        """ImageKit 2 chose the format by the name of the file; ImageKit 3 chooses it by the content of the source."""
        file = getattr(self.source, 'field_file', None)
        if file is None:
            return None
        return format_of(file.field.generate_filename(file.instance, self.source.uploaded_as))


class LegacyProcessedImageFieldFile(ProcessedImageFieldFile):
    """Passes itself on to the spec."""

    def save(self, name, content, save=True):
        content.field_file, content.uploaded_as = self, name
        return super(LegacyProcessedImageFieldFile, self).save(name, content, save)


class LegacyProcessedImageField(ProcessedImageField):
    """A ProcessedImageField whose processors may be a function of the field file, as with ImageKit 2."""

    attr_class = LegacyProcessedImageFieldFile

    def __init__(self, processors=None, format=None, options=None, *args, **kwargs):
        if kwargs.get('spec') is None:
            given = {'format': format, 'options': options}
            if callable(processors):
                given['choose_processors'] = staticmethod(processors)
            elif processors is not None:
                given['processors'] = processors
            attributes = dict((name, value) for name, value in given.items() if value is not None)
            kwargs.update(spec=type(str('Spec'), (LegacyProcessedSpec,), attributes), autoconvert=None)
        super(LegacyProcessedImageField, self).__init__(None, None, None, *args, **kwargs)

    # if: south
    def south_field_triple(self):
        """Have South, which made migrations before Django 1.7, take the field for the one that it was."""
        from south.modelsinspector import introspector
        return ('imagekit.models.fields.ProcessedImageField',) + tuple(introspector(self))


class LegacyAdminThumbnail(admin.AdminThumbnail):
    """Links to the original image, as ImageKit 2 did. ImageKit 3 links to the thumbnail."""

    def __call__(self, obj):
        def find_thumbnail(obj):
            found = self.image_field(obj) if callable(self.image_field) else getattr(obj, self.image_field)
            found.source = getattr(getattr(found, 'generator', None), 'source', None)
            return found
        return admin.AdminThumbnail(find_thumbnail, self.template)(obj)
