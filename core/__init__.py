"""The machinery of Vigie: it knows no mission."""

import os

# Slides bring lxml along, by which openpyxl would then read and write workbooks: it refuses some that the standard
# library's parser reads. To be said before openpyxl is first imported.
os.environ.setdefault("OPENPYXL_LXML", "False")
