"""Facts: what happened. Appended or upserted by key, never edited by hand; kept as Delta tables."""
