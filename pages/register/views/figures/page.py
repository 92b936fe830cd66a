"""The register in figures, with the data of ended treatments that should be gone."""

from functools import partial

from core.base.i18n import _, show_number
from core.records.collection import Collection
from core.store.engine import store
from core.ui.collection import figures
from core.ui.collection.ways import go_to
from core.ui.screen import Screen
from pages.register import abouts
from pages.register.figures import run_out
from pages.register.model import TREATMENT


def draw(s: Screen, collection: Collection) -> None:
    """What should be erased by now, where there is something, then the common figures."""
    if collection.kind != TREATMENT.kind:
        figures.draw(s, collection)
        return
    with store().read() as connection:
        ended, lists = run_out.over(connection, s.now, s.person.scope.squads), collection.lists(connection)
    if ended:
        s.table(
            run_out.frame(ended, lists),
            title=_("Retention run out"),
            columns=run_out.columns(),
            about=abouts.RUN_OUT,
            name="run-out",
            on_open=go_to,
        )
    number = partial(s.figure, _("Retention run out"), show_number(len(ended)), abouts.RUN_OUT)
    figures.draw(s, collection, first=number)
