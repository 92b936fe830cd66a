"""What is written into the register beside its screens."""
