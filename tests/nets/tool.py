"""All that the nets use of ik-migrate: its Python API."""

from ik_migrate import Applicability, Finding, Options, Place, Report, apply, scan

__all__ = ["Applicability", "Finding", "Options", "Place", "Report", "apply", "scan"]
