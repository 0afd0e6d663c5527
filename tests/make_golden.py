"""
Makes the ``*.ik2.json`` of the fixtures again: what ImageKit 2 makes of the demonstration project and of the sites.

    python tests/make_golden.py --python PATH_TO_PYTHON_2.7 [--packages FOLDER] [--check] [SITE]...

ImageKit 2 runs on Python 2.7 only, which few machines still have, so its results are kept in the
repository and the tests compare a migrated project with them. One has to be made anew when its
project changes, all when ``probe_site.py`` does; an environment that can do it:

    Django==1.5.12 django-appconf==1.0.3 django-imagekit==2.0.4 Pillow==6.2.2 six

Another Pillow gives pictures that differ by a shade, so keep to that one to see real changes only.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from equivalence import ProbeFailed, Site, probe, sites


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--python", required=True, help="a Python 2.7 that has django-imagekit 2")
    parser.add_argument("--packages", default="", help="folder with its packages, where they lie apart")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    parser.add_argument("names", metavar="SITE", nargs="*", help="the name of a site; all where none is given")
    options = parser.parse_args(arguments)

    wanted = [site for site in sites() if not options.names or site.name in options.names]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(lambda site: remake(site, options.python, options.packages, options.check), wanted)
        return max(done, default=2)


def remake(site: Site, python: str, packages: str, check: bool) -> int:
    """Makes one result, and says what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "probe.json")
        try:
            made = probe(site.folder, site.settings, output, python, os.path.abspath(packages) if packages else "")
        except ProbeFailed as error:
            print(f"{site.name}: {error}", file=sys.stderr)
            return 2
        content = output.read_bytes()
    imagekit = made["versions"]["imagekit"]
    if not imagekit.startswith("2."):
        print(f"{python} has django-imagekit {imagekit}, not 2.x", file=sys.stderr)
        return 2
    same = site.golden.exists() and site.golden.read_bytes() == content
    if not check:
        site.golden.write_bytes(content)
    print(f"{site.golden.name}: {'as before' if same else 'differs' if check else 'written'}")
    return int(check and not same)


if __name__ == "__main__":
    sys.exit(main())
