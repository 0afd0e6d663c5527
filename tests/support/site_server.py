"""
Runs functions one after the other, each in a fork of a process that has Django imported and not configured.

    python site_server.py FOLDER...

The folders are added to ``sys.path``. Each line of standard input is a job in JSON, and is answered by a line:

    {"function": "drive_site:main", "arguments": ["..."]}
    {"status": 0, "stdout": "...", "stderr": "..."}

An optional ``cwd`` is the folder to run in. ``{"prepare": "probe_site:pictures"}`` calls a function in the server
itself, so that all later jobs share what it computes and imports.

Django can be configured once in a process, so each site needs its own. To start an interpreter and to import Django
takes longer than most sites take. This script runs on Python 2.7 and 3; without ``os.fork`` each job gets a new
interpreter.
"""
# ruff: noqa: RUF005, SIM115, UP010, UP020, UP031

from __future__ import absolute_import, print_function, unicode_literals

import importlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings

LONGEST_JOB = 240
"""After this many seconds a job is ended."""

FOLDERS = []
"""What is added to ``sys.path``."""

SAFE_TO_IMPORT = [
    "sqlite3",
    "subprocess",
    "uuid",
    "PIL.Image",
    "PIL.ImageDraw",
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "django",
    "django.conf",
    "django.utils.translation",
]
"""Modules that need no settings, in any version."""

SAFE_SINCE_DJANGO_2 = [
    "django.contrib.admin",
    "django.core.cache.backends.locmem",
    "django.core.files.storage",
    "django.core.management.commands.migrate",
    "django.db.backends.sqlite3.base",
    "django.db.models",
    "django.template.loader",
    "appconf",
]
"""Modules that older versions of Django cannot import without settings."""


def import_libraries():
    """Import what most jobs need. ImageKit is not among it: from 3.0 on it reads the settings."""
    for name in SAFE_TO_IMPORT:
        importlib.import_module(name)
    import django
    from django.conf import settings

    if django.VERSION >= (2, 0):
        for name in SAFE_SINCE_DJANGO_2:
            importlib.import_module(name)
    if settings.configured:
        raise RuntimeError("the settings are configured before a site is loaded")


def run_job(job):
    """Run a job in a process of its own and return its exit status and output."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        if hasattr(os, "fork"):
            status = run_in_fork(job, out, err)
        else:
            command = [sys.executable, os.path.abspath(__file__), "--job", json.dumps(job)] + FOLDERS
            status = subprocess.call(command, stdout=out, stderr=err)
        return {"status": status, "stdout": text_of(out), "stderr": text_of(err)}


def run_in_fork(job, out, err):
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        status = 70
        try:
            signal.alarm(LONGEST_JOB)
            with io.open(os.devnull) as nothing:
                os.dup2(nothing.fileno(), 0)
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            status = call(job)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    status = os.waitpid(child, 0)[1]
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)


def call(job):
    """Call the function of a job and return the exit status."""
    try:
        if job.get("cwd"):
            os.chdir(job["cwd"])
        return function_of(job["function"])(job.get("arguments", [])) or 0
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
        return 70


def function_of(path):
    """Return the function that ``module:name`` names."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def text_of(stream):
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")


def answer(line):
    """Do what one line asks for."""
    job = json.loads(line)
    if "prepare" in job:
        function_of(job["prepare"])()
        return {}
    return run_job(job)


def main(arguments):
    warnings.simplefilter("ignore")
    job = arguments[1] if arguments[:1] == ["--job"] else None
    FOLDERS.extend(os.path.abspath(folder) for folder in arguments[2 if job else 0 :])
    sys.path[:0] = FOLDERS
    if job:
        return call(json.loads(job))
    import_libraries()
    # What a job prints must not be read as an answer.
    answers = io.open(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in iter(sys.stdin.readline, ""):
        answers.write("%s\n" % json.dumps(answer(line)))
        answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
