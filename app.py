"""The app's entry point: it routes, nothing else. Start it with `streamlit run app.py`."""

import streamlit as st

from siamese.app import address, page_frame, projector, session
from siamese.app.components import pen, waiting
from siamese.app.navigation import ADDRESSES, PAGES
from siamese.app.pages.live import badge
from siamese.app.patches import delivery, fragments, garbage, presses

st.set_page_config(page_title="Siamese network: same digit or different?", page_icon="⚖️", layout="wide")
paths = [page.address.path for page in PAGES]
session.current().pages = {
    path: st.Page(page.render, title=page.title, icon=page.icon, url_path=path, default=not path)
    for path, page in zip(paths, PAGES)
}
offered = [session.current().pages[page.address.path] for page in PAGES if page.is_offered()]
# The default page lives at /; whoever types /compare is sent there, after `address` has read the parameters.
by_name = st.Page(lambda: page_frame.go_to(""), title="Compare", url_path="compare", visibility="hidden")
shown = st.navigation([*offered, by_name], position="hidden")
# Links of our own: on a phone Streamlit folds its navigation away, and it then lies over the page that was chosen.
navigation = st.container(horizontal=True, vertical_alignment="center", gap="small", key="navigation")
with navigation:
    for page in offered:
        st.page_link(page, width="content")
garbage.freeze()
delivery.install()
presses.install()
fragments.install()
address.apply(ADDRESSES)
with navigation:
    projector.switch()
    badge.show(shown, session.current().pages["live"])
pen.install()
waiting.watch(shown.url_path, filter(None, paths))
shown.run()
