"""The figures of the register."""
