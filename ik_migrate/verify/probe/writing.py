"""What the site writes goes to a folder of the probe.

It is used where the project is a copy. What the site writes to ``/var/log/site.log`` is
``SCRATCH/written/var/log/site.log``, and is read from there afterwards; so the copy stays as it is for the next run.
Functions of Python are covered, not what other programs or C libraries write.
"""

from __future__ import absolute_import, division, unicode_literals

import errno
import io
import os
import shutil
import sys
import tempfile
import threading

from .project_copy import copy_of_project


class Redirected(object):
    """A function of Python whose paths are replaced. An object: as an attribute of a class it becomes no method.

    Arguments: the function; the positions of its paths; how it uses the first one: a function of its arguments that
    returns `READS`, `WRITES` or `CHANGES`.
    """

    def __init__(self, original, positions, use):
        self._original = original
        self._positions = positions
        self._use = use

    def __call__(self, *arguments, **options):
        if getattr(REDIRECTING, "now", False):
            return self._original(*arguments, **options)
        arguments = list(arguments)
        REDIRECTING.now = True
        try:
            use = self._use(arguments, options)
            if options.get("dir_fd") is not None:
                arguments[0] = in_folder(options.pop("dir_fd"), arguments[0])
            for position in self._positions:
                if position < len(arguments):
                    arguments[position] = redirected(arguments[position], use)
        except NothingThere:
            return None
        finally:
            REDIRECTING.now = False
        return self._original(*arguments, **options)

    def __getattr__(self, name):
        return getattr(self._original, name)

    # `os.supports_dir_fd` and the like are sets of functions, in which this one is looked for.

    def __hash__(self):
        return hash(self._original)

    def __eq__(self, other):
        return other is self or other is self._original

    def __ne__(self, other):
        return not self == other


REDIRECTING = threading.local()
"""Whether this thread is working out where a path leads: functions that are called for that are not redirected."""

READS, WRITES, CHANGES = "reads", "writes", "changes"
"""A file is only read; is made, whatever there was before; is changed or removed."""


class NothingThere(Exception):
    """A folder that the copy does not have was to be changed: that is skipped."""


def redirected(path, use):
    """The path to use in place of one that the site gives."""
    name = path_text(path)
    if name is None or name.startswith(("/dev/", "/proc/", "/sys/", copy_of_project.scratch + os.sep)):
        return path
    # The same file has one name, whether it is named in the project or in the copy.
    plain_name = copy_of_project.original(name) or name
    written = copy_of_project.written + plain_name
    if use == READS and os.path.lexists(written):
        return written
    present = copied_file(plain_name)
    if use == READS:
        return path if present == name else present
    for folder in (os.path.dirname(present), os.path.dirname(plain_name)):
        if os.path.isdir(folder) and not os.path.isdir(os.path.dirname(written)):
            os.makedirs(os.path.dirname(written))
    if use == CHANGES and not os.path.lexists(written):
        if os.path.isfile(present):
            shutil.copyfile(present, written)
        elif os.path.lexists(present):
            raise NothingThere
    return written


def copied_file(name):
    """The copy of a file of the project; any other file itself."""
    copied = copy_of_project.prefix + name
    if name == copy_of_project.root or name.startswith(copy_of_project.root + os.sep):
        copy_of_project.fetch(copied)
    return copied if os.path.lexists(copied) else name


def in_folder(handle, path):
    """The absolute path of a file that is named relative to an open folder."""
    name = os.path.join(os.readlink("/proc/self/fd/%d" % handle), path)
    if not os.path.isabs(name):
        raise OSError(errno.EROFS, "the probe does not know the folder of a file", path)
    return name


def path_text(path):
    """An absolute path as text; None for a file that is open already, or what is no path."""
    if hasattr(path, "__fspath__"):
        path = path.__fspath__()
    if isinstance(path, bytes):
        path = os.fsdecode(path) if hasattr(os, "fsdecode") else path.decode(sys.getfilesystemencoding(), "replace")
    return os.path.abspath(path) if path and isinstance(path, type("")) else None


def use_of_open(arguments, options):
    """How ``open`` is called to use a file."""
    mode = options.get("mode", arguments[1] if len(arguments) > 1 else "r")
    letters = set(mode) if isinstance(mode, (str, type(""))) else set()
    return WRITES if letters & set("wx") else CHANGES if letters & set("a+") else READS


def use_of_low_level_open(arguments, options):
    """How ``os.open`` is called to use a file."""
    flags = arguments[1] if len(arguments) > 1 else options.get("flags", 0)
    if flags & os.O_TRUNC:
        return WRITES
    return CHANGES if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND) else READS


def redirect_writing():
    """Have what is written through Python's own functions go to the scratch folder, temporary files too."""
    temporary = os.path.join(copy_of_project.scratch, "temporary")
    os.mkdir(temporary)
    tempfile.tempdir = str(temporary)
    for name in ("TMPDIR", "TEMP", "TMP"):
        os.environ[str(name)] = str(temporary)

    def always(use):
        return lambda arguments, options: use

    builtin = sys.modules.get("builtins") or sys.modules["__builtin__"]
    functions = [(builtin, "open", (0,), use_of_open), (io, "open", (0,), use_of_open)]
    functions += [(os, "open", (0,), use_of_low_level_open), (os, "mkdir", (0,), always(WRITES))]
    functions += [(os, name, (0, 1), always(CHANGES)) for name in ("rename", "replace")]
    functions += [(os, name, (1,), always(WRITES)) for name in ("link", "symlink")]
    functions += [(os, name, (0,), always(READS)) for name in ("stat", "lstat")]
    functions += [(os, name, (0,), always(WRITES)) for name in ("mkfifo", "mknod")]
    changing = ("remove", "unlink", "rmdir", "chmod", "chown", "lchown", "utime", "truncate", "setxattr", "removexattr")
    functions += [(os, name, (0,), always(CHANGES)) for name in changing]
    functions.append((shutil, "rmtree", (0,), always(CHANGES)))
    for owner, name, positions, use in functions:
        if hasattr(owner, name):
            setattr(owner, str(name), Redirected(getattr(owner, name), positions, use))
