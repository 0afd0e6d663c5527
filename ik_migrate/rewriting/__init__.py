"""From findings to text: edits, imports, calls, and the code of spec classes."""
