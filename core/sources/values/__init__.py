"""What a cell means: moments, days, durations, amounts, flags, zones."""
