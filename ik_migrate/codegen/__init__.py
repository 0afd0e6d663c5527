"""Generated code: calls, imports, spec classes, suggestions."""
