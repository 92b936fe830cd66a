"""The register's screen: what it shows, and to whom."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.base import clock
from core.base.i18n import local
from core.base.settings import ROOT, settings
from core.facts.lake import lake
from core.facts.reads import READS
from core.people import accounts, grants
from core.people.person import Role
from core.records import acts, records
from core.records.importing import bringing
from core.records.records import Record
from core.store.engine import store
from pages.pipelines import demo as pipelines
from pages.pipelines.facts import PIPELINE_RUNS
from pages.register.acts.ship import ship
from pages.register.collection import PROCESSINGS, TREATMENTS
from pages.register.lists import REGISTERS
from pages.register.tests.samples import WHOLE
from pages.register.workflow import VALIDATE, Action

PAGE = str(ROOT / "pages/register/page.py")
SignIn = Callable[[Role], None]


def opened(sign_in: SignIn, role: Role) -> AppTest:
    store().upgrade()
    ship()
    sign_in(role)
    return AppTest.from_file(PAGE, default_timeout=120).run()


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.LEAD, Role.DUTY, Role.INSPECTOR, Role.ADMIN])
def test_the_treatments_are_shown(sign_in: SignIn, role: Role) -> None:
    page = opened(sign_in, role)
    assert not page.exception
    assert not page.error
    assert page.title[0].value == "Registre des traitements"
    refs = ["VIGIE-ASTREINTE", "VIGIE-COMPTES", "VIGIE-JOURNAL", "VIGIE-KPI", "VIGIE-ROUTAGE", "VIGIE-VISITES"]
    assert list(page.dataframe[0].value.iloc[:, 0]) == refs


def test_a_squads_people_are_told_that_it_is_not_open_to_them(sign_in: SignIn) -> None:
    page = opened(sign_in, Role.SQUAD)
    assert page.title[0].value == "Cette page ne vous est pas ouverte"
    assert not page.dataframe


PARTS = ["list", "figures", "past", "import", "files", "organisation", "lists"]


def part(sign_in: SignIn, role: Role, **address: str) -> AppTest:
    """A part of the screen, opened by its address."""
    store().upgrade()
    ship()
    sign_in(role)
    page = AppTest.from_file(PAGE, default_timeout=120)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.INSPECTOR])
@pytest.mark.parametrize("name", PARTS)
def test_every_part_opens_by_its_address(sign_in: SignIn, role: Role, name: str) -> None:
    page = part(sign_in, role, part=name)
    assert not page.exception
    assert not page.error


def test_only_compliance_is_offered_the_inspection_file(sign_in: SignIn) -> None:
    assert any("Dossier de contrôle" in one.value for one in part(sign_in, Role.COMPLIANCE, part="files").markdown)
    assert not any("Dossier de contrôle" in one.value for one in part(sign_in, Role.INSPECTOR, part="files").markdown)


def test_the_inspection_file_is_made_apart_followed_and_handed_over(sign_in: SignIn) -> None:
    page = part(sign_in, Role.COMPLIANCE, part="files")
    page.button(key="register.making.treatment.inspection.begin").click().run()
    assert not page.exception
    making = page.session_state["register.making.treatment.inspection"]
    [stop] = [one for one in page.button if one.label == "Arrêter"]
    stop.click().run()
    making.wait(60)
    page.run()
    assert [one.value.startswith("Le fichier n’a pas été fait") for one in page.error] == [True]
    page.button(key="register.making.treatment.inspection.begin").click().run()
    page.session_state["register.making.treatment.inspection"].wait(120)
    page.run()
    assert not page.exception
    assert not page.error
    [handed] = [one for one in page.get("download_button") if "Dossier de contrôle" in one.proto.label]
    assert handed.proto.label.startswith("Dossier de contrôle (.zip), ")


def test_a_large_file_is_compared_and_written_apart(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "LARGE", 1)
    page = part(sign_in, Role.COMPLIANCE, part="import")
    page.file_uploader[0].set_value(("a.csv", "Nom\nVerger partagé\n".encode(), "text/csv")).run()
    with store().read() as connection:
        officer = accounts.existing(connection, Role.COMPLIANCE.value).person.id
        before = len(records.refs(connection, "treatment"))
    page.session_state[f"register.comparing.{officer}"].wait(60)
    page.run()
    assert [one.value for one in page.markdown if "nouveau" in one.value] == ["**1 nouveau · 6 absentes du fichier**"]
    page.button(key="register.import").click().run()
    page.session_state[f"register.writing.{officer}"].wait(60)
    page.run()
    assert not page.exception
    assert not page.error
    assert [one.value for one in page.success] == ["Importé. Ajouts\u202f: `1`, modifications\u202f: `0`."]
    assert f"register.comparing.{officer}" not in page.session_state
    with store().read() as connection:
        assert len(records.refs(connection, "treatment")) == before + 1


def test_an_import_is_chosen_looked_at_and_taken_back(sign_in: SignIn) -> None:
    page = part(sign_in, Role.COMPLIANCE, part="import")
    assert [box.label for box in page.selectbox] == []
    with store().write() as connection:
        acts.ship(connection, TREATMENTS, [{"name": "Cantine", "ref": "C-1"}], action="import")
    page.run()
    [box] = [box for box in page.selectbox if box.label == "Annuler une importation"]
    box.select_index(0).run()
    assert any("À retirer\u202f: 1 traitement." in one.value for one in page.markdown)
    next(one for one in page.button if one.label == "Annuler cette importation").click().run()
    assert not page.exception
    assert [one.value for one in page.success] == ["L’importation est annulée."]
    assert not page.selectbox
    with store().read() as connection:
        found = records.named(connection, "treatment", "C-1 retirée")
    assert (found.title, found.state) == ("Cantine", "archived")


def test_that_nobody_or_one_person_may_validate_is_said(sign_in: SignIn) -> None:
    page = part(sign_in, Role.COMPLIANCE, part="lists")
    assert page.warning


def added(**content: Any) -> Record:
    """A draft of the compliance officer's."""
    with store().write() as connection:
        officer = accounts.existing(connection, Role.COMPLIANCE.value).person.id
        return acts.add(connection, TREATMENTS, officer, {"name": "Paie", **content})


def test_four_spellings_of_a_recipient_are_shown_as_what_they_may_be(sign_in: SignIn) -> None:
    store().upgrade()
    ship()
    for name in ("Alpha", "alpha", "Alpha France", "A.L.P.H.A."):
        added(name=f"Gestion {name}", recipients=[{"name": name, "type": "external"}])
    page = part(sign_in, Role.COMPLIANCE, part="figures")
    assert not page.exception
    [found] = [one.value for one in page.dataframe if "said" in one.value]
    assert found.values.tolist() == [
        ["Destinataire\u202f: A.L.P.H.A.", "A.L.P.H.A. (1), Alpha (1), Alpha France (1), alpha (1)"]
    ]


def labels(page: AppTest) -> list[str]:
    """What a record is asked on a screen."""
    asked: list[Any] = [*page.text_input, *page.text_area, *page.selectbox, *page.multiselect, *page.date_input]
    return [one.label for one in asked if one.label != "Pourquoi"]


def test_where_one_person_may_validate_the_record_in_review_names_the_problem(sign_in: SignIn) -> None:
    store().upgrade()
    with store().write() as connection:
        grants.give(connection, who="test", name=Role.COMPLIANCE.value, right=VALIDATE)
        officer = accounts.existing(connection, Role.COMPLIANCE.value).person.id
        record = acts.add(connection, TREATMENTS, officer, WHOLE)
        acts.step(connection, TREATMENTS, officer, record.id, record.version, Action.SUBMIT)
    page = part(sign_in, Role.COMPLIANCE, record=record.ref)
    said = [one.value.replace("\\", "") for one in page.caption]
    assert any(one.startswith("« Valider » : qui l’a modifiée depuis la dernière") for one in map(plain_spaces, said))
    assert any("Inès Moreau" in one for one in said)
    [validate] = [one for one in page.button if one.label == "Valider"]
    assert validate.disabled


def plain_spaces(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_an_assessment_that_is_called_for_asks_its_date_or_the_reason_and_opinion_of_a_departure(
    sign_in: SignIn,
) -> None:
    few = added(aipd_criteria=["scoring"], aipd_listed=[])
    made = added(aipd_criteria=["scoring", "large_scale"], aipd_departs=False)
    departed = added(aipd_criteria=["scoring", "large_scale"], aipd_departs=True)
    asked = {
        name: labels(part(sign_in, Role.COMPLIANCE, record=record.ref, section="aipd"))
        for name, record in (("few", few), ("made", made), ("departed", departed))
    }
    assert asked["few"] == ["Sur la liste des AIPD obligatoires de la CNIL", "Critères remplis"]
    assert "Date de l’AIPD · manquant" in asked["made"]
    assert "Lien vers l’AIPD · manquant" in asked["made"]
    assert {"Motif de l’écart · manquant", "Avis du DPO · manquant"} <= set(asked["departed"])
    assert not {"Date de l’AIPD · manquant"} & set(asked["departed"])


def test_the_processor_register_is_out_of_sight_until_it_is_switched_on(sign_in: SignIn) -> None:
    def registers(page: AppTest) -> list[str]:
        return [one for group in page.button_group if group.label == "Ensemble de fiches" for one in group.options]

    assert registers(opened(sign_in, Role.COMPLIANCE)) == [":blue[Registre des traitements]", "Sous-traitants"]
    with store().write() as connection:
        officer = accounts.existing(connection, Role.COMPLIANCE.value).person.id
        acts.change_value(connection, TREATMENTS, officer, REGISTERS, "processing", version=0, retired=False)
        ref = acts.add(connection, PROCESSINGS, officer, {"name": "Paie d’un tiers"}).ref
    assert len(registers(opened(sign_in, Role.COMPLIANCE))) == 3
    page = part(sign_in, Role.COMPLIANCE, kind="processing")
    assert list(page.dataframe[0].value.iloc[:, 0]) == [ref]
    for name in PARTS:
        page = part(sign_in, Role.COMPLIANCE, kind="processing", part=name)
        assert not page.exception
        assert not page.error
    page = part(sign_in, Role.COMPLIANCE, kind="processing", record=ref, section="purposes")
    assert not page.error
    assert any("Paie d’un tiers" in one.value for one in page.markdown)


def test_the_zones_that_a_treatment_reads_and_writes_are_chosen(sign_in: SignIn) -> None:
    record = added(zones_read=["ZA"])
    page = part(sign_in, Role.COMPLIANCE, record=record.ref, section="storage")
    [read] = [one for one in page.multiselect if one.label == "Zones lues"]
    assert (read.value, [one[:2] for one in read.options]) == (["ZA"], ["ZA", "ZT", "ZP", "ZM", "ZS"])


def test_a_pipeline_names_the_treatments_it_touches_and_they_show_its_state(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_DEMO", "1")
    settings.cache_clear()
    reads, runs = pipelines.story(7, clock.now(), length=60)
    lake().land(READS, reads)
    lake().land(PIPELINE_RUNS, runs)
    content = {"pipelines": ["indem_paiements_master"], "recipients": [{"name": "Trésorerie", "type": "internal"}]}
    record = added(name="Paiements d’indemnités", **content)
    now = local(clock.now())
    night = (now.date() - timedelta(days=int(now.hour < 7))).isoformat()
    sign_in(Role.DUTY)
    board = AppTest.from_file(ROOT / "pages/pipelines/page.py", default_timeout=120)
    board.query_params["night"] = night
    said = "\n".join(one.value for one in board.run().markdown).replace("\\", "")
    assert f"[{record.ref}, Paiements d’indemnités]" in said
    assert "Trésorerie" in said

    page = part(sign_in, Role.COMPLIANCE, record=record.ref, view="links")
    [told] = [one.value for one in page.markdown if "**Pipeline**" in one.value]
    assert "-badge[" in told
    assert f"/pipelines?night={now.date()}" in told  # the night that ends today, be it still under way


def test_an_inspector_reads_a_record_without_a_widget_to_fill(sign_in: SignIn) -> None:
    page = part(sign_in, Role.INSPECTOR, record="VIGIE-COMPTES")
    assert not page.text_input
    assert not page.text_area
    assert any("Comptes des personnes" in one.value for one in page.markdown)


def test_a_record_that_does_not_exist_is_said_in_a_sentence(sign_in: SignIn) -> None:
    page = part(sign_in, Role.COMPLIANCE, record="T-9999")
    assert not page.exception
    assert "n’existe pas" in page.error[0].value


def named(page: AppTest, start: str) -> Any:
    """The one button whose label begins so."""
    [button] = [one for one in page.button if one.label.replace("\\", "").startswith(start)]
    return button


def test_a_record_is_filled_section_after_section_and_what_was_typed_waits_and_is_named_in_the_list(
    sign_in: SignIn,
) -> None:
    store().upgrade()
    record = added()
    page = part(sign_in, Role.COMPLIANCE, record=record.ref)
    assert not [one.label for one in page.button if one.label.startswith("Précédent")]
    [description] = [one for one in page.text_area if one.label == "Description du traitement"]
    description.input("Calcul de la paie")
    named(page, "Suivant").click()
    page.run()
    assert page.query_params["section"] == "actors"
    named(page, "Suivant").click().run()
    assert page.subheader[0].value == "Finalités"
    assert plain_spaces(named(page, "Précédent").label) == "Précédent : Acteurs (4)"
    assert plain_spaces(named(page, "Suivant").label) == "Suivant : Données personnelles (3)"
    assert any("1 modification non enregistrée" in one.value for one in page.markdown)

    named(page, "La liste").click().run()
    named(page, record.ref).click().run()
    [description] = [one for one in page.text_area if one.label == "Description du traitement"]
    assert description.value == "Calcul de la paie"
    named(page, "Enregistrer").click().run()
    named(page, "La liste").click().run()
    assert not any("Gardé pour vous" in one.value for one in page.markdown)


def test_an_inspector_reads_the_whole_record_and_is_offered_nothing_that_is_not_theirs(sign_in: SignIn) -> None:
    page = part(sign_in, Role.INSPECTOR, record="VIGIE-COMPTES")
    assert [one.value for one in page.subheader] == [
        "Identification", "Acteurs", "Finalités", "Données personnelles", "Personnes concernées", "Destinataires",
        "Transferts hors UE", "Sécurité", "Stockage", "Information et droits", "Analyse d’impact (AIPD)", "Liens",
        "Suivi",
    ]  # fmt: skip
    assert {one.label for one in page.button} == {":material/menu_book:", "La liste"}
    others = part(sign_in, Role.INSPECTOR, part="import")
    assert not any("Importer" in group.options for group in others.button_group)
    assert others.dataframe


def test_a_collection_without_a_record_says_how_to_begin_and_filters_say_that_nothing_passes(sign_in: SignIn) -> None:
    page = part(sign_in, Role.COMPLIANCE, kind="processor")
    assert [plain_spaces(one.value) for one in page.info] == [
        "Aucune fiche encore : « Ajouter » en commence une, « Importer » reprend celles d’un fichier."
    ]
    page = part(sign_in, Role.COMPLIANCE, words="introuvable")
    assert [one.value for one in page.info] == ["Aucune fiche ne passe ces filtres."]


def test_the_columns_of_a_list_are_chosen_in_an_order_and_kept_for_the_person(sign_in: SignIn) -> None:
    def shown(page: AppTest) -> list[str]:
        return list(page.dataframe[0].value.columns)

    page = opened(sign_in, Role.INSPECTOR)
    assert shown(page)[:3] == ["ref", "title", "state"]
    page.session_state["register.treatments.columns"] = True
    page.run()
    [choice] = [one for one in page.multiselect if one.label == "Colonnes affichées, dans cet ordre"]
    choice.set_value(["author", "title"]).run()
    assert shown(page) == ["ref", "author", "title"]
    assert shown(opened(sign_in, Role.INSPECTOR)) == ["ref", "author", "title"]
    assert shown(opened(sign_in, Role.LEAD))[:3] == ["ref", "title", "state"]
    choice.set_value([]).run()
    assert shown(opened(sign_in, Role.INSPECTOR))[:3] == ["ref", "title", "state"]


def test_what_is_done_to_every_record_stands_in_the_line_of_filters_above_the_list(sign_in: SignIn) -> None:
    page = opened(sign_in, Role.COMPLIANCE)
    kinds = [one.type for one in page.main]
    assert kinds.index("toggle") < kinds.index("dataframe")
