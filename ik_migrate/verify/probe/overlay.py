"""A folder in front of all storages, so that no file of the project changes."""

from __future__ import absolute_import, division, unicode_literals

import errno
import io
import os
import posixpath
import re

from .project_copy import copy_of_project
from .text_value import text


def unwrapped(storage):
    """The storage itself, where it is a lazy object, as ``default_storage`` is."""
    storage.exists  # noqa: B018, a lazy object is empty until something is asked of it
    return getattr(storage, "_wrapped", storage)


class Overlay(object):
    """A folder that lies over all storages: what is saved goes there, what was saved is read from there.

    Images that ImageKit made earlier are hidden, so that they are made again. The real storages are only read.
    """

    def __init__(self, folder):
        self._folder = folder
        self._files = {}
        self._hidden = set()
        self._number = 0

    def clear(self):
        """Forget what was saved, and what was hidden."""
        for path in self._files.values():
            if os.path.exists(path):
                os.remove(path)
        self._files = {}
        self._hidden = set()

    def hide(self, files):
        """Behave as if these files, pairs of storage and name, were not there."""
        self._hidden = set(self.key(storage, name) for storage, name in files)

    @staticmethod
    def key(storage, name):
        storage = unwrapped(storage)
        place = [type(storage).__name__]
        for attribute in ("location", "bucket_name", "base_url"):
            try:
                place.append(text(getattr(storage, attribute, "")))
            except Exception:  # a property of a remote storage that is not set up here
                place.append("")
        return tuple(place) + (posixpath.normpath(text(name).replace("\\", "/")),)

    def path(self, storage, name):
        """Where a file lies that was saved, or None."""
        return self._files.get(self.key(storage, name))

    def is_hidden(self, storage, name):
        return self.key(storage, name) in self._hidden

    def remove(self, storage, name):
        key = self.key(storage, name)
        self._files.pop(key, None)
        self._hidden.add(key)

    def new_path(self, storage, name):
        """Where to write a file that is to be saved."""
        key = self.key(storage, name)
        if key not in self._files:
            self._number += 1
            extension = re.sub(r"[^.\w]", "", posixpath.splitext(key[-1])[1])
            self._files[key] = os.path.join(self._folder, "%06d%s" % (self._number, extension))
        return self._files[key]

    def put(self, storage, name, content):
        with io.open(self.new_path(storage, name), "wb") as target:
            target.write(content)

    def cover(self):
        """Put the overlay over all storage classes that are not covered yet."""
        from django.core.files.storage import Storage

        waiting = [Storage]
        while waiting:
            storage_class = waiting.pop()
            waiting.extend(storage_class.__subclasses__())
            if "_ik_migrate_covered" not in vars(storage_class):
                storage_class._ik_migrate_covered = True
                for name in ("save", "open", "delete", "exists", "size", "path"):
                    if name in vars(storage_class):
                        original = vars(storage_class)[name]
                        setattr(storage_class, str(name), getattr(self, "_" + name)(original))

    def _save(self, original):
        def save(storage, name, content, *rest, **options):
            name = name or content.name
            if hasattr(content, "seek"):
                content.seek(0)
            self.put(storage, name, content.read())
            return name

        return save

    def _open(self, original):
        def opened(storage, name, mode="rb", *rest, **options):
            from django.core.files import File

            path = self.path(storage, name)
            if path is None and set(mode) & set("wa+"):
                path = self.new_path(storage, name)
            if path is not None:
                return File(open(path, mode))  # as the storages do: on Python 2 a text file takes bytes
            if self.is_hidden(storage, name):
                raise IOError(errno.ENOENT, "No such file or directory", name)
            self.lend(storage, name)
            return original(storage, name, mode, *rest, **options)

        return opened

    def _delete(self, original):
        def delete(storage, name, *rest, **options):
            self.remove(storage, name)

        return delete

    def _exists(self, original):
        def exists(storage, name, *rest, **options):
            if self.path(storage, name) is not None:
                return True
            if self.is_hidden(storage, name):
                return False
            self.lend(storage, name)
            return original(storage, name, *rest, **options)

        return exists

    def _size(self, original):
        def size(storage, name, *rest, **options):
            path = self.path(storage, name)
            if path is not None:
                return os.path.getsize(path)
            self.lend(storage, name)
            return original(storage, name, *rest, **options)

        return size

    def _path(self, original):
        def path_of(storage, name, *rest, **options):
            path = self.path(storage, name)
            if path is not None:
                return path
            path = original(storage, name, *rest, **options)
            if not self.is_hidden(storage, name):
                copy_of_project.fetch(path)
            return path

        return path_of

    @staticmethod
    def lend(storage, name):
        """Copy a file that the copy of the project lacks."""
        if copy_of_project.prefix:
            try:
                storage.path(name)
            except Exception:  # a remote storage has no paths, and one that refuses the name is asked next
                return
