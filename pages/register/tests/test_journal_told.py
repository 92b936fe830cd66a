"""The journal of a record reads as sentences: who did what, from which answer to which."""

from core.base.i18n import speaking
from core.records import acts, frames
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.tests.conftest import People
from pages.register.tests.samples import WHOLE
from pages.register.workflow import Action


def test_the_journal_of_a_record_reads_as_sentences(house: Store, people: People) -> None:
    with house.write() as connection:
        record = acts.add(connection, TREATMENTS, people["lea"], {"name": "Paie", "description": "Bulletins"})
        changed = {"description": "Paie du siège", "transfers": [], "purposes": WHOLE["purposes"], "squad": "RH"}
        record = acts.save(connection, TREATMENTS, people["ines"], record.id, 1, {**record.data, **changed})
        again = {"purposes": [{**WHOLE["purposes"][0], "legal_bases": ["contract"]}]}
        record = acts.save(connection, TREATMENTS, people["ines"], record.id, 2, {**record.data, **again})
        acts.step(connection, TREATMENTS, people["lea"], record.id, 3, Action.SUBMIT)
        acts.step(connection, TREATMENTS, people["lea"], record.id, 4, Action.SEND_BACK, why="à compléter")
    with house.read() as connection, speaking("en"):
        found = frames.audit(connection, TREATMENTS, record.id)
    told = list(zip(found["who"], found["action"], found["told"], found["why"].fillna(""), strict=True))
    assert told[:2] == [
        ("lea", "sent back", "State: in review → draft", "à compléter"),
        ("lea", "submitted for review", "State: draft → in review", ""),
    ]
    assert told[2][2] == "Purposes › Gestion de la paie › Legal basis: Legal obligation → Performance of a contract"
    assert told[3][:2] == ("ines", "changed")
    assert "Description of the treatment: Bulletins → Paie du siège" in told[3][2]
    assert "Transfers: No transfer outside the EU" in told[3][2]
    assert "Squad: RH" in told[3][2]
    assert told[4][:2] == ("lea", "added")
    assert "Name of the treatment: Paie" in told[4][2]
    assert not any(sign in text for _who, _action, text, _why in told for sign in ("{", "digest", "seal", "version"))
