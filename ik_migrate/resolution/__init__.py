"""Across files: what names and expressions stand for, and what the files say about the project as a whole."""
