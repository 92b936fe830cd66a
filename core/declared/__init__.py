"""Declared data: what an analyst adds with SQL and a page of YAML, without Python."""
