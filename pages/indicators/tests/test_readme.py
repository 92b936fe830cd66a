"""What the README tells an analyst to write works as it is written."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

from core.base.settings import ROOT
from core.mission.discovery import missions
from core.people.person import EVERYTHING
from core.run import declare, registry, sync
from core.sources.base import Source
from core.store.engine import store
from pages.indicators import published
from pages.indicators.acts.scheduled import freeze

FILE = "N° de remboursement;Payé le;Montant\nR1;05/10/2026;1 200,50 €\nR2;31/10/2026;99,50\nR3;02/11/2026;7\n"


def test_the_readme_s_table_and_indicator_are_read_looked_at_and_published(data: Path) -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    for kind, name in (("extracts", "reimbursements"), ("indicators", "reimbursed")):
        (text,) = re.findall(rf"`{kind}/{name}\.yml`:\n\n```yaml\n(.*?)```", told, re.S)
        (data / "declarations" / kind).mkdir(parents=True)
        (data / "declarations" / kind / f"{name}.yml").write_text(text, encoding="utf-8")
    assert declare.main(["check"]) == 0
    (data / "uploads").mkdir()
    (data / "uploads" / "r.csv").write_text(FILE, encoding="utf-8")
    store().upgrade()
    of = missions()["extracts"].connectors[0]
    columns = {"number": "N° de remboursement", "paid_at": "Payé le", "amount": "Montant"}
    options = of.options.model_validate({"path": "uploads/r.csv", "columns": columns})
    with store().write() as connection:
        registry.add(connection, Source("mine", "extracts", of.kind, options), who="test")
    sync.run(["mine"])
    freeze(datetime(2026, 11, 6, 7, tzinfo=UTC))
    with store().read() as connection:
        (one,) = published.every(connection, EVERYTHING)
    assert (one.month, one.values[0]["value"]) == (date(2026, 10, 1), 1300.0)
