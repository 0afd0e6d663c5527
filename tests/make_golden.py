"""
Makes ``fixtures/photo_site.ik2.json`` again: what ImageKit 2 makes of the demonstration project.

    python tests/make_golden.py --python PATH_TO_PYTHON_2.7 [--packages FOLDER] [--check]

ImageKit 2 runs on Python 2.7 only, which few machines still have, so its result is kept in the
repository and the tests compare a migrated project with that. It has to be made anew when
``fixtures/photo_site`` or ``probe_site.py`` changes; an environment that can do it:

    Django==1.5.12 django-appconf==1.0.3 django-imagekit==2.0.4 Pillow==6.2.2 six

Another Pillow gives pictures that differ by a shade, so keep to that one to see real changes only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PROJECT = TESTS / "fixtures" / "photo_site"
GOLDEN = TESTS / "fixtures" / "photo_site.ik2.json"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--python", required=True, help="a Python 2.7 that has django-imagekit 2")
    parser.add_argument("--packages", help="folder with its packages, where they lie apart")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    options = parser.parse_args(arguments)

    made = probe(options.python, options.packages)
    imagekit = json.loads(made)["versions"]["imagekit"]
    if not imagekit.startswith("2."):
        print(f"{options.python} has django-imagekit {imagekit}, not 2.x", file=sys.stderr)
        return 2
    if options.check:
        same = GOLDEN.exists() and GOLDEN.read_bytes() == made
        print(f"{GOLDEN.name}: {'as before' if same else 'differs'}")
        return 0 if same else 1
    GOLDEN.write_bytes(made)
    print(f"{GOLDEN.name}: written")
    return 0


def probe(python: str, packages: str | None) -> bytes:
    """Runs ``probe_site.py`` under the old interpreter and gives the JSON as it wrote it."""
    environment = {**os.environ, "PYTHONHASHSEED": "0"}  # file name extensions come out of dicts
    if packages:
        environment["PYTHONPATH"] = os.path.abspath(packages)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "probe.json")
        subprocess.run(
            [python, "-B", TESTS / "probe_site.py", PROJECT, "settings.dev", output],
            env=environment,
            check=True,
        )
        return output.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
