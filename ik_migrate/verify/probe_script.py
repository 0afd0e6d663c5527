"""Join the parts of the probe into one script, which the project's interpreter reads from standard input."""

from __future__ import annotations

import graphlib
import json
import re
from importlib import resources

_IMPORT = re.compile(r"^from \.(\w+) import", re.MULTILINE)


def probe_script(request: dict[str, object]) -> bytes:
    """Return the script, for Python 2.7 and 3.

    Args:
        request: what the probe is to do; see `ik_migrate.verify.probe.main`.
    """
    folder = resources.files("ik_migrate.verify.probe")
    files = {file.name.removesuffix(".py"): file for file in folder.iterdir() if file.name.endswith(".py")}
    sources = {name: file.read_text("utf-8") for name, file in sorted(files.items()) if name != "__init__"}
    loader = sources.pop("loader")
    order = graphlib.TopologicalSorter({name: sorted(_IMPORT.findall(source)) for name, source in sources.items()})
    sent = {"parts": [(name, sources[name]) for name in order.static_order()], "request": request}
    return f"{loader}\n\nrun({json.dumps(sent)!r})\n".encode("ascii")
