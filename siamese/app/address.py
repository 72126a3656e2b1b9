"""Every page's state is in its address: opened elsewhere, the address shows the same.

The address follows what the page shows, in place, without a rerun and without a new entry in the
browser's history. A session reads it once, when it starts, on whichever page that is: so a reloaded page, or one
whose server was restarted, comes back as it was.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from siamese.app import choices, links, projector, resources, session
from siamese.app.parameters import Entry, Written, written


@dataclass(frozen=True)
class Address:
    """The address of one page.

    Attributes:
        path: how it ends; "" for the page that the app opens on.
        entries: what it holds of the page's state, in this order, after what the address of every page holds.
        shows_trained: whether the page shows the network that this session trained live, where that is chosen.
    """

    path: str
    entries: Sequence[Entry] = ()
    shows_trained: bool = True


_CSS = """
.copy-link:not([hidden]) {display: block}
.copy-link {position: relative; color: var(--st-text-color)}
.copy-link button {font: inherit; font-size: .875rem; color: inherit; background: var(--st-background-color);
  padding: .25rem .75rem; min-height: 2.5rem; border: 1px solid var(--st-border-color); cursor: pointer;
  border-radius: var(--st-button-radius); white-space: nowrap}
.copy-link .short {display: none}
.copy-link button:hover {border-color: var(--st-primary-color); color: var(--st-primary-color)}
.copy-link button:focus-visible {outline: 2px solid var(--st-primary-color); outline-offset: 2px}
/* what is said lies over the page, so that nothing moves */
.copy-link .said {position: absolute; top: calc(100% + .25rem); right: 0; z-index: 100; box-sizing: border-box;
  width: max-content; max-width: min(22rem, 80vw); padding: .4rem .7rem; font-size: .9rem;
  background: var(--st-background-color); border: 1px solid var(--st-border-color); border-radius: .4rem}
.copy-link .said:not(:has(input:not([hidden]), [role=status]:not(:empty))) {visibility: hidden}
@media (max-width: 640px) {.copy-link .said {right: auto; left: 0}}
.copy-link input {font: inherit; width: 20rem; max-width: 100%; padding: .3rem .5rem;
  color: inherit; background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color); border-radius: .4rem}
.copy-link input:not([hidden]) {display: block}
"""
_HTML = """<div class="copy-link"><button type="button" aria-label="Copy link"><span class="long">Copy
link</span><span class="short">Link</span></button>
<div class="said"><input readonly hidden aria-label="The link to this page">
<span role="status" aria-live="polite"></span></div></div>"""
_JS = """
export default function ({ data, parentElement }) {
  const box = parentElement.querySelector('.copy-link');
  const [button, field, said] = ['button', 'input', '[role=status]'].map((name) => box.querySelector(name));
  // What the page shows: as told, or, where a part of it changes by itself, by the mark in that part.
  const told = () => {
    const mark = data.marked && document.querySelector('[data-address]');
    return mark ? { query: mark.dataset.address, missing: mark.dataset.missing } : data;
  };
  const follow = () => {
    // Streamlit looks here, at any time, whether it is embedded, and how; a link to the page does not say so.
    const embedded = [...new URLSearchParams(location.search)].filter(([key]) => /^embed(_options)?$/i.test(key));
    const query = [told().query, new URLSearchParams(embedded).toString()].filter(Boolean).join('&');
    // Who goes on quickly is on another page's entry by the time that this page arrives.
    const end = location.pathname.replace(/[/]$/, '').split('/').pop();
    const here = (data.paths.split(' ').includes(end) ? end : '') === data.path;
    if (here && location.search.replace(/^[?]/, '') !== query) {
      history.replaceState(history.state, '', location.pathname + (query ? `?${query}` : ''));
    }
  };
  // On Community Cloud the app lives in a frame below /~/+/; its outer address takes the same parameters.
  const address = () => {
    const url = new URL(location.href);
    url.pathname = url.pathname.replace('/~/+', '');
    url.search = told().query;
    url.hash = '';
    return url.href;
  };
  follow();
  box.hidden = !data.button;
  field.hidden = true;
  button.onclick = async () => {
    let copied = await navigator.clipboard?.writeText(address()).then(() => true, () => false);
    if (!copied) {
      field.value = address();
      field.hidden = false;
      field.focus();
      field.select();
      // No secure connection, as in a classroom's network: the old way. It says that it has copied even where the
      // browser's policy for a frame forbids it; who has been refused, or may not ask, copies by hand.
      const may = document.featurePolicy?.allowsFeature('clipboard-write') ?? self === top;
      copied = copied === undefined && may && document.execCommand('copy');
      field.hidden = copied;
      if (copied) button.focus();
    }
    said.textContent = (copied ? 'Copied' : 'Copy this line') + (told().missing || '.');
    clearTimeout(box.forget);
    box.forget = setTimeout(() => { said.textContent = ''; }, 6000);
  };
  if (!data.marked) return undefined;
  const watch = new MutationObserver(follow);
  watch.observe(document.body, { childList: true, subtree: true, attributeFilter: ['data-address'] });
  return () => watch.disconnect();
}
"""
_mount = st.components.v2.component("siamese.copy_link", html=_HTML, css=_CSS, js=_JS, isolate_styles=False)


def bar(address: Address, name: str = "", *, button: bool = True, marked: bool = False) -> None:
    """Lets the browser's address follow the page, and draws *Copy link*.

    Args:
        name: of this bar, where a page has several: a page whose parts are redrawn apart has one in each of them.
        button: whether there is a button.
        marked: whether a part of the page that is redrawn apart holds a `mark`, which the address then follows.
    """
    query, missing = _query(address)
    _mount(
        key=f"{name or address.path}.link",
        data={
            "path": address.path,
            # As text: Streamlit imports pandas to see whether a list is a table, see `canvas`.
            "paths": " ".join(sorted(filter(None, session.current().pages))),
            "query": query,
            "missing": missing,
            "button": button,
            "marked": marked,
        },
        width="content",
    )


def mark(address: Address) -> str:
    """What the page shows now, as HTML that is not seen: cheaper in what is redrawn at each stroke than a `bar`."""
    query, missing = _query(address)
    return f'<div hidden data-address="{html.escape(query)}" data-missing="{html.escape(missing)}"></div>'


def _query(address: Address) -> tuple[str, str]:
    """The text of the address after its question mark, and what it cannot hold."""
    parameters, missing = _model(address.shows_trained)
    shown, more_missing = written([projector.PARAMETER, *address.entries])
    return links.query_text(parameters | shown), missing or more_missing


def _model(shows_trained: bool) -> Written:
    """The parameters of the chosen model and its threshold."""
    name = choices.model_name(trained=shows_trained)
    if name not in resources.models():
        return {}, ", but your own network lives in this page alone: the link shows another one."
    parameters = {"model": name if name != resources.models()[0] else ""}
    threshold = choices.threshold(name)
    if abs(threshold - resources.verifier(name).threshold) > 1e-9:
        parameters["t"] = f"{threshold:.4f}"
    return parameters, ""


def apply(addresses: Iterable[Address]) -> None:
    """At the start of a session: make its state what the browser's address says. Then tell what could not be read.

    It is told on the page that the link leads to, until that is left.

    Args:
        addresses: of all pages. A link is read in their order.
    """
    context, now = get_script_run_ctx(), session.current()
    page = context.page_script_hash if context else ""
    if now.notices is None:
        now.notices = []
        resources.look_again()
        query = {key: st.query_params.get_all(key) for key in st.query_params}
        if query and resources.models():
            now.notices = _read(links.Reader(query), addresses)
    if now.page is None:  # none was shown yet; /compare leads on to another one
        now.linked_page = page
    elif page != now.linked_page:
        now.notices.clear()
    if now.notices:
        with st.container(horizontal=True, vertical_alignment="center", key="link-notice"):
            st.info(" ".join(now.notices), icon=":material/link:", width="stretch")
            st.button("Close", key="link.close", on_click=now.notices.clear)


def _read(reader: links.Reader, addresses: Iterable[Address]) -> list[str]:
    """Sets what the session holds; the notices."""
    projector.PARAMETER.read(reader)
    model = reader.get("model", "model", links.one_of(resources.models()))
    if model is not None:
        choices.set_model(model)
    name = choices.model_name()
    threshold = reader.get("t", "threshold", links.number(0, resources.axis_maximum(name)))
    if threshold is not None:
        choices.set_threshold(name, threshold)
    # Two pages may show the same: it is read once.
    for entry in dict.fromkeys(entry for address in addresses for entry in address.entries):
        entry.read(reader)
    return reader.notices
