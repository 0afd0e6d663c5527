"""Many files: one after the other or in several processes, with progress and questions."""
