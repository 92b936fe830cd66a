"""What the mission writes: called by a command."""
