"""What people do on the screen of the night, each in the transaction that it is given."""
