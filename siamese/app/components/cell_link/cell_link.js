// Lets links to a cell of the heat map lead there within the session.

export default function ({ setTriggerValue }) {
  // Within the page, so that the session goes on; in another tab or window the link's own address serves.
  const clicked = (event) => {
    const link = event.target.closest?.(".nearest-digits a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const query = new URL(link.href).searchParams;
    setTriggerValue("cell", 10 * Number(query.get("first")) + Number(query.get("second")));
  };
  document.addEventListener("click", clicked, true);
  return () => document.removeEventListener("click", clicked, true);
}
