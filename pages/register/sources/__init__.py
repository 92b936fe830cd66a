"""Forms of others that people bring filled."""
