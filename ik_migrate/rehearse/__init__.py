"""The whole upgrade on a copy of the project: rewritten, run under both versions, compared."""
