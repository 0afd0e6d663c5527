"""The copy of the project that is looked at, and the paths of the original."""

from __future__ import absolute_import, division, unicode_literals

import os
import re
import shutil
import sys

from .text_value import text


class Copy(object):
    """Where the project was copied to: its path there is its own path behind a prefix.

    Large files may be missing in the copy. Where it is the project itself, there is no prefix.
    """

    def __init__(self):
        self.prefix = ""
        self.root = ""
        self.scratch = ""

    def set(self, prefix, root, scratch):
        self.prefix, self.root = prefix, root
        self.scratch = scratch

    @property
    def written(self):
        """The folder that stands for the root of the file system where the site writes."""
        return os.path.join(self.scratch, "written")

    def original(self, path):
        """The original of a file in the copy, or beside it; None for another file."""
        path = os.path.abspath(text(path))
        if self.prefix and path.startswith(self.prefix + os.sep):
            return path[len(self.prefix) :]
        return None

    def fetch(self, path):
        """Copy a file that is missing in the copy, if the original is there."""
        original = self.original(path)
        if original is not None and not os.path.exists(path) and os.path.isfile(original):
            if not os.path.isdir(os.path.dirname(path)):
                os.makedirs(os.path.dirname(path))
            shutil.copyfile(original, path)

    def moved(self, path):
        """The copy of a folder of the project; the original of a folder beside the copy; any other as it is."""
        if not self.prefix:
            return path
        real = os.path.realpath(path)
        if real == self.root or real.startswith(self.root + os.sep):
            copied = self.prefix + real
            return copied if os.path.exists(copied) else path
        original = self.original(path)
        return original if original is not None and not os.path.exists(path) else path

    def move_imports(self):
        """Import from the copy what would be imported from the project."""
        if not self.prefix:
            return
        sys.path[:] = [self.moved(path) for path in sys.path]
        for name, module in list(sys.modules.items()):
            # Packages that are installed to be edited have a table of their folders.
            table = getattr(module, "MAPPING", None)
            if text(name).startswith("__editable__") and isinstance(table, dict):
                table.update((package, self.moved(path)) for package, path in list(table.items()))

    def named(self, message):
        """A text with the paths of the project in place of those of its copy."""
        return message.replace(self.prefix, "") if self.prefix else message

    def strays(self):
        """The modules that were imported from the project, and not from its copy."""
        if not self.prefix:
            return []
        files = [(name, getattr(module, "__file__", None)) for name, module in sorted(sys.modules.items())]
        inside = [(name, text(path)) for name, path in files if path and text(path).startswith(self.root + os.sep)]
        return [text(name) for name, path in inside if os.path.exists(self.prefix + re.sub("[.]py[co]$", ".py", path))]


copy_of_project = Copy()
