"""Whether a site shows the same pictures after its migration: what it makes is recorded, and compared."""
