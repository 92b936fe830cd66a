"""The register as the files that an inspection asks for."""
