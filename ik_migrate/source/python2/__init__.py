"""Python 2 source, made readable for the `ast` module of Python 3."""
