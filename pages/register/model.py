"""The records of the register, field by field: this is the table that everything else derives from.

Articles are those of the GDPR (30: records of processing; 6 and 9: lawfulness; 35: impact assessment). The wording
follows the form of the CNIL. Fields without an article are the team's own and are never required.
"""

from pydantic import model_validator

from core.base.i18n import N_
from core.records.fields import (
    Answer,
    Code,
    Codes,
    Day,
    Flag,
    Kind,
    LongText,
    Name,
    Number,
    Part,
    Reference,
    Text,
    ask,
    form,
)
from pages.register.retention import says_how_long, understood
from pages.register.screening import (
    departs_from_aipd,
    has_aipd,
    has_sensitive_data,
    is_derogation,
    is_offence,
    needs_aipd,
)

SECTIONS = {
    "identity": N_("Identity"),
    "actors": N_("Actors"),
    "purposes": N_("Purposes"),
    "data": N_("Personal data"),
    "persons": N_("Persons concerned"),
    "recipients": N_("Recipients"),
    "transfers": N_("Transfers outside the EU"),
    "security": N_("Security"),
    "storage": N_("Storage"),
    "rights": N_("Information and rights"),
    "aipd": N_("Impact assessment (AIPD)"),
    "links": N_("Links"),
    "follow_up": N_("Follow-up"),
}

# What several kinds of rows or records ask alike.
DESCRIPTION = ask(Kind.LONG, N_("Description"), basis="30.1.c", required=True)
RETENTION = ask(
    Kind.TEXT,
    N_("Retention"),
    basis="30.1.f",
    required=True,
    fits=says_how_long,
    help=N_(
        "How long, from which event: “5 years from the end of the contract”; with its unit, so that its end can be "
        "computed. What follows may stand behind it: “then 5 years in the intermediate archive, then erasure”."
    ),
)
RETENTION_MONTHS = ask(Kind.NUMBER, N_("Retention in months"), help=N_("So that its end can be computed."))
ARCHIVE = ask(
    Kind.TEXT,
    N_("Intermediate archive"),
    help=N_("How long data are kept apart, for the few who must still have them, once they are no longer used."),
)
ARCHIVE_MONTHS = ask(Kind.NUMBER, N_("Intermediate archive in months"))
FATE = ask(Kind.CHOICE, N_("Final fate"), choices="fates", help=N_("What becomes of the data in the end."))
RETENTION_FROM = ask(Kind.TEXT, N_("Counted from"), help=N_("The event that retention counts from."))
REFERENCE = ask(Kind.TEXT, N_("Reference number"), help=N_("Given by Vigie when it is left empty; unique."))
CREATED_ON = ask(Kind.DAY, N_("Record created on"))
SQUAD = ask(Kind.TEXT, N_("Squad"), starts="links")
REVIEW_ON = ask(Kind.DAY, N_("To be reviewed on"), starts="follow_up")
NOTES = ask(Kind.LONG, N_("Notes"))


class Actor(Part):
    """Somebody who answers for a treatment, with contact details."""

    name: Text = ask(Kind.TEXT, N_("Name"), required=True, key=True)
    address: Text = ask(Kind.TEXT, N_("Address"))
    postcode: Text = ask(Kind.TEXT, N_("Postcode"))
    city: Text = ask(Kind.TEXT, N_("City"))
    country: Text = ask(Kind.TEXT, N_("Country"))
    phone: Text = ask(Kind.TEXT, N_("Phone"))
    email: Text = ask(Kind.TEXT, N_("E-mail"), required=True)


# The actors of a treatment, which the organisation names for all (`organisation`).
CONTROLLER = ask(
    Kind.ROWS,
    N_("Controller"),
    starts="actors",
    basis="30.1.a",
    required=True,
    help=N_("Who decides why and how."),
)
JOINT_CONTROLLERS = ask(
    Kind.ROWS, N_("Joint controllers"), basis="30.1.a", required=True, none=N_("No joint controller")
)
REPRESENTATIVE = ask(
    Kind.ROWS,
    N_("Representative"),
    basis="30.1.a",
    required=True,
    none=N_("No representative"),
    help=N_("Of a controller who is established outside the European Union."),
)
DPO = ask(
    Kind.ROWS,
    N_("Data protection officer"),
    basis="30.1.a",
    required=True,
    none=N_("No data protection officer"),
)
DPO_COMPANY = ask(Kind.ROWS, N_("Company of the data protection officer"), none=N_("The officer is internal"))


class Purpose(Part):
    """What data are used for. The first one is the main purpose, those that follow are sub-purposes."""

    name: Text = ask(Kind.TEXT, N_("Purpose"), basis="30.1.b", required=True, key=True)
    legal_bases: Codes = ask(
        Kind.CODES, N_("Legal basis"), basis="6.1", required=True, choices="legal_bases", help=N_("One or several.")
    )
    legal_detail: LongText = ask(
        Kind.LONG, N_("Details of the legal basis"), help=N_("The law that obliges, the interest that is legitimate…")
    )
    conditions: Codes = ask(
        Kind.CODES,
        N_("Condition for sensitive data"),
        basis="9.2",
        required=has_sensitive_data,
        choices="conditions",
        help=N_("What lifts the prohibition of article 9; asked where sensitive data are processed."),
    )


class DataCategory(Part):
    """A category of personal data, and how long it is kept."""

    category: Code = ask(Kind.CHOICE, N_("Category"), required=True, choices="data_categories", key=True)
    description: LongText = DESCRIPTION
    retention: Text = RETENTION
    retention_months: Number = RETENTION_MONTHS
    retention_from: Text = RETENTION_FROM
    archive: Text = ARCHIVE
    archive_months: Number = ARCHIVE_MONTHS
    fate: Code = FATE
    _understood = model_validator(mode="before")(understood)


class SensitiveData(Part):
    """A category of article 9 or 10, and how long it is kept."""

    category: Code = ask(Kind.CHOICE, N_("Category"), required=True, choices="sensitive_data", key=True)
    description: LongText = DESCRIPTION
    ground: Text = ask(
        Kind.TEXT,
        N_("What authorises it"),
        basis="10",
        required=is_offence,
        help=N_("For convictions and offences: the law, or the authority under whose control they are processed."),
    )
    retention: Text = RETENTION
    retention_months: Number = RETENTION_MONTHS
    retention_from: Text = RETENTION_FROM
    archive: Text = ARCHIVE
    archive_months: Number = ARCHIVE_MONTHS
    fate: Code = FATE
    _understood = model_validator(mode="before")(understood)


class SocialSecurityNumber(Part):
    """The use of the social security number (NIR), which French law frames by itself."""

    description: LongText = DESCRIPTION
    ground: Code = ask(
        Kind.CHOICE,
        N_("Ground"),
        basis="87",
        required=True,
        choices="nir_grounds",
        help=N_("The use that decree 2019-341 or another law allows."),
    )
    retention: Text = RETENTION
    retention_months: Number = RETENTION_MONTHS
    retention_from: Text = RETENTION_FROM
    archive: Text = ARCHIVE
    archive_months: Number = ARCHIVE_MONTHS
    fate: Code = FATE
    _understood = model_validator(mode="before")(understood)


class Source(Part):
    """Where data come from, when not from the person."""

    name: Text = ask(Kind.TEXT, N_("Source"), basis="14.2.f", required=True, key=True)
    detail: LongText = ask(Kind.LONG, N_("Details"))


class Persons(Part):
    """A category of persons whose data are processed."""

    category: Code = ask(Kind.CHOICE, N_("Category"), basis="30.1.c", required=True, choices="person_types", key=True)
    detail: LongText = ask(Kind.LONG, N_("Details"))


class Recipient(Part):
    """Somebody to whom data are disclosed: a service, a partner, a processor."""

    name: Text = ask(Kind.TEXT, N_("Recipient"), key=True)
    type: Code = ask(
        Kind.CHOICE, N_("Type of recipient"), basis="30.1.d", required=True, choices="recipient_types", key=True
    )
    detail: LongText = ask(Kind.LONG, N_("Details"), help=N_("For a processor: the contract of article 28."))


class Transfer(Part):
    """Data that leave the European Union."""

    recipient: Text = ask(Kind.TEXT, N_("Recipient organisation"), basis="30.1.e", required=True, key=True)
    country: Code = ask(Kind.CHOICE, N_("Country"), basis="30.1.e", required=True, choices="countries", key=True)
    guarantee: Code = ask(Kind.CHOICE, N_("Guarantee"), basis="46", required=True, choices="guarantees")
    document: Text = ask(
        Kind.TEXT,
        N_("Link to the documents"),
        basis="30.1.e",
        required=is_derogation,
        help=N_("Contract, clauses, decision; required where the transfer rests on a derogation of article 49."),
    )


class Measure(Part):
    """What protects the data."""

    type: Code = ask(Kind.CHOICE, N_("Type of measure"), basis="30.1.g", required=True, choices="measures", key=True)
    detail: LongText = ask(Kind.LONG, N_("Details"))


class Storage(Part):
    """Where results are put, and how they are written there."""

    medium: Code = ask(Kind.CHOICE, N_("Medium"), required=True, choices="media", key=True)
    write_mode: Code = ask(Kind.CHOICE, N_("Write mode"), choices="write_modes")
    place: Text = ask(Kind.TEXT, N_("Place"), help=N_("Table, folder, mailbox…"))


class Document(Part):
    """Something that proves or tells, where it lies."""

    title: Text = ask(Kind.TEXT, N_("Title"), required=True, key=True)
    kind: Code = ask(Kind.CHOICE, N_("Kind of document"), choices="document_kinds")
    link: Text = ask(Kind.TEXT, N_("Link"), required=True, help=N_("Where the document lies: its address or place."))


class Treatment(Part):
    """A treatment of personal data of which the organisation is the controller: article 30(1)."""

    name: Text = ask(Kind.TEXT, N_("Name of the treatment"), starts="identity", basis="30.1", required=True)
    ref: Reference = REFERENCE
    description: LongText = ask(Kind.LONG, N_("Description of the treatment"))
    created_on: Day = CREATED_ON
    started_on: Day = ask(Kind.DAY, N_("Treatment started on"))
    ended_on: Day = ask(
        Kind.DAY,
        N_("Treatment ended on"),
        after="started_on",
        help=N_("Retention is counted from here at the latest."),
    )

    controller: Answer[Actor] = CONTROLLER
    joint_controllers: Answer[Actor] = JOINT_CONTROLLERS
    representative: Answer[Actor] = REPRESENTATIVE
    dpo: Answer[Actor] = DPO
    dpo_company: Answer[Actor] = DPO_COMPANY

    purposes: Answer[Purpose] = ask(
        Kind.ROWS,
        N_("Purposes"),
        starts="purposes",
        basis="30.1.b",
        required=True,
        ordered=True,
        help=N_("The main purpose first, then the sub-purposes; each has its legal basis."),
    )

    typologies: Answer[Code] = ask(
        Kind.CHOICES,
        N_("Typology of personal data"),
        starts="data",
        choices="typologies",
        help=N_("The team's own words."),
    )
    data_categories: Answer[DataCategory] = ask(
        Kind.ROWS, N_("Categories of personal data"), basis="30.1.c", required=True
    )
    sensitive_data: Answer[SensitiveData] = ask(
        Kind.ROWS, N_("Sensitive data"), basis="9.1", required=True, none=N_("No sensitive data")
    )
    nir: Answer[SocialSecurityNumber] = ask(
        Kind.ROWS,
        N_("Social security number (NIR)"),
        basis="30.1.c",
        required=True,
        none=N_("No social security number"),
        help=N_("Framed by decree 2019-341."),
    )
    sources: Answer[Source] = ask(
        Kind.ROWS, N_("Sources of the data"), basis="14.2.f", none=N_("Collected from the person alone")
    )

    persons: Answer[Persons] = ask(
        Kind.ROWS, N_("Categories of persons"), starts="persons", basis="30.1.c", required=True
    )

    recipients: Answer[Recipient] = ask(
        Kind.ROWS,
        N_("Recipients"),
        starts="recipients",
        basis="30.1.d",
        required=True,
        none=N_("No recipient"),
        help=N_("Internal, external, and processors."),
    )

    processors: Answer[Text] = ask(
        Kind.LINKS,
        N_("Processors"),
        basis="28.3",
        to="processor",
        none=N_("No processor"),
        help=N_("Those of the list of processors, each with its contract and further processors."),
    )

    transfers: Answer[Transfer] = ask(
        Kind.ROWS,
        N_("Transfers"),
        starts="transfers",
        basis="30.1.e",
        required=True,
        none=N_("No transfer outside the EU"),
    )

    measures: Answer[Measure] = ask(
        Kind.ROWS, N_("Security measures"), starts="security", basis="30.1.g", required=True
    )

    storage: Answer[Storage] = ask(
        Kind.ROWS, N_("Method of storage"), starts="storage", help=N_("Medium and write mode, as the team notes them.")
    )
    zones_read: Answer[Code] = ask(Kind.CHOICES, N_("Zones read"), choices="zones", none=N_("Reads no zone"))
    zones_written: Answer[Code] = ask(Kind.CHOICES, N_("Zones written"), choices="zones", none=N_("Writes no zone"))

    information: LongText = ask(
        Kind.LONG, N_("Information of the persons"), starts="rights", basis="13", help=N_("How and when it is given.")
    )
    rights: Answer[Code] = ask(
        Kind.CHOICES, N_("Rights that apply"), basis="15–22", choices="rights", none=N_("No right applies")
    )
    rights_contact: Text = ask(Kind.TEXT, N_("Where rights are exercised"), basis="12")

    aipd_listed: Answer[Code] = ask(
        Kind.CHOICES,
        N_("On the CNIL's list of mandatory assessments"),
        starts="aipd",
        basis="35.4",
        required=True,
        choices="aipd_list",
        none=N_("None of these"),
        help=N_("A treatment on that list calls for an impact assessment, whatever criteria are met."),
    )
    aipd_criteria: Answer[Code] = ask(
        Kind.CHOICES,
        N_("Criteria that are met"),
        basis="35.1",
        required=True,
        choices="aipd_criteria",
        none=N_("None of the nine criteria"),
        help=N_("Two or more normally call for an impact assessment."),
    )
    aipd_departs: Flag = ask(
        Kind.FLAG,
        N_("No assessment although one is called for"),
        basis="35.1",
        required=needs_aipd,
        under="aipd_criteria",
        help=N_("Such a departure needs its reason and the opinion of the data protection officer."),
    )
    aipd_on: Day = ask(Kind.DAY, N_("Date of the assessment"), basis="35.1", required=has_aipd, under="aipd_criteria")
    aipd_link: Text = ask(
        Kind.TEXT, N_("Link to the assessment"), basis="35.7", required=has_aipd, under="aipd_criteria"
    )
    aipd_reason: LongText = ask(
        Kind.LONG, N_("Reason of the departure"), basis="35.1", required=departs_from_aipd, under="aipd_criteria"
    )
    aipd_opinion: LongText = ask(
        Kind.LONG,
        N_("Opinion of the data protection officer"),
        basis="35.2",
        required=departs_from_aipd,
        under="aipd_criteria",
    )

    squad: Name = SQUAD
    pipelines: Answer[Text] = ask(
        Kind.TAGS, N_("Pipelines"), none=N_("No pipeline"), help=N_("Their names in the scheduler.")
    )
    tables: Answer[Text] = ask(Kind.TAGS, N_("Tables of the warehouse"), none=N_("No table"))
    jira_component: Text = ask(Kind.TEXT, N_("Jira component"))
    documents: Answer[Document] = ask(Kind.ROWS, N_("Documents"), help=N_("Notice, contract, balancing test…"))

    review_on: Day = REVIEW_ON
    notes: LongText = NOTES


class Client(Part):
    """A category of processing, carried out for a controller."""

    name: Text = ask(Kind.TEXT, N_("Category of processing"), basis="30.2.b", required=True, key=True)
    controller: Text = ask(Kind.TEXT, N_("For which controller"), basis="30.2.b", required=True)
    detail: LongText = ask(Kind.LONG, N_("Details"))


class Processing(Part):
    """What the organisation does with personal data as somebody's processor: article 30(2), a register apart."""

    name: Text = ask(Kind.TEXT, N_("Name of the processing"), starts="identity", basis="30.2", required=True)
    ref: Reference = REFERENCE
    description: LongText = ask(Kind.LONG, N_("Description of the processing"))
    created_on: Day = CREATED_ON
    processor: Answer[Actor] = ask(Kind.ROWS, N_("Processor"), starts="actors", basis="30.2.a", required=True)
    controllers: Answer[Actor] = ask(
        Kind.ROWS, N_("Controllers who are served"), basis="30.2.a", required=True, help=N_("Each of them.")
    )
    representative: Answer[Actor] = ask(
        Kind.ROWS, N_("Representative"), basis="30.2.a", required=True, none=N_("No representative")
    )
    dpo: Answer[Actor] = ask(
        Kind.ROWS, N_("Data protection officer"), basis="30.2.a", required=True, none=N_("No data protection officer")
    )
    categories: Answer[Client] = ask(
        Kind.ROWS, N_("Categories of processing"), starts="purposes", basis="30.2.b", required=True
    )
    subprocessors: Answer[Recipient] = ask(
        Kind.ROWS, N_("Further processors"), starts="recipients", basis="28.2", none=N_("No further processor")
    )
    transfers: Answer[Transfer] = ask(
        Kind.ROWS,
        N_("Transfers"),
        starts="transfers",
        basis="30.2.c",
        required=True,
        none=N_("No transfer outside the EU"),
    )
    measures: Answer[Measure] = ask(
        Kind.ROWS, N_("Security measures"), starts="security", basis="30.2.d", required=True
    )
    squad: Name = SQUAD
    pipelines: Answer[Text] = ask(Kind.TAGS, N_("Pipelines"), none=N_("No pipeline"))
    review_on: Day = REVIEW_ON
    notes: LongText = NOTES


ARTICLE = N_("GDPR, article {basis}")
TREATMENT = form("treatment", N_("Register of treatments"), Treatment, SECTIONS, ARTICLE)
PROCESSING = form("processing", N_("Processor register"), Processing, SECTIONS, ARTICLE)
"""The two registers of article 30."""
