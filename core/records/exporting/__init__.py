"""Records as files to hand over: tables, PDF, and what takes long in a process of its own."""
