"""From a file that people bring to records, compared and written: sheets, mapping, match, plan, preview, apply."""
