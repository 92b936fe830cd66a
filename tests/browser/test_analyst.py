"""The analyst's walk: what the README tells to write is read, run by the calendar, and stands on the screens."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.base.settings import ROOT
from core.people.person import Role
from core.run import declare as declared
from core.run import sync
from tests.browsing import Profiles
from tests.conftest import housed
from tests.declaring import declare
from tests.servers import Server, serving

FILE = """N° de remboursement;Payé le;Montant
R1;17/11/2026 10:00;10,50 €
r1 ;19/11/2026 10:00;10,50 €
R2;19/11/2026 11:00;
R3;19/11/2026 12:00;7
R4;19/11/2026 13:00;100
R5;31/02/2026;8
"""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Server]:
    """A Vigie of which nothing is declared."""
    with serving(tmp_path) as running:
        yield running


def test_a_table_and_a_check_of_one_page_of_yaml_each_stand_on_the_board_down_to_their_rows(
    empty: Server, profiles: Profiles, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for kind, name in (("extracts", "reimbursements"), ("checks", "reimbursed_twice")):
        (text,) = re.findall(rf"`{kind}/{name}\.yml`:\n\n```yaml\n(.*?)```", readme, re.S)
        declare(empty.data, kind, name, text)
    (empty.data / "incoming").mkdir()
    (empty.data / "incoming" / "reimbursements.csv").write_text(FILE, encoding="utf-8")
    with housed(empty.data):
        assert declared.main(["check"]) == 0
        assert declared.main(["try", "reimbursements"]) == 0
        assert "lignes qui seraient lues 5, refusées 1." in capsys.readouterr().out
        sync.run()
        assert declared.main(["try", "reimbursed_twice"]) == 0
        assert "today\u202f: 4 = 1 déjà remboursé + 1 sans montant + 2 nouveau" in capsys.readouterr().out

    with profiles.visiting(empty) as one:
        page = one.sign_in(Role.LEAD, "/checks")
        expect(page.get_by_text(re.compile(r"1 contrôle\s: 1 KO"))).to_be_visible()
        one.go("/checks?check=reimbursed_twice&tab=rows&outcome=twice")
        expect(page.get_by_text("today\u202f: 4 = 1 déjà remboursé + 1 sans montant + 2 nouveau")).to_be_visible()
        expect(page.get_by_text("before\u202f: 1 = 1 déjà remboursé")).to_be_visible()
        expect(page.get_by_role("heading", name="Lignes", exact=True)).to_be_visible()
        assert one.grave_findings() == []

        one.go("/checks?check=reimbursed_twice&tab=definition")
        draft = page.get_by_label("Le contrôle tel que vous le voulez")
        draft.fill(draft.input_value().replace("today.amount IS NULL", "today.amount IS NULL OR today.amount < 50"))
        page.get_by_role("button", name="L’essayer sur les deux dernières semaines").click()
        moves = re.compile(r"nouveau → sans montant\s: 2 \(R1, 17 nov\. 2026, R3, 19 nov\. 2026\)")
        expect(page.get_by_text(moves)).to_be_visible()
    assert one.outside == []
