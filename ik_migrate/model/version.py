"""The version of ik-migrate."""

from __future__ import annotations

VERSION = "0.1.0"
