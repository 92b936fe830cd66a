"""What the bytes of a file hold: text cells, or objects; in a process of its own where the reader is native code."""
