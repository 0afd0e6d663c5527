"""Write what the rules make of their fixtures into them; read the differences before you commit them.

``python tests/support/update_rule_cases.py [RULE[/CASE] ...]``: without arguments, of all rules.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from case_runner import FIXTURES, Case, load_cases, read_tree, write_tree

from ik_migrate import api


def main(wanted: list[str]) -> None:
    """Update some cases."""
    for case in load_cases():
        if not wanted or case.rule in wanted or case.id in wanted:
            _update(case)


def _update(case: Case) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tree(case.before, folder)
        report = api.apply([folder], case.options, base=folder)
        after = read_tree(folder)
    left = [
        [finding.path, finding.location.line, finding.rule.code, finding.applicability.value]
        for result in report.results
        for finding in result.findings
        if finding not in result.applied and not finding.rule.once_per_project
    ]
    home = FIXTURES / case.id
    if (home / "before.py").exists():
        _write(home / "after.py", after["models.py"] if after != case.before else None)
    else:
        for path, data in after.items():
            _write(home / "after" / path, data if data != case.before[path] else None)
    lines = ",\n  ".join(json.dumps(item) for item in sorted(left))
    _write(home / "findings.json", f"[\n  {lines}\n]\n".encode() if left else None)


def _write(path: Path, data: bytes | None) -> None:
    """Write a file, or remove it."""
    if data is None:
        path.unlink(missing_ok=True)
    elif not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
