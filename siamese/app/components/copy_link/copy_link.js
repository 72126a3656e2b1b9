// Lets the browser's address follow what the page shows, and copies that address when the button is pressed.

export default function ({ data, parentElement }) {
  const box = parentElement.querySelector(".copy-link");
  const [button, field, status] = ["button", "input", "[role=status]"].map((name) => box.querySelector(name));
  // What the page shows: by the run's data, or, where a part of it changes by itself, by the mark in that part.
  const shown = () => {
    const mark = data.marked && document.querySelector("[data-address]");
    return mark ? { query: mark.dataset.address, missing: mark.dataset.missing } : data;
  };
  const follow = () => {
    // Streamlit looks here, at any time, whether it is embedded, and how; a link to the page does not say so.
    const embedded = [...new URLSearchParams(location.search)].filter(([key]) => /^embed(_options)?$/i.test(key));
    const query = [shown().query, new URLSearchParams(embedded).toString()].filter(Boolean).join("&");
    // Who goes on quickly is on another page's entry by the time that this page arrives.
    const end = location.pathname.replace(/[/]$/, "").split("/").pop();
    const here = (data.paths.split(" ").includes(end) ? end : "") === data.path;
    if (here && location.search.replace(/^[?]/, "") !== query) {
      history.replaceState(history.state, "", location.pathname + (query ? `?${query}` : ""));
    }
  };
  // On Community Cloud the app lives in a frame below /~/+/; its outer address takes the same parameters.
  const address = () => {
    const url = new URL(location.href);
    url.pathname = url.pathname.replace("/~/+", "");
    url.search = shown().query;
    url.hash = "";
    return url.href;
  };
  follow();
  box.hidden = !data.button;
  field.hidden = true;
  button.onclick = async () => {
    let copied = await navigator.clipboard?.writeText(address()).then(
      () => true,
      () => false,
    );
    if (!copied) {
      field.value = address();
      field.hidden = false;
      field.focus();
      field.select();
      // No secure connection, as in a classroom's network: the old way. It says that it has copied even where the
      // browser's policy for a frame forbids it; who has been refused, or may not ask, copies by hand.
      const may = document.featurePolicy?.allowsFeature("clipboard-write") ?? self === top;
      copied = copied === undefined && may && document.execCommand("copy");
      field.hidden = copied;
      if (copied) button.focus();
    }
    status.textContent = (copied ? "Copied" : "Copy this line") + (shown().missing || ".");
    clearTimeout(box.forget);
    box.forget = setTimeout(() => {
      status.textContent = "";
    }, 6000);
  };
  if (!data.marked) return undefined;
  const watch = new MutationObserver(follow);
  watch.observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-address"] });
  return () => watch.disconnect();
}
