"""What the screen of sources shows: their list, and the refused rows of the one that is picked."""
