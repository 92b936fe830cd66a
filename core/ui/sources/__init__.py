"""The machinery of the screen of sources: readings that go on, sources that people set up, files that they drop."""
