"""Failures as people see them: one sentence and a reference; everything else goes to the log."""

import logging
import secrets

import streamlit as st
from streamlit import logger

from core.base import log as lines
from core.base.errors import VigieError
from core.base.i18n import _
from core.ui.words import plain

log = logging.getLogger("vigie.screen")


def begin() -> None:
    """Streamlit's own errors go to the log as Vigie's do: it would write a long value that a browser sent whole, and as
    lines of its own."""
    logger.setup_formatter = lines.join
    logger.update_formatter()


def noted(error: Exception) -> tuple[str, str]:
    """Log an error; give the sentence for the person, and the one that names its reference in the log."""
    reference = secrets.token_hex(3).upper()
    if isinstance(error, VigieError):
        log.warning("%s %s: %s", reference, type(error).__name__, error.detail or error.sentence, exc_info=error)
        sentence = error.sentence
    else:
        log.exception("%s unexpected error", reference, exc_info=error)
        sentence = _("Something went wrong on this screen. The rest of Vigie works.")
    return sentence, _("Reference for support: {reference}").format(reference=reference)


def tell(error: Exception) -> None:
    """Show it where it happened."""
    sentence, reference = noted(error)
    st.error(f"{plain(sentence)}  \n:small[{reference}]")
