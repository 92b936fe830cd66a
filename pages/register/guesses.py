"""How columns of the tables that others keep are called, so that an import guesses what they hold."""

from core.records.collection import Guesses

WORDS = {
    "name": (
        "nom du traitement|intitulé du traitement|nom de l'activité|activité de traitement|traitement|intitulé|libellé|"
        "label|processing activity|treatment|processing|nom|name|titre|title|activité"
    ),
    "ref": (
        "n° / réf|n° fiche|n° de fiche|numéro de fiche|n° de traitement|référence|reference|réf|ref|numéro|n°|number|"
        "identifiant|record id|id|code"
    ),
    "description": "description du traitement|description",
    "created_on": "date de création de la fiche|date de création|datecreation|créé le|created on|creation date",
    "started_on": "date de mise en oeuvre|date de début|mise en service|start date",
    "ended_on": "date de fin|end date",
    "controller": "responsable du traitement|responsable de traitement|data controller|controller",
    "joint_controllers": "responsables conjoints|co-responsables|coresponsable|joint controllers",
    "representative": "représentant|representative",
    "dpo": "délégué à la protection des données|dpo|data protection officer",
    "purposes": "finalité principale|finalité du traitement|finalités|finalité|description de la finalité|"
    "main purpose|purposes|purpose|objectif poursuivi|objectifs|objectif",
    "purposes.legal_bases": "base légale|bases légales|base juridique|fondement juridique|licéité|"
    "fondement|legal basis|lawful basis",
    "typologies": "typologie de données personnelles|typologie de données|typologie|typology",
    "data_categories": (
        "catégories de données personnelles|catégories de données|catégorie de données|type de données|data elements|"
        "données collectées|données traitées|types de données|"
        "personal data categories|data categories|personal data|données"
    ),
    "data_categories.retention": (
        "durée de conservation|durée de conservation des données|délai de conservation|délai d'effacement|dua|"
        "durée d'utilité administrative|conservation|retention description|retention period|retention|durée"
    ),
    "sensitive_data": (
        "données sensibles|catégories particulières de données|catégories particulières|données dites sensibles|"
        "données particulières|"
        "sensitive data|special categories of data|special categories|special category data|special category"
    ),
    "nir": "numéro de sécurité sociale|nir|nir/ins",
    "sources": "source des données|origine des données|provenance",
    "persons": (
        "catégories de personnes|personnes concernées|data subject types|data subject categories|data subjects|"
        "categories of persons|public concerné|personnes"
    ),
    "recipients": "catégories de destinataires|destinataires|destinataire|recipients|recipient|accès",
    "transfers": (
        "transferts hors ue|transfert hors ue|transferts hors union européenne|transfert hors union européenne|"
        "transferts hors eee|transfert de données hors ue|transferts de données hors ue|transfer countries|"
        "pays de transfert|pays du transfert|third country transfers|transfers to third countries|"
        "transfer to third country|hors union européenne|hors ue|transferts|transfers|transfert"
    ),
    "transfers.guarantee": "garanties|garanties appropriées|type de garanties|safeguards|appropriate safeguards|"
    "transfer mechanism",
    "measures": "mesures de sécurité|sécurité|security measures|security",
    "storage": "méthode de stockage|mode de stockage|stockage|storage",
    "zones_read": "zones lues|zone lue|zones read",
    "zones_written": "zones écrites|zone écrite|zones written",
    "rights": "droits des personnes|droits|rights",
    "information": "information des personnes|modalités d'information",
    "aipd_on": "date de l'aipd|date aipd|aipd réalisée le|pia réalisé le|date du pia|dpia date",
    "aipd_link": "lien aipd|lien de l'aipd|dpia link",
    "squad": "squad|équipe|service|direction|département|department|business unit|pôle",
    "pipelines": "pipelines|pipeline",
    "tables": "tables de l'entrepôt|tables|table",
    "jira_component": "composant jira|jira",
    "review_on": "date de revue|prochaine revue|next review",
    "notes": "commentaires|commentaire|remarques|observations|notes|comments",
}

TICKS = {
    "data_categories=identity": "civil status|état civil|identité|données d'identification",
    "data_categories=private_life": "personal life|vie personnelle",
    "data_categories=professional_life": "professional life|vie professionnelle",
    "data_categories=economic": "economic financial data|informations d'ordre économique et financier",
    "data_categories=connection": "connection data|internet data|données de connexion",
    "data_categories=location": "geolocation data|location data|données de localisation",
    "sensitive_data=origin": "racial data|origine raciale ou ethnique",
    "sensitive_data=political": "political opinions|opinions politiques",
    "sensitive_data=religious": "religious beliefs|convictions religieuses",
    "sensitive_data=union": "trade union membership|appartenance syndicale",
    "sensitive_data=genetic": "genetic data|données génétiques",
    "sensitive_data=biometric": "biometric data|données biométriques",
    "sensitive_data=health": "health data|données de santé",
    "sensitive_data=sex_life": "sexual orientations|orientation sexuelle",
    "sensitive_data=offences": "criminal convictions|criminal data|condamnations pénales",
    "nir": "national identification number",
    "recipients=internal": "destinataires internes|destinataire interne|internal recipients",
    "recipients=external": "destinataires externes|destinataire externe|external recipients",
    "recipients=processors": (
        "prestataires|prestataire|sous-traitance|sous-traitants|sous-traitant|sous-traitant(s)|processors|processor"
    ),
    "rights=access": "right of access|droit d'accès",
    "rights=rectification": "right of rectification|droit de rectification",
    "rights=erasure": "right of erasure|droit à l'effacement",
    "rights=restriction": "right of restriction|droit à la limitation",
    "rights=portability": "right of data portability|droit à la portabilité",
    "rights=objection": "right of opposition|right to object|droit d'opposition",
    "aipd_criteria=scoring": "profiling|profilage",
    "aipd_criteria=automated_decision": "automated|décision automatisée",
    "aipd_criteria=large_scale": "volume important|large scale|grande échelle",
}

ALSO = {
    "measures": "mesures techniques|mesures organisationnelles|technical measures|organisational measures",
    "data_categories.retention": (
        "base active|durée active|archivage intermédiaire|archivage|sort final|base active retention time|"
        "base active retention unit|intermediate archiving retention time|intermediate archiving retention unit|"
        "retention amount|retention unit"
    ),
}

WHICH = {
    "transfers": (
        "pays|pays destinataires|pays destinataire|pays de destination|pays concernés|pays tiers|country|which country|"
        "transferts pays"
    ),
}

GUESSES = Guesses(WORDS, TICKS, ALSO, WHICH)

PROCESSING = Guesses(
    {
        **WORDS,
        "name": (
            "traitement effectué pour le compte du client|catégories de traitements effectués|"
            "catégories de traitements|catégorie de traitement|nature du traitement|categories of processing|"
            f"prestation|{WORDS['name']}"
        ),
        "controllers": (
            "client|clients|nom du client|customer|donneur d'ordre|responsable de traitement|responsable du traitement|"
            "controllers|controller"
        ),
        "processor": "sous-traitant|processor",
        "subprocessors": "sous-traitants ultérieurs|sous-traitant ultérieur|further processors|sub-processors",
    },
    also=ALSO,
    which=WHICH,
)
"""Of the register of what the organisation does for others."""
