/* The house's one script: what Streamlit says aloud or in its own toolbars in English, said in the page's language; an
   icon or a group of marks that stands for nothing is not read aloud; "?" opens the guide. It changes words, never what they do. */
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
    "Add row": "Ajouter une ligne", "Delete row(s)": "Supprimer les lignes", "Clear selection": "Ne plus rien choisir",
    "Copy column name": "Copier le nom de la colonne", "Skip to main content": "Aller au contenu",
    "Navigate to home page": "Aller à l’accueil", "Link to heading": "Lien vers ce titre", "Copied!": "Copié",
  };
  const ICONS = {
    chevron_left: ["Précédent", "Previous"], chevron_right: ["Suivant", "Next"], close: ["Fermer", "Close"],
    replay: ["Réinitialiser", "Reset"], refresh: ["Réinitialiser", "Reset"], help: ["Aide", "Help"],
    keyboard_double_arrow_right: ["Ouvrir le menu", "Open the menu"],
    keyboard_double_arrow_left: ["Fermer le menu", "Close the menu"],
  };
  const OWN = "[data-testid=stTooltipContent], [data-testid=stElementToolbar], [role=menu], [role=tooltip]";
  const said = (text) => {
    const [what, of] = text.split(/: (.*)/s);
    const word = WORDS[what.trim()];
    return word === undefined ? text : of === undefined ? word : `${word}\u00a0: ${of}`;
  };
  const mend = () => {
    for (const icon of document.querySelectorAll("[role=img][aria-label$=' icon']:not([aria-hidden])")) {
      icon.setAttribute("aria-hidden", "true");
      const button = icon.closest("button, a");
      const name = icon.getAttribute("aria-label").slice(0, -5);
      if (button && !button.hasAttribute("aria-label") && button.textContent.trim() === icon.textContent.trim())
        button.setAttribute("aria-label", (ICONS[name] || [name, name])[french ? 0 : 1]);
    }
    // A group of marks that holds none is read as a picture without a name.
    for (const group of document.querySelectorAll("g[role=graphics-symbol]:not([aria-label], [aria-hidden])"))
      group.setAttribute("aria-hidden", "true");
    if (!french) return;
    for (const one of document.querySelectorAll("[aria-label]")) {
      const label = one.getAttribute("aria-label"), mended = said(label);
      if (mended !== label) one.setAttribute("aria-label", mended);
    }
    for (const place of document.querySelectorAll(OWN)) {
      const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node; node = texts.nextNode())
        if (WORDS[node.nodeValue]) node.nodeValue = WORDS[node.nodeValue];
    }
  };
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mend(); });
  };
  new MutationObserver(soon).observe(document.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label"],
  });
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const typing = at.isContentEditable || /^(INPUT|TEXTAREA|SELECT|CANVAS)$/.test(at.tagName);
    const guide = document.querySelector("[class*='st-key-guide'] button");
    if (event.key === "?" && !typing && guide) { event.preventDefault(); guide.click(); }
  });
})();
