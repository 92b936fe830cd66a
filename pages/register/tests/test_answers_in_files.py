"""What people write into the cells of their own registers, and what it answers: no, not yet, a value, several."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.base.i18n import speaking
from core.records.row import Row
from pages.register.model import TREATMENT
from pages.register.tests import files

UNSAID = "unsaid"


def read(tmp_path: Path, columns: str, *values: str) -> Row:
    path = tmp_path / "a.csv"
    cells = (f'"{value.replace(chr(34), chr(34) * 2)}"' for value in values)
    path.write_text(
        f"Nom du traitement;Finalité;{columns}\nBadges;Ouvrir les portes;{';'.join(cells)}\n", encoding="utf-8"
    )
    with speaking("en"):
        [row] = files.rows(path, TREATMENT)
    assert row.refused == ""
    return row


def said(row: Row, name: str) -> Any:
    return json.loads(row.content).get(name, UNSAID)


SENSITIVE, TRANSFERS, JOINT = "Données sensibles", "Transferts hors UE", "Responsables conjoints"
RECIPIENTS, PERSONS, MEASURES, BASIS = "Destinataires", "Catégories de personnes", "Mesures de sécurité", "Base légale"
RETENTION = "Durée de conservation"


@pytest.mark.parametrize(
    ("column", "field", "text", "rest"),
    [
        (SENSITIVE, "sensitive_data", "Non concerné", ""),
        (SENSITIVE, "sensitive_data", "N/A (aucune collecte)", "aucune collecte"),
        (SENSITIVE, "sensitive_data", "Aucune donnée sensible collectée", ""),
        (SENSITIVE, "sensitive_data", "None processed", ""),
        (SENSITIVE, "sensitive_data", "Sans objet\nNon concerné", ""),
        (SENSITIVE, "sensitive_data", "Données sensibles : non", ""),
        (TRANSFERS, "transfers", "Aucun transfert hors UE", ""),
        (TRANSFERS, "transfers", "No transfer outside the EEA", ""),
        (TRANSFERS, "transfers", "Sans objet — aucun transfert à ce jour", "aucun transfert à ce jour"),
        (TRANSFERS, "transfers", "RAS", ""),
        (TRANSFERS, "transfers", "Pas de transfert vers un pays tiers", ""),
        (TRANSFERS, "transfers", "Non : hébergement en France", "hébergement en France"),
        (TRANSFERS, "transfers", "Il n’y a pas de transfert", ""),
        (JOINT, "joint_controllers", "Non applicable", ""),
        (JOINT, "joint_controllers", "Aucun responsable conjoint", ""),
        ("NIR", "nir", "Non collecté", ""),
        ("NIR", "nir", "NIR non utilisé", ""),
        (RECIPIENTS, "recipients", "Aucun.", ""),
        (TRANSFERS, "transfers", "Absence", ""),
        (TRANSFERS, "transfers", "Ne s'applique pas", ""),
        (TRANSFERS, "transfers", "Pas de transfert de données hors de l'Union européenne.", ""),
    ],
)
def test_words_that_say_no_are_an_explicit_none(tmp_path: Path, column: str, field: str, text: str, rest: str) -> None:
    row = read(tmp_path, column, text)
    assert said(row, field) == []
    assert [words for _label, words in row.left] == ([rest] if rest else [])


@pytest.mark.parametrize(
    ("column", "field", "text"),
    [
        (RECIPIENTS, "recipients", "Aucun sous-traitant"),
        (RECIPIENTS, "recipients", "Aucun ; Nimbus"),
        (SENSITIVE, "sensitive_data", "Aucune donnée de santé"),
        (TRANSFERS, "transfers", "Aucun transfert sauf États-Unis"),
        (TRANSFERS, "transfers", "Non, sauf Suisse"),
        (TRANSFERS, "transfers", "Les données ne sont pas transférées"),
        (TRANSFERS, "transfers", "Données hébergées en France, pas de transfert"),
        (MEASURES, "measures", "Sans objet"),
        (TRANSFERS, "transfers", "Les données restent en France"),
        (SENSITIVE, "sensitive_data", "Non significatif"),
        (RECIPIENTS, "recipients", "Personne d'autre"),
    ],
)
def test_a_no_that_may_deny_something_else_is_asked_for(tmp_path: Path, column: str, field: str, text: str) -> None:
    row = read(tmp_path, column, text)
    assert said(row, field) == UNSAID
    assert [words for _label, words in row.left] == [text]
    assert "seems to say no: answer it" in row.told[0]


@pytest.mark.parametrize(
    ("column", "field", "text"),
    [
        *(
            ("Sous-traitants", "recipients", text)
            for text in (
                "Gestion interne",
                "En interne",
                "Interne",
                "Géré par nos équipes",
                "Réalisé entièrement en interne",
                "Équipes internes",
                "Fait maison",
                "Non externalisé",
                "Handled in-house",
                "By our own staff",
                "Géré par la DSI",
            )
        ),
        ("Destinataires externes", "recipients", "Nos services"),
        (JOINT, "joint_controllers", "Géré en interne"),
        (TRANSFERS, "transfers", "Hébergé en interne"),
    ],
)
def test_who_does_a_thing_in_the_house_names_nobody_else_and_is_asked(
    tmp_path: Path, column: str, field: str, text: str
) -> None:
    row = read(tmp_path, column, text)
    assert said(row, field) == UNSAID
    assert [words for _label, words in row.left] == [text]
    assert "seems to say no: answer it" in row.told[0]


def test_a_processor_beside_words_for_the_house_is_one_and_a_name_that_holds_them_too(tmp_path: Path) -> None:
    row = read(tmp_path, "Sous-traitants;Destinataires internes", "Nimbus ; gestion interne\nInterne SA", "Nos équipes")
    assert said(row, "recipients") == [
        {"type": "processors", "name": "Nimbus"},
        {"type": "processors", "name": "Interne SA"},
        {"type": "internal", "name": "Nos équipes"},
    ]
    assert [words for _label, words in row.left] == ["gestion interne"]


@pytest.mark.parametrize(
    ("column", "field", "text", "wanted"),
    [
        (PERSONS, "persons", "Non-salariés", {"category": "others", "detail": "Non-salariés"}),
        (MEASURES, "measures", "Aucun accès sans badge", {"type": "other", "detail": "Aucun accès sans badge"}),
        (RECIPIENTS, "recipients", "Sans Souci SAS", {"name": "Sans Souci SAS"}),
        (RECIPIENTS, "recipients", "Pas-de-Calais Habitat", {"name": "Pas-de-Calais Habitat"}),
        (RECIPIENTS, "recipients", "SO Bâtiment", {"name": "SO Bâtiment"}),
        (RECIPIENTS, "recipients", "Non Stop Média", {"name": "Non Stop Média"}),
    ],
)
def test_a_name_that_begins_like_a_no_is_a_value(
    tmp_path: Path, column: str, field: str, text: str, wanted: Any
) -> None:
    assert said(read(tmp_path, column, text), field) == [wanted]


@pytest.mark.parametrize(
    ("column", "field", "text"),
    [
        (MEASURES, "measures", "Non renseigné"),
        (RECIPIENTS, "recipients", "À compléter"),
        (RETENTION, "data_categories", "À définir"),
        (RETENTION, "data_categories", "(à préciser avec le RSSI)"),
        (TRANSFERS, "transfers", "À vérifier"),
        (SENSITIVE, "sensitive_data", "TBD"),
        ("Sous-traitants", "recipients", "À confirmer avec les achats"),
        ("Données de santé", "sensitive_data", "À vérifier"),
    ],
)
def test_words_for_not_yet_are_no_answer_and_told(tmp_path: Path, column: str, field: str, text: str) -> None:
    row = read(tmp_path, column, text)
    assert said(row, field) == UNSAID
    assert text in row.told[0]
    assert row.unknown == ()


@pytest.mark.parametrize(
    ("column", "field", "text"),
    [
        (TRANSFERS, "transfers", "voir annexe 2"),
        (TRANSFERS, "transfers", "Hors UE"),
        (RECIPIENTS, "recipients", "Idem"),
        (MEASURES, "measures", "cf. PSSI"),
        ("NIR", "nir", "Selon le cas"),
        (SENSITIVE, "sensitive_data", "Pas systématiquement"),
        (SENSITIVE, "sensitive_data", "Potentiellement (arrêts maladie)"),
        (TRANSFERS, "transfers", "Possible (support 24/7 Microsoft)"),
        (RECIPIENTS, "recipients", '"'),
        ("Responsable du traitement", "controller", "″"),
    ],
)
def test_what_points_elsewhere_depends_or_repeats_the_question_is_no_answer(
    tmp_path: Path, column: str, field: str, text: str
) -> None:
    row = read(tmp_path, column, text)
    assert said(row, field) == UNSAID
    assert [words for _label, words in row.left] == [text]


@pytest.mark.parametrize("text", ["Voir les stocks", "Voirie communale", "Éventuelles relances"])
def test_words_that_only_begin_like_a_pointer_are_a_value(tmp_path: Path, text: str) -> None:
    assert said(read(tmp_path, RECIPIENTS, text), "recipients") == [{"name": text}]


@pytest.mark.parametrize(
    ("text", "bases", "detail"),
    [
        ("Exécution du contrat", ["contract"], None),
        ("Art. 6.1.b", ["contract"], None),
        ("6(1)(f)", ["legitimate_interests"], None),
        ("article 6, paragraphe 1, point e) du RGPD", ["public_task"], None),
        ("Art 6 c", ["legal_obligation"], None),
        ("Intérêts légitimes de la mutuelle", ["legitimate_interests"], "Intérêts légitimes de la mutuelle"),
        ("6(1)(c) - obligation légale", ["legal_obligation"], None),
        ("Obligation légale (Code du travail)", ["legal_obligation"], "Code du travail"),
        ("Obligations légales et consentement", ["legal_obligation", "consent"], None),
    ],
)
def test_a_legal_basis_is_known_as_people_write_it(
    tmp_path: Path, text: str, bases: list[str], detail: str | None
) -> None:
    row = read(tmp_path, BASIS, text)
    assert said(row, "purposes") == [
        {"name": "Ouvrir les portes", "legal_bases": bases, **({"legal_detail": detail} if detail else {})}
    ]
    assert (row.told, row.left, row.unknown) == ((), (), ())


def of(code: str, **more: str) -> dict[str, str]:
    return {"category": code, **more}


@pytest.mark.parametrize(
    ("column", "field", "text", "wanted"),
    [
        (PERSONS, "persons", "Salarié\nAssuré\nProspect", [of("employees"), of("clients"), of("prospects")]),
        (PERSONS, "persons", "Salarié(e)s, candidat·e·s", [of("employees"), of("candidates")]),
        (PERSONS, "persons", "Salariés en CDI", [of("employees", detail="Salariés en CDI")]),
        (
            SENSITIVE,
            "sensitive_data",
            "Santé (arrêts de travail)",
            [of("health", description="arrêts de travail")],
        ),
        (SENSITIVE, "sensitive_data", "Oui : santé", [of("health")]),
        (SENSITIVE, "sensitive_data", "Oui (santé)", [of("health")]),
        (SENSITIVE, "sensitive_data", "Données de santé ; NIR", [of("health")]),
        (
            RECIPIENTS,
            "recipients",
            "Nimbus (sous-traitant — impression)",
            [{"name": "Nimbus", "type": "processors", "detail": "impression"}],
        ),
        (RECIPIENTS, "recipients", "Sous-traitant : Nimbus", [{"name": "Nimbus", "type": "processors"}]),
        (RECIPIENTS, "recipients", "RH, URSSAF, Nimbus", [{"name": "RH"}, {"name": "URSSAF"}, {"name": "Nimbus"}]),
        (RECIPIENTS, "recipients", "Nimbus, Inc.", [{"name": "Nimbus, Inc."}]),
        (
            RECIPIENTS,
            "recipients",
            "La direction des achats, qui transmet les pièces",
            [{"name": "La direction des achats, qui transmet les pièces"}],
        ),
        (MEASURES, "measures", "Chiffrement, sauvegarde", [{"type": "encryption"}, {"type": "backup"}]),
        (
            "Catégories de données",
            "data_categories",
            "Identité, vie professionnelle",
            [of("identity"), of("professional_life")],
        ),
        (
            MEASURES,
            "measures",
            "Accès restreint (habilitations revues ; deux fois par an) au coffre",
            [{"type": "other", "detail": "Accès restreint (habilitations revues ; deux fois par an) au coffre"}],
        ),
        (TRANSFERS, "transfers", "Nimbus Inc (États-Unis)", [{"recipient": "Nimbus Inc", "country": "US"}]),
        (TRANSFERS, "transfers", "Etats-Unis, Inde", [{"country": "US"}, {"country": "IN"}]),
        (
            TRANSFERS,
            "transfers",
            "Oui (États-Unis d'Amérique, clauses contractuelles types)",
            [{"country": "US", "guarantee": "clauses"}],
        ),
        ("NIR", "nir", "Oui", [{}]),
    ],
)
def test_a_cell_is_as_many_rows_as_it_lists(
    tmp_path: Path, column: str, field: str, text: str, wanted: list[Any]
) -> None:
    assert said(read(tmp_path, column, text), field) == wanted


def test_a_social_security_number_among_sensitive_data_has_its_own_field(tmp_path: Path) -> None:
    row = read(tmp_path, SENSITIVE, "Données de santé ; NIR (paie)")
    assert said(row, "nir") == [{"description": "paie"}]
    assert row.told == ("Sensitive data: the social security number stands in its own field.",)


def test_a_social_security_number_told_twice_is_one(tmp_path: Path) -> None:
    row = read(tmp_path, f"Catégories de données;{SENSITIVE}", "NIR ; salaire", "NIR")
    assert said(row, "nir") == [{}]


@pytest.mark.parametrize(
    ("columns", "values", "field", "wanted", "left"),
    [
        ("Données sensibles (oui/non);Si oui, lesquelles", ("Oui", "Santé"), "sensitive_data", [of("health")], ()),
        ("Données sensibles (oui/non);Si oui, lesquelles", ("Non", "RAS"), "sensitive_data", [], ()),
        ("Données sensibles (oui/non);Si oui, lesquelles", ("Non", ""), "sensitive_data", [], ()),
        (
            "Données sensibles (oui/non);Si oui, lesquelles",
            ("Non", "Santé"),
            "sensitive_data",
            [of("health")],
            (("Sensitive data", "Non"),),
        ),
        (
            "Transfert hors UE;Pays",
            ("Oui", "États-Unis, Inde"),
            "transfers",
            [{"country": "US"}, {"country": "IN"}],
            (),
        ),
        (
            "Transfert hors UE;Pays",
            ("Oui", "Irlande"),
            "transfers",
            UNSAID,
            (("Transfers", "Ireland"), ("Transfers", "Oui")),
        ),
        ("Pays;Notes", ("Inde", ""), "transfers", UNSAID, (("Pays", "Inde"),)),
    ],
)
def test_a_column_that_says_which_answers_the_yes_before_it_and_a_yes_never_becomes_a_no(
    tmp_path: Path, columns: str, values: tuple[str, ...], field: str, wanted: Any, left: Any
) -> None:
    row = read(tmp_path, columns, *values)
    assert said(row, field) == wanted
    assert row.left == left


def test_a_country_of_the_european_economic_area_is_no_transfer(tmp_path: Path) -> None:
    row = read(tmp_path, TRANSFERS, "Irlande")
    assert said(row, "transfers") == []
    assert row.told == ("Transfers: Ireland is within the European Economic Area, so this is no transfer.",)
    assert row.left == (("Transfers", "Ireland"),)
    mixed = read(tmp_path, TRANSFERS, "Nimbus SE (Allemagne) ; Nimbus Inc (Inde)")
    assert said(mixed, "transfers") == [{"recipient": "Nimbus Inc", "country": "IN"}]
    assert said(mixed, "recipients") == [{"name": "Nimbus SE", "detail": "Germany"}]


@pytest.mark.parametrize(
    ("text", "day"),
    [("43952", "2020-05-01"), ("2018.06.05", "2018-06-05"), ("2018/06/05", "2018-06-05"), ("5.6.2018", "2018-06-05")],
)
def test_a_day_is_read_however_it_is_written(tmp_path: Path, text: str, day: str) -> None:
    assert said(read(tmp_path, "Date de création", text), "created_on") == day


def test_a_retention_goes_to_the_category_that_it_names(tmp_path: Path) -> None:
    columns = f"Catégories de données;{RETENTION}"
    row = read(tmp_path, columns, "Identité ; Santé", "Identité : 5 ans ; Santé : 10 ans")
    assert said(row, "data_categories") == [
        {"category": "identity", "retention": "5 ans"},
    ]
    assert said(row, "sensitive_data") == [{"category": "health", "retention": "10 ans"}]
    other = read(tmp_path, columns, "Identité ; Connexion", "5 ans à compter du départ")
    assert [one["retention"] for one in said(other, "data_categories")] == ["5 ans à compter du départ"] * 2


def test_what_is_said_of_rows_that_are_denied_is_no_row(tmp_path: Path) -> None:
    row = read(tmp_path, f"{TRANSFERS};Garantie", "Aucun", "Clauses types")
    assert said(row, "transfers") == []
