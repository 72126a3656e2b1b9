"""The app's entry point: it routes, nothing else. Start it with `streamlit run app.py`."""

import streamlit as st

from siamese.app import address, projector, resources
from siamese.app.components import pen, waiting
from siamese.app.pages.accuracy import page as accuracy
from siamese.app.pages.compare import page as compare
from siamese.app.pages.how import page as how
from siamese.app.pages.live import badge
from siamese.app.pages.live import page as live
from siamese.app.pages.map import page as map
from siamese.app.pages.teach import page as teach
from siamese.app.patches import delivery, garbage

st.set_page_config(page_title="Siamese network: same digit or different?", page_icon="⚖️", layout="wide")
pages = [
    st.Page(compare.render, title="Compare", icon=":material/compare_arrows:", url_path="", default=True),
    st.Page(map.render, title="Map", icon=":material/scatter_plot:", url_path="map"),
    st.Page(teach.render, title="Teach it a symbol", icon=":material/school:", url_path="teach"),
    st.Page(accuracy.render, title="Accuracy", icon=":material/monitoring:", url_path="accuracy"),
    st.Page(how.render, title="How it works", icon=":material/menu_book:", url_path="how"),
]
training = st.Page(live.render, title="Train live", icon=":material/model_training:", url_path="live")
if resources.can_train():
    pages.insert(-1, training)
# The default page lives at /; whoever types /compare is sent there, after `address` has read the parameters.
by_name = st.Page(compare.show, title="Compare", url_path="compare", visibility="hidden")
page = st.navigation([*pages, by_name], position="hidden")
# Links of our own: on a phone Streamlit folds its navigation away, and it then lies over the page that was chosen.
navigation = st.container(horizontal=True, vertical_alignment="center", gap="small", key="navigation")
with navigation:
    for choice in pages:
        st.page_link(choice, width="content")
garbage.freeze()
delivery.install()
address.apply()
with navigation:
    projector.switch()
    badge.show(page, training)
pen.install()
waiting.watch(page.url_path, address.PATHS.values())
page.run()
