"""The parts of the register's screen, a folder each."""
