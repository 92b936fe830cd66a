"""What the mission writes: each function is called by a command, or through the door of a screen that checks rights."""
