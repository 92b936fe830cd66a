"""The router (Melusine): how well it places tasks, and examples that teach it."""
