"""The rules of missions: data in YAML, read in one way, and changed by a file in the data folder."""
