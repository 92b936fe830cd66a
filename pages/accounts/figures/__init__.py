"""What the screen of accounts shows: their list, and what changed of them."""
