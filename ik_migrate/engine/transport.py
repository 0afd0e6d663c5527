"""Send objects from one process to another.

Rules are sent as their codes: each process has the rules, and their texts are longer than the rest of a finding.
"""

from __future__ import annotations

import pickle
from functools import cache
from typing import IO, Any

from ik_migrate.model.rule import Rule


class _Packer(pickle.Pickler):
    def persistent_id(self, obj: object) -> object:
        if type(obj) is Rule:
            return obj.code
        return _ids_of_texts().get(obj) if type(obj) is str else None


class _Unpacker(pickle.Unpickler):
    def persistent_load(self, pid: Any) -> object:
        return _rules()[pid] if isinstance(pid, str) else getattr(_rules()[pid[0]], pid[1])


def send(stream: IO[bytes], message: object) -> None:
    """Write one object.

    Raises:
        OSError: when nobody reads any more.
    """
    _Packer(stream, pickle.HIGHEST_PROTOCOL).dump(message)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one object that `send` wrote; the other end is a process of ours.

    Raises:
        EOFError: when there is none any more.
    """
    return _Unpacker(stream).load()


def _rules() -> dict[str, Rule]:
    from ik_migrate.engine.registry import rules

    return rules()


@cache
def _ids_of_texts() -> dict[object, tuple[str, str]]:
    """Texts of rules that findings repeat."""
    return {getattr(rule, name): (code, name) for code, rule in _rules().items() for name in ("why", "help")}
