"""Make modules of the parts of the probe and start it.

The only part that runs as a script, on standard input. `probe_script` appends the call of `run` with all other parts.
"""

from __future__ import absolute_import, unicode_literals

import json
import linecache
import sys
import types

PACKAGE = "ik_migrate_probe"


def run(sent):
    """Load all parts and do what is requested.

    Arguments: a JSON object with ``parts``, pairs of name and source in the order of their imports, and ``request``.
    """
    sent = json.loads(sent)
    package = sys.modules[str(PACKAGE)] = types.ModuleType(str(PACKAGE))
    package.__path__ = []
    for name, source in sent["parts"]:
        load(name, source)
    sys.modules[str(PACKAGE + ".main")].main(sent["request"])


def load(name, source):
    """Make a module of one part."""
    full_name = str(PACKAGE + "." + name)
    module = sys.modules[full_name] = types.ModuleType(full_name)
    module.__package__ = str(PACKAGE)
    if hasattr(module, "__spec__"):  # Python 3: relative imports go by it
        from importlib.machinery import ModuleSpec

        module.__spec__ = ModuleSpec(full_name, None)
    file_name = "ik-migrate-probe/%s.py" % name
    # Tracebacks show the lines of the parts.
    linecache.cache[file_name] = (len(source), None, source.splitlines(True), file_name)
    exec(compile(source, file_name, "exec", 0, True), module.__dict__)
