"""People, roles, sessions, the gate."""
