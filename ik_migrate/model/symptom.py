"""How ``verify`` recognises that a difference comes from what a rule is about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Sign(Enum):
    """What the comparison of two images or fields can find out about the cause of a difference."""

    UPSCALED = auto()
    """An image is larger than its source now."""
    UPSCALED_ON_MAT = auto()
    """An image is larger than its source on a mat of the same size."""
    FORMAT_OF_SOURCE = auto()
    """The format differs, and the field says none."""
    LOWER_CASE_FORMAT = auto()
    """An image is transparent now, and the field has its format in lower case."""
    NAME_OF_SPEC_FILE = auto()
    """The name differs, and the source is a spec file."""
    NAME_FROM_CALLABLE = auto()
    """ImageKit's default name took the place of one that a callable chose."""
    NAME_IN_DIRECTORY = auto()
    """ImageKit's default name took the place of one in a directory that the field says."""
    DEFAULT_NAME = auto()
    """ImageKit's default name was and is used."""
    STORAGE_OF_FIELD = auto()
    """The storage differs, and the field had one."""
    STORAGE_OF_SOURCE = auto()
    """The storage differs, and the field had none."""
    MOMENT = auto()
    """Images are generated at another moment."""
    FIELD_GONE = auto()
    """A spec field is no longer there."""


@dataclass(frozen=True)
class ImageSymptom:
    """A difference between two images or fields.

    Args:
        sign: what the comparison finds.
        reason: what ImageKit 3 does differently, as a clause.
    """

    sign: Sign
    reason: str


@dataclass(frozen=True)
class ErrorSymptom:
    """An exception of the migrated project.

    Args:
        pattern: a regular expression of its message.
        reason: what ImageKit 3 does differently, as a clause.
        field_kind: the kind of field that it comes from, ``processed``; empty for any.
    """

    pattern: str
    reason: str
    field_kind: str = ""


Symptom = ErrorSymptom | ImageSymptom
