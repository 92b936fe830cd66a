"""What the README tells an analyst to write works as it is written."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

from core.base.settings import ROOT
from core.people.person import EVERYTHING
from core.run import declare, sync
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
    (data / "incoming").mkdir()
    (data / "incoming" / "reimbursements.csv").write_text(FILE, encoding="utf-8")
    store().upgrade()
    sync.run()
    freeze(datetime(2026, 11, 6, 7, tzinfo=UTC))
    with store().read() as connection:
        (one,) = published.every(connection, EVERYTHING)
    assert (one.month, one.values[0]["value"]) == (date(2026, 10, 1), 1300.0)
