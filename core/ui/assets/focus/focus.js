// Moves the focus to the widget of a key, once it is drawn, and brings it into view.
const PATIENCE_MS = 3000;

export default function ({ data }) {
  const until = performance.now() + PATIENCE_MS;
  function look() {
    const place = document.querySelector(`.st-key-${CSS.escape(data.key)}`);
    // The field before the button of its help.
    const target = place?.querySelector("input, textarea") ?? place?.querySelector("button");
    if (target) {
      target.scrollIntoView({ block: "center" });
      target.focus({ preventScroll: true });
    } else if (performance.now() < until) {
      requestAnimationFrame(look);
    }
  }
  look();
}
