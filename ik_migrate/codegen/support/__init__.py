"""The support module that migrated projects get: its template, and what a project needs of it."""
