"""Generate plausible ImageKit 2 projects: small, always the same for the same seed, as people write them.

`generate(seed)` is all that is needed. A project holds one application with its models, and whatever other module its
models import. Every project that is valid Python 2.7 runs under ImageKit 2.0.4.
"""

from generator.generate import generate
from generator.project import GeneratedProject

__all__ = ["GeneratedProject", "generate"]
