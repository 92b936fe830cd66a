"""The rules of missions: data in YAML, read in one way, changed by a file in the data folder, and their versions."""
