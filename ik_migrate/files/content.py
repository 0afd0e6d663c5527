"""Bytes that a frozen dataclass holds, or that lie in a store until somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ik_migrate.files.store import Stored


class Content:
    """A field of a frozen dataclass for bytes that may lie in a `store.Store`."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, instance: object, owner: type | None = None) -> bytes:
        if instance is None:
            # What a dataclass takes for the default.
            return b""
        value: bytes | Stored = vars(instance)[self._name]
        return value if isinstance(value, bytes) else value.read()

    def __set__(self, instance: object, value: bytes | Stored) -> None:
        # A dataclass hands on this very object where no value is given.
        vars(instance)[self._name] = b"" if isinstance(value, Content) else value
