"""The missions: one folder each. Adding a mission adds a folder and touches nothing else."""
