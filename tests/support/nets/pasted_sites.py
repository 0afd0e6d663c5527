"""Whether a site shows the images of ImageKit 2 once all suggestions are pasted into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from equivalence import Site, accepted, compare, golden, probe
from interpreters import INSTALLED, Interpreter, JobFailed

from nets.pasting import Failure, paste_all

SITES = (
    *("chain_called", "chain_names", "fit_sizes", "folder_from_settings", "implicit_sources", "inline_storage"),
    *("look_alikes", "passed_on", "photo_site", "stored_by_call"),
    # With receivers only.
    *("abstract_models", "arguments", "formats", "same_names"),
)
"""The sites for which something is suggested beside the receivers that all sites are shown, and some others."""


def image_failures(names: Iterable[str] = SITES) -> list[Failure]:
    """Return the sites whose images differ, without a reason that is accepted."""
    interpreter = Interpreter(INSTALLED)
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return [failure for found in pool.map(partial(_of_site, interpreter), names) for failure in found]
    finally:
        interpreter.close()


def _of_site(interpreter: Interpreter, name: str) -> list[Failure]:
    site = Site(name)
    files = {
        path.relative_to(site.folder).as_posix(): path.read_bytes()
        for path in sorted(site.folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    pasted = paste_all(name, files, unsafe_fixes=False)
    with tempfile.TemporaryDirectory(prefix="ik-migrate-site-") as temporary:
        folder = Path(temporary, "site")
        for path, data in pasted.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        try:
            after = probe(interpreter, folder, site.settings, Path(temporary, "probe.json"))
        except JobFailed as error:
            return [Failure("the site does not load", name, str(error).splitlines()[-1])]
    wrong = [difference for difference in compare(site, golden(site), after) if not accepted(difference)]
    fields = sorted({difference.field for difference in wrong})
    return [
        Failure("other images", f"{name} {field}", str(next(item for item in wrong if item.field == field)))
        for field in fields
    ]
