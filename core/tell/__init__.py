"""Telling people by mail what is due: a mission says what, this package says it once."""
