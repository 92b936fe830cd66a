"""The fonts of a PDF: embedded, so that every reader shows the same (DejaVu: Latin, Greek, Cyrillic, arrows, signs)."""

from functools import lru_cache

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from core.base.settings import ROOT

FONTS = ROOT / "core" / "show" / "fonts"
PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"


@lru_cache(maxsize=1)
def fonts() -> None:
    """Have reportlab know `PLAIN` and `BOLD`, and pack pages as they are: as letters they take a fifth more room and
    time. To be called before either is used."""
    rl_config.useA85 = 0
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
