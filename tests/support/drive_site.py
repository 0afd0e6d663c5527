"""
Runs the ``drive.py`` of a behaviour site on the site, and writes what it observes.

    main([SITE_FOLDER, DRIVE, OUTPUT.json])

Runs on Python 2.7 and 3, with every Django and ImageKit that the sites are compared on. The result has three keys:
``observations`` by name, ``messages`` with the tracebacks of those that raised, and ``broken``: why the script
came to no end, empty where it did. The site's data is in a temporary folder.
"""
# ruff: noqa: UP010, UP018, UP020

from __future__ import absolute_import, unicode_literals

import io
import json
import os
import shutil
import sys
import tempfile
import traceback
import warnings

import kit


def main(arguments):
    site, drive, output = [os.path.abspath(argument) for argument in arguments]
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(site))
    scratch = os.path.realpath(tempfile.mkdtemp(prefix="drive-site-"))
    os.chdir(scratch)
    kit.use_folder(scratch)
    broken = ""
    try:
        names = {"__name__": str("drive"), "__file__": str(drive)}
        with io.open(drive, "rb") as source:
            exec(compile(source.read(), str(drive), "exec"), names)
        kit.serve(names)
    except Exception:
        broken = traceback.format_exc()
    finally:
        kit.end_other_processes()
        os.chdir(site)
        if kit.is_first_process():
            shutil.rmtree(scratch, ignore_errors=True)
    if kit.is_first_process():
        result = {"observations": kit.observations, "messages": kit.messages, "broken": broken}
        with io.open(output, "w", encoding="utf-8") as target:
            target.write(json.dumps(result, sort_keys=True, indent=1, ensure_ascii=True) + "\n")
    return 0
