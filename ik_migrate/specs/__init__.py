"""Spec fields as ImageKit 2 has them: the calls, what makes them, and the code that uses their files."""
