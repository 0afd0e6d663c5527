"""What the tests of whole projects share."""

from __future__ import annotations

import pytest


@pytest.fixture
def project(tmp_path):
    """Writes the files of a project, and gives the folder."""

    def write(files):
        for name, text in files.items():
            path = tmp_path / "site" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / "site"

    return write
