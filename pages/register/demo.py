"""Demo data: the register of an insurer's data team, some 180 treatments in every state, made from a seed.

The story is told in order, each step at its moment, by the two demo accounts who may validate.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.people import accounts, grants
from core.people.person import Role
from core.records import acts, records
from core.records.collection import CLOCK
from core.records.records import Record
from core.store.engine import store
from pages.register import organisation
from pages.register.collection import TREATMENTS
from pages.register.templates import own, templates
from pages.register.workflow import VALIDATE, Action

OFFICER = {
    "name": "Claire Fontaine",
    "address": "12 quai de la Fontaine",
    "postcode": "57000",
    "city": "Metz",
    "country": "France",
    "email": "dpo@assurance.example",
}
ACTORS = {
    "controller": [{**OFFICER, "name": "Assurance Exemple SA", "email": "contact@assurance.example"}],
    "joint_controllers": [],
    "representative": [],
    "dpo": [OFFICER],
    "dpo_company": [],
}


@dataclass(frozen=True)
class Field:
    """A field of the business that treatments are made for."""

    name: str
    squad: str
    pipelines: tuple[str, ...]
    component: str


FIELDS = (
    Field("relation client", "Téléphonie", ("telephonie_master", "telephonie_ods_cti_export_incremental"), "TEL"),
    Field("contrats auto", "Sitecom", ("sitecom_motor_master",), "AUTO"),
    Field("contrats habitation", "Sitecom", ("sitecom_home_master",), "MRH"),
    Field("contrats santé", "Sitecom", ("sitecom_health_master", "SitecomHealthClaimsSecret"), "SANTE"),
    Field("sinistres matériels", "Sitecom", ("sitecom_claims_master",), "SIN"),
    Field("sinistres corporels", "Corporelle", ("sitecom_claims_master",), "CORPO"),
    Field("comptabilité", "Sitecom", ("sitecom_accounting_master", "accounting_cube_monthly_master"), "CPTA"),
    Field("devis des comparateurs", "Sitecom", ("sitecom_external_lesfurets_master",), "DEVIS"),
    Field("réseau d’agents", "Sitecom", ("sitecom_external_novagile_agent_master",), "AGENTS"),
    Field("courriers et courriels", "Sitecom", ("sitecom_external_novagile_mail_master",), "COUR"),
    Field("portefeuille Solaris", "Solaris", ("solaris_master", "solaris_runners"), "SOL"),
    Field("sources Solaris", "Solaris", ("solaris_clean_sources", "solaris_copy_lds_table_from_lz"), "LDS"),
    Field("Petit Rouleur", "Sitecom", ("sitecom_accumulator_master",), "PR"),
    Field("scores et segmentation", "Sitecom", ("sitecom_score_master",), "SCORE"),
    Field("prévoyance", "Corporelle", (), "PREV"),
    Field("espace client", "Téléphonie", (), "WEB"),
)
COPIED = (
    (
        "Employé et données d’utilisation",
        ["employe", "usage"],
        "product_usage",
        {"medium": "table", "write_mode": "replace"},
    ),
    ("PP", ["pp"], "product_usage", {"medium": "mail", "write_mode": "generated_file"}),
    ("ACE", ["ace"], "exploration", {"medium": "mail", "write_mode": "generated_file"}),
    ("PP, par courriel", ["pp"], "exploration", {"medium": "mail"}),
)
"""What came from the team's workbook of four columns: a typology, a purpose, a recipient, a storage."""


def demo(seed: int, until: datetime) -> None:
    """Tell the story up to a moment (UTC), once: nothing where somebody has written in the register already."""
    with store().write() as connection:
        if set(records.counts(connection, "treatment", "author")) - {CLOCK}:
            return
        _tell(connection, random.Random(seed), until)  # noqa: S311 - a story, not a secret


def contents(chance: random.Random) -> Iterator[dict[str, Any]]:
    """The contents of the story's treatments, the same for the same seed; what people still lack is left out."""
    for field in FIELDS:
        for key in templates():
            yield _content(chance, key, field)
    for words, typologies, key, storage in COPIED:
        template = templates()[key]
        yield {
            "name": f"{template['name']} : {words}",
            "purposes": [{"name": template["purposes"][0]["name"]}],
            "typologies": typologies,
            "recipients": [{"name": "SQUAD", "type": "internal"}],
            "storage": [storage],
        }


def _content(chance: random.Random, key: str, field: Field) -> dict[str, Any]:
    template = templates()[key]
    table = field.name.replace(" ", "_").replace("’", "_").lower()
    return {
        **template,
        "name": f"{template['name']} : {field.name}",
        "squad": field.squad,
        "pipelines": list(field.pipelines) if chance.random() < 0.7 else None,
        "tables": [f"zp.{table}_{key}"] if chance.random() < 0.6 else None,
        "jira_component": field.component,
    }


def _completed(chance: random.Random, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with every answer that validating asks for."""
    whole = {**content, **ACTORS}
    for name in ("sensitive_data", "nir", "transfers", "aipd_listed", "aipd_criteria"):
        whole[name] = content.get(name) or []
    if "santé" in content["name"]:
        whole["sensitive_data"] = [
            {"category": "health", "description": "Actes remboursés", "retention": "5 ans à compter du remboursement"}
        ]
        whole["nir"] = [
            {
                "description": "Échanges avec l’assurance maladie",
                "retention": "Durée du contrat",
                "ground": "social_protection",
            }
        ]
        whole["purposes"] = [{**purpose, "conditions": ["public_interest"]} for purpose in content["purposes"]]
        whole["aipd_criteria"] = list(dict.fromkeys([*whole["aipd_criteria"], "sensitive"]))
    if chance.random() < 0.08:
        whole["transfers"] = [
            {"recipient": "Hébergeur de la messagerie", "country": "US", "guarantee": "dpf", "document": "Liste du DPF"}
        ]
    if len(whole["aipd_criteria"]) > 1:
        whole |= _assessed(chance, content["name"])
    return whole


def _assessed(chance: random.Random, name: str) -> dict[str, Any]:
    if chance.random() < 0.15:
        reason = "Mêmes données et mêmes usages qu’un traitement déjà analysé."
        return {"aipd_departs": True, "aipd_reason": reason, "aipd_opinion": "Avis favorable, à revoir à l’échéance."}
    link = f"https://conformite.example/aipd/{name.replace(' ', '-').lower()}"
    return {"aipd_departs": False, "aipd_on": "2018-11-12", "aipd_link": link}


FATES = {"draft": 30, "in_review": 18, "sent_back": 10, "validated": 82, "edited": 20, "called": 12, "archived": 8}
"""How each treatment's story ends, and how often."""


@dataclass(frozen=True)
class Scene:
    """One step of the story: when, about which treatment, what is done, by whom, and what it needs."""

    at: datetime
    treatment: int
    act: str
    by: int
    content: Mapping[str, Any]
    why: str = ""


def _scenes(chance: random.Random, until: datetime, people: tuple[int, int]) -> list[Scene]:
    scenes: list[Scene] = []
    for number, content in enumerate(contents(chance)):
        [fate] = chance.choices(list(FATES), list(FATES.values()))
        fate = "draft" if "data_categories" not in content else fate
        by, other = people if chance.random() < 0.7 else people[::-1]
        whole = content if fate in ("draft", "sent_back") else _completed(chance, content)
        at = until - timedelta(days=chance.randint(90, 700), minutes=chance.randint(0, 600))

        def scene(act: str, days: int, who: int, why: str = "", content_then: Mapping[str, Any] = whole) -> None:
            moment = min(at + timedelta(days=days), until)  # noqa: B023 - called within the turn of the loop
            scenes.append(Scene(moment, number, act, who, content_then, why))  # noqa: B023

        scene("add", 0, by, content_then=content)
        if fate != "draft":
            if whole is not content:
                scene("save", 3, by)
            scene(Action.SUBMIT, 5, by)
        if fate == "sent_back":
            scene(Action.SEND_BACK, 8, other, "Les acteurs et l’AIPD manquent encore.")
        if fate in ("validated", "edited", "called", "archived"):
            scene(Action.VALIDATE, 9, other)
        if fate == "edited":
            scene("save", 60, by, content_then={**whole, "notes": "Nouveau destinataire à confirmer avec la squad."})
        if fate == "called":
            scene(Action.CALL, 80, other)
        if fate == "archived":
            scene(Action.ARCHIVE, 85, by, "Flux arrêté.")
    return sorted(scenes, key=lambda each: (each.at, each.treatment))


def _tell(connection: sa.Connection, chance: random.Random, until: datetime) -> None:
    names = (Role.COMPLIANCE.value, Role.LEAD.value)
    for name in names:
        grants.give(connection, who="demo", name=name, right=VALIDATE)
    officer, lead = (accounts.existing(connection, name).person.id for name in names)
    with clock.at(until - timedelta(days=720)):
        organisation.save(connection, officer, 0, ACTORS)
    records: dict[int, Record] = {}
    for scene in _scenes(chance, until, (officer, lead)):
        with clock.at(scene.at):
            records[scene.treatment] = _play(connection, scene, records.get(scene.treatment))
    for key in ("kpis", "routing"):
        _validate_own(connection, chance, own()[key], officer, lead, until)


def _play(connection: sa.Connection, scene: Scene, record: Record | None) -> Record:
    if record is None:
        return acts.add(connection, TREATMENTS, scene.by, scene.content)
    if scene.act == "save":
        content = {**scene.content, "ref": record.ref, "created_on": record.data["created_on"]}
        return acts.save(connection, TREATMENTS, scene.by, record.id, record.version, content)
    return acts.step(connection, TREATMENTS, scene.by, record.id, record.version, Action(scene.act), why=scene.why)


def _validate_own(
    connection: sa.Connection, chance: random.Random, content: dict[str, Any], officer: int, lead: int, until: datetime
) -> None:
    """People that facts name are shown only once the treatment that allows it is validated: in the demo, it is."""
    held = records.refs(connection, "treatment")
    with clock.at(until - timedelta(days=40)):
        record = records.get(connection, "treatment", held[content["ref"]])
        whole = {**_completed(chance, content), "created_on": record.data["created_on"]}
        record = acts.save(connection, TREATMENTS, officer, record.id, record.version, whole)
        record = acts.step(connection, TREATMENTS, officer, record.id, record.version, Action.SUBMIT)
        acts.step(connection, TREATMENTS, lead, record.id, record.version, Action.VALIDATE)
