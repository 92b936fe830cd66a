/* The house's one script: what Streamlit says aloud or in its own toolbars in English, said in the page's language; an
   icon or a group of marks that stands for nothing is not read aloud; "?" opens the guide; what is chosen in a line is brought into sight;
   another theme draws the screen anew; an act is one step of the back button. */
(() => {
  const french = document.documentElement.lang === "fr";
  const WORDS = {
    "Show/hide columns": "Choisir les colonnes", "Search": "Chercher", "Fullscreen": "Plein écran",
    "Close fullscreen": "Quitter le plein écran", "Exit fullscreen": "Quitter le plein écran", "Show data": "Voir les données",
    "Show chart": "Voir le graphique", "Download as PNG": "Télécharger en image (PNG)", "Download as CSV": "Télécharger en CSV",
    "Sort ascending": "Trier par ordre croissant", "Sort descending": "Trier par ordre décroissant",
    "Pin column": "Figer la colonne", "Unpin column": "Libérer la colonne", "Hide column": "Masquer la colonne",
    "Autosize": "Ajuster la largeur", "Format": "Format", "Statistics": "Statistiques", "Clear value": "Effacer",
    "Clear all": "Tout effacer", "Select all": "Tout choisir", "No results": "Aucun résultat", "Close": "Fermer",
    "Choose options": "Choisir", "Type to search": "Tapez pour chercher", "Copy to clipboard": "Copier",
    "Add row": "Ajouter une ligne", "Open": "Ouvrir", "Help": "Aide", "Delete row(s)": "Supprimer les lignes", "Clear selection": "Ne plus rien choisir",
    "Copy column name": "Copier le nom de la colonne", "Skip to main content": "Aller au contenu",
    "Navigate to home page": "Aller à l’accueil", "Link to heading": "Lien vers ce titre", "Copied!": "Copié",
    "Show password": "Afficher le mot de passe", "Hide password": "Masquer le mot de passe", "Sidebar": "Menu",
    "Collapse sidebar": "Fermer le menu", "Expand sidebar": "Ouvrir le menu", "Main menu": "Menu de l’application",
    "App pages": "Écrans", "Theme": "Thème", "Notifications": "Messages", "Running...": "En cours",
    "Scroll tabs left": "Onglets précédents", "Scroll tabs right": "Onglets suivants", "Stop script": "Arrêter",
    "Close Search": "Fermer la recherche", "Previous Result": "Résultat précédent", "Next Result": "Résultat suivant",
    "Dataframe column menu": "Menu de la colonne", "Selected values": "Valeurs choisies", "file upload": "Dépôt de fichier",
    "Choose date range": "Choisir les dates", "Quick select a date range": "Périodes usuelles", "Clear entry": "Effacer",
    "Clear date": "Effacer la date", "Clear dates": "Effacer les dates",
  };
  /* What a box for a date says of its parts, aloud, and shows where it is empty. */
  const DATES = {
    day: "jour", month: "mois", year: "année", "start date": "début", "end date": "fin", "choose date": "Choisir la date",
    "previous month": "Mois précédent", "next month": "Mois suivant",
  };
  const EMPTY = { dd: "jj", yyyy: "aaaa" };
  const month = (spoken, place) => new Intl.DateTimeFormat(spoken, { month: "long" }).format(new Date(2026, place, 1));
  const MONTHS = Object.fromEntries([...Array(12).keys()].map((place) => [month("en", place), month("fr", place)]));
  const SIZES = { B: "o", KB: "ko", MB: "Mo", GB: "Go" };
  const sized = (text) => text.replace(
    /(^|, )([\d.]+) ?(B|KB|MB|GB)$/, (_all, before, n, unit) => `${before}${n.replace(".", ",")}\u00a0${SIZES[unit]}`);
  /* What is said of a file that was dropped. */
  const PHRASES = [
    [/^Error: .* files are not allowed\.$/, "Ce genre de fichier ne se dépose pas ici."],
    [/^Error: File must be .* or smaller\.$/, "Ce fichier est trop grand."],
    [/^Page not found$/, "Cette page n’existe pas"],
    [/^The page that you have requested does not seem to exist\..*$/, "L’adresse demandée ne mène à aucun écran\u202f: voici l’accueil."],
    [/^Remove (.+)$/, "Retirer $1"], [/^Add files$/, "Ajouter un fichier"], [/^Help for (.+)$/s, "Aide\u202f: $1"],
  ];
  /* What Streamlit says to a developer when its server does not answer, said to people. */
  const LOST = french
    ? ["Connexion perdue", "Le serveur ne répond pas. Ce qui était enregistré l’est toujours\u202f; l’écran revient de lui-même dès que le serveur répond."]
    : ["Connection lost", "The server does not answer. What was saved is safe; the screen comes back by itself once the server answers."];
  /* Names of controls that show an icon alone, by icon; in English most icons are called what they are. */
  const ICONS = {
    "123": "Nombre", "1k": "Milliers", access_time: "Heure", add: "Ajouter", area_chart: "Aires",
    arrow_downward: "Descendre", arrow_drop_down_circle: "Choix", arrow_upward: "Monter",
    arrows_outward: "Ouvrir ailleurs", attach_money: "Dollars", audio_file: "Son", auto_awesome: "Automatique",
    bar_chart: "Diagramme", calendar_month: "Calendrier", calendar_today: "Calendrier", check: "Fait",
    check_box: "Case", check_circle: "Réussi", checklist: "Liste à cocher", chevron_left: "Précédent",
    chevron_right: "Suivant", circle: "Point", close: "Fermer", code_blocks: "Code", commit: "Version",
    content_copy: "Copier", contrast: "Thème du système", currency_yen: "Yens", dark_mode: "Thème sombre",
    data_object: "Objet", delete: "Supprimer", edit: "Modifier", error: "Erreur", euro: "Euros",
    expand_less: "Replier", expand_more: "Déplier",
    experiment: "Essai", face: "Personne", finance_chip: "Comptabilité", format_list_numbered: "Liste numérotée",
    help: "Aide", image: "Image", info: "Information", keep: "Figer", keep_off: "Libérer",
    keyboard_arrow_down: "Déplier", keyboard_arrow_right: "Ouvrir", keyboard_double_arrow_left: "Fermer le menu",
    keyboard_double_arrow_right: "Ouvrir le menu", light_mode: "Thème clair", link: "Lien", list: "Liste",
    markdown: "Texte mis en forme", menu: "Menu", menu_book: "Guide de cet écran", more_horiz: "Plus d’actions",
    more_vert: "Plus d’actions", notes: "Texte", percent: "Pourcentage", refresh: "Réinitialiser",
    replay: "Réinitialiser", restart_alt: "Tout remettre à zéro", schedule: "Heure", search_activity: "Activité",
    sentiment_dissatisfied: "Déçu", sentiment_neutral: "Neutre", sentiment_sad: "Mécontent",
    sentiment_satisfied: "Satisfait", sentiment_very_satisfied: "Très satisfait", show_chart: "Courbe",
    smart_button: "Bouton", smart_toy: "Robot", speed_1_75: "Vitesse", star: "Étoile", star_filled: "Étoile pleine",
    tag: "Nombre", thumb_down: "Contre", thumb_up: "Pour", timelapse: "Durée", today: "Jour", translate: "Traduire",
    upload: "Déposer", video_file: "Vidéo", visibility: "Afficher", visibility_off: "Masquer",
  };
  const ENGLISH = {
    chevron_left: "Previous", chevron_right: "Next", keyboard_double_arrow_left: "Close the menu",
    keyboard_double_arrow_right: "Open the menu", menu_book: "Guide to this screen", refresh: "Reset", replay: "Reset",
    restart_alt: "Reset all",
  };
  const COLUMN = /^([a-z]\w*|(Min|Max|Mean|Sum) of \w+)( \([a-z-]+\))?: /;
  const named = (icon) => (french ? ICONS : ENGLISH)[icon] || icon.replaceAll("_", " ");
  const OWN = "[data-testid=stTooltipContent], [data-testid=stSkipToContent], [data-testid=stElementToolbar], [role=menu], [role=tooltip], [data-testid=stFileChip], [data-testid=stTooltipErrorContent]";
  const phrased = (text) => text.replace(...(PHRASES.find(([shape]) => shape.test(text)) || ["", ""]));
  const said = (text) => {
    const parts = text.split(", ");
    if (DATES[parts[0].toLowerCase()]) return parts.map((part) => DATES[part.toLowerCase()] || part).join(", ");
    const phrase = phrased(text);
    if (phrase !== text) return phrase;
    const [what, of] = text.split(/: (.*)/s);
    const word = WORDS[what.trim()];
    return word === undefined ? sized(text) : of === undefined ? word : `${word}\u202f: ${of}`;
  };
  const texts = (place, how) => {
    const nodes = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode())
      if (how(node.nodeValue) !== node.nodeValue) node.nodeValue = how(node.nodeValue);
  };
  /* What is chosen of a line that is wider than the screen is brought into it, once: people may push the line on. */
  const brought = new WeakMap();
  const bring = () => {
    for (const one of document.querySelectorAll("[role=tab][aria-selected=true], [role=radio][aria-checked=true]")) {
      const line = one.closest("[role=tablist], [role=radiogroup]");
      if (!line || brought.get(line) === one.textContent) continue;
      brought.set(line, one.textContent);
      const [outer, inner] = [line.getBoundingClientRect(), one.getBoundingClientRect()];
      if (inner.left < outer.left || inner.right > outer.right) line.scrollLeft += inner.left - outer.left - 24;
    }
  };
  /* The server chooses the colours of texts in charts and of verdicts in tables, and Streamlit does not tell it of another
     theme: its own key for a run does. */
  let scheme = "";
  const recolour = () => {
    const app = document.querySelector("[data-testid=stApp]");
    if (!app) return;
    const now = getComputedStyle(app).colorScheme, before = scheme;
    scheme = now;
    if (before && before !== now)
      for (const type of ["keydown", "keyup"])
        document.body.dispatchEvent(new KeyboardEvent(type, { key: "r", code: "KeyR", keyCode: 82, bubbles: true }));
  };
  const mend = () => {
    recolour();
    bring();
    for (const icon of document.querySelectorAll("[role=img][aria-label$=' icon']:not([aria-hidden])")) {
      icon.setAttribute("aria-hidden", "true");
      const button = icon.closest("button, a");
      const name = icon.getAttribute("aria-label").slice(0, -5);
      if (button && !button.hasAttribute("aria-label") && button.textContent.trim() === icon.textContent.trim())
        button.setAttribute("aria-label", named(name));
    }
    // What a menu is called is Markdown to Streamlit, and signs to whoever hears it.
    for (const menu of document.querySelectorAll("[role=dialog][aria-label*='**']"))
      menu.setAttribute("aria-label", menu.getAttribute("aria-label").replace(/\*\*|\\(?=\W)/g, ""));
    for (const code of document.querySelectorAll("[role=dialog] code"))
      if (code.textContent.includes("yourscript.py")) {
        texts(code.closest("[role=dialog]"), (text) =>
          text === "Connection error" ? LOST[0] : text.startsWith("Is Streamlit") ? LOST[1] : text);
        code.closest("pre, div").style.display = "none";
      }
    // A mark of a chart says what its tooltip says: what it is drawn by bears the names of columns.
    for (const mark of document.querySelectorAll("[role=graphics-symbol][aria-label]")) {
      const label = mark.getAttribute("aria-label");
      const told = label.split("; ").filter((part) => !COLUMN.test(part)).join("; ");
      if (!told) mark.setAttribute("aria-hidden", "true");
      else if (told !== label) mark.setAttribute("aria-label", told);
    }
    // A group of marks that holds none is read as a picture without a name.
    for (const group of document.querySelectorAll("g[role=graphics-symbol]:not([aria-label], [aria-hidden])"))
      group.setAttribute("aria-hidden", "true");
    if (!french) return;
    for (const one of document.querySelectorAll("[aria-label]")) {
      const label = one.getAttribute("aria-label"), mended = said(label);
      if (mended !== label) one.setAttribute("aria-label", mended);
    }
    for (const one of document.querySelectorAll("[aria-valuetext]")) {
      const value = one.getAttribute("aria-valuetext"), mended = value.replace(/[A-Z][a-z]+$/, (name) => MONTHS[name] || name);
      if (mended !== value) one.setAttribute("aria-valuetext", mended);
    }
    for (const one of document.querySelectorAll("[data-type][data-placeholder]"))
      if (EMPTY[one.textContent]) one.firstChild.nodeValue = EMPTY[one.textContent];
    for (const place of document.querySelectorAll(OWN)) texts(place, said);
    // Streamlit's own dialogs alone: those of a screen hold what people wrote.
    for (const dialog of document.querySelectorAll("[role=dialog]:not(:has([data-testid=stVerticalBlock]))"))
      texts(dialog, phrased);
  };
  /* One step of the back button an act: what the server adds to the address by itself (the filters that a screen begins
     with) takes the place of the step that led there, which Back could never leave otherwise. Filters may
     come before the browser's address is that of their screen: it takes the place of the step that has them. */
  let acted = false;
  for (const type of ["pointerdown", "keydown", "click"]) document.addEventListener(type, () => { acted = true; }, true);
  addEventListener("popstate", () => { acted = false; });
  const push = history.pushState.bind(history);
  history.pushState = (state, unused, url) => {
    const to = new URL(url ?? "", location.href);
    const led = to.pathname === location.pathname || to.search === location.search;
    if (led && !acted) return history.replaceState(state, unused, url);
    acted = false;
    return push(state, unused, url);
  };
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mend(); });
  };
  new MutationObserver(soon).observe(document.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label", "aria-valuetext"],
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(soon, 250)); // once it is worn
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const typing = at.isContentEditable || /^(INPUT|TEXTAREA|SELECT|CANVAS)$/.test(at.tagName);
    const guide = document.querySelector("[class*='st-key-guide'] button");
    if (event.key === "?" && !typing && guide) { event.preventDefault(); guide.click(); }
  });
})();
