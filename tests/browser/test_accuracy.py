"""Accuracy in a real browser: every chart is drawn, and the threshold and one's own split move all of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from siamese import Verifier
from siamese.data.splits import SPLITS
from siamese.evaluation.hardest_pairs import load_hardest
from siamese.metrics import rates
from siamese.serving import catalogue
from siamese.serving.card import load_histograms
from tests.browser.conftest import PHONE, distance, goto, settled

CHARTS = ("threshold", "epochs", "distances", "roc", "digits", "one-shot", "reliability", "robustness")


def opened(page: Page) -> Page:
    """The page *Accuracy*, when all its charts are drawn."""
    goto(page, "Accuracy")
    for chart in CHARTS:
        page.locator(f".st-key-chart-{chart} .main-svg").first.wait_for()
    return page


def metric(page: Page, name: str):
    """The figure beside the chart, as text in per cent."""
    return page.get_by_test_id("stMetric").filter(has_text=re.compile(f"^{name} pairs")).get_by_test_id("stMetricValue")


@pytest.mark.parametrize(("scheme", "size"), [("light", None), ("dark", PHONE)], ids=["wide light", "phone dark"])
def test_every_chart_is_drawn(offline_server, open_page, scheme, size):
    """All charts and the table of figures are there, wide and phone-wide, and fit the width."""
    page = opened(open_page(offline_server, color_scheme=scheme, **({"viewport": size} if size else {})))
    for chart in CHARTS:
        box = page.locator(f".st-key-chart-{chart} .main-svg").first.bounding_box()
        assert box["width"] > 200
        assert box["x"] + box["width"] <= page.viewport_size["width"]
    table = page.get_by_role("table").first
    for text in ("98.15%", "83.67%", "70.19%", "99.96%"):  # the published figures, beside ours
        expect(table).to_contain_text(text)


def test_another_change_of_view_shows_its_chart_and_its_pictures(offline_server, open_page):
    """By one press; nothing is cut off on a phone, and the address names it."""
    page = opened(open_page(offline_server, viewport=PHONE))
    expect(page.get_by_test_id("robust-examples").locator("img")).to_have_count(9)
    page.locator(".st-key-accuracy-change").get_by_text("blurred").click()
    expect(page.get_by_test_id("robust-examples").locator("img")).to_have_count(7)
    expect(page.locator(".st-key-chart-robustness").get_by_text("blur, pixels")).to_be_visible()
    page.wait_for_function("location.search.includes('change=blur')")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_figures_are_those_of_the_committed_histograms(offline_server, open_page):
    """At the model's own threshold each split shows its exact accuracy."""
    page = opened(open_page(offline_server))
    verifier = Verifier.load()
    histograms = load_histograms(verifier.card)
    for split, digits in SPLITS.items():
        accuracy = rates.accuracy_at(histograms, digits, verifier.threshold)
        expect(metric(page, split)).to_have_text(f"{accuracy:.2%}")


def test_the_threshold_moves_line_and_figures_and_is_shared_with_compare(offline_server, open_page):
    """A step of the slider changes the figures and the marked line; Compare then uses the same threshold."""
    page = opened(open_page(offline_server))
    before = metric(page, "mixed").inner_text()
    marked = page.locator(".st-key-chart-threshold").get_by_text(re.compile(r"^threshold \d")).first
    label = marked.text_content()
    slider = page.get_by_role("slider").first
    slider.focus()
    slider.press("Home")
    expect(metric(page, "mixed")).not_to_have_text(before)
    expect(marked).not_to_have_text(label)
    goto(page, "Compare")
    expect(page.get_by_role("slider").first).to_have_value("0")


def test_a_split_of_ones_own_updates_everything(offline_server, open_page):
    """Choosing 4 and 9 adds a figure, a line in each chart and a row in the table, with the exact accuracy."""
    page = opened(open_page(offline_server))
    own = page.locator(".st-key-accuracy-own")
    for digit in ("4", "9"):
        own.get_by_role("button", name=digit, exact=True).click()
    verifier = Verifier.load()
    accuracy = rates.accuracy_at(load_histograms(verifier.card), (4, 9), verifier.threshold)
    shown = page.get_by_test_id("stMetric").filter(has_text="own: 4, 9").get_by_test_id("stMetricValue")
    expect(shown).to_have_text(f"{accuracy:.2%}")
    for chart in ("threshold", "distances", "roc"):
        expect(page.locator(f".st-key-chart-{chart}").get_by_text("own: 4, 9").first).to_be_visible()
    expect(page.get_by_role("table").first).to_contain_text("own: 4, 9")


def test_hovering_shows_numbers(offline_server, open_page):
    """Over *Accuracy per epoch*, a label gives the numbers of that epoch."""
    page = opened(open_page(offline_server))
    plot = page.locator(".st-key-chart-epochs .nsewdrag").first
    plot.scroll_into_view_if_needed()
    plot.hover()
    expect(
        page.locator(".st-key-chart-epochs .hoverlayer").get_by_text(re.compile(r"unseen pairs \d+\.\d+%"))
    ).to_be_visible()


def test_another_model_changes_every_figure(offline_server, open_page):
    """Choosing the baseline shows the baseline's own accuracies."""
    page = opened(open_page(offline_server))
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name=Verifier.load("baseline").card.title).click()
    card = catalogue.load_card("baseline")
    accuracy = rates.accuracy_at(load_histograms(card), SPLITS["unseen"], card.threshold)
    expect(metric(page, "unseen")).to_have_text(f"{accuracy:.2%}")


def click_cell(page: Page, row: int, column: int) -> None:
    """Click a cell of the heat map, once it stands still."""
    chart = page.locator(".st-key-chart-digits .live-chart")
    chart.scroll_into_view_if_needed()
    settled(page)
    x, y = chart.evaluate(
        """(chart, [row, column]) => {
          const { xaxis, yaxis } = chart._fullLayout, box = chart.getBoundingClientRect();
          return [box.left + xaxis._offset + xaxis.c2p(column), box.top + yaxis._offset + yaxis.c2p(row)];
        }""",
        [row, column],
    )
    page.mouse.move(x - 3, y)
    page.mouse.click(x, y)


def test_a_cell_of_the_heat_map_shows_its_hardest_pairs(offline_server, open_page):
    """A click on 4 and 9 frames the cell and shows the pairs of these two digits, as numbers where MNIST is not."""
    page = opened(open_page(offline_server))
    gallery = page.locator(".st-key-hardest")
    expect(gallery.get_by_text("Their numbers", exact=True)).to_have_count(2)
    expect(gallery.get_by_role("table")).to_have_count(0)
    expect(gallery.get_by_role("heading", name="Hardest pairs")).not_to_be_in_viewport()
    click_cell(page, 4, 9)
    expect(gallery.get_by_role("table")).to_have_count(1)
    expect(gallery.get_by_role("heading", name="Hardest pairs")).to_be_in_viewport()
    expect(gallery.get_by_role("row").nth(1)).to_be_in_viewport()
    hard = load_hardest(catalogue.load_card()).pairs((4,), (9,), False)[0]
    row = gallery.get_by_role("row").nth(1)
    for text in ("4 and 9", f"{hard.left} and {hard.right}", f"{hard.distance:.3f}"):
        expect(row).to_contain_text(text)
    expect(page.locator(".st-key-chart-digits .shapelayer path")).to_have_count(2)


def test_a_hard_pair_goes_to_compare(mnist_server, open_page):
    """Where MNIST is, the pairs are pictures, and a button shows one on Compare with the distance it had."""
    page = opened(open_page(mnist_server))
    hard = load_hardest(catalogue.load_card()).pairs(range(10), range(10), True)[0]
    settled(page)
    button = page.locator(f".st-key-hardest-show-{hard.left}-{hard.right}").get_by_role("button")
    button.scroll_into_view_if_needed()
    place = button.bounding_box()
    button.click()
    for index in (hard.left, hard.right):
        alt = f"A handwritten {hard.left_digit}, MNIST test image {index}"
        expect(page.locator(f'.digit.large[alt="{alt}"]')).to_be_visible()
    assert distance(page) == pytest.approx(hard.distance, abs=1e-4)
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollTop") < 100
    page.go_back()
    opened_again = page.locator(".st-key-chart-reliability .main-svg").first
    opened_again.wait_for()
    settled(page)
    assert button.bounding_box() == pytest.approx(place, abs=3), "not where one was"
    # Going to a part of the same page and back is left to the browser.
    page.wait_for_function("window.siamesePlaces.wanted === null")
    page.get_by_role("link", name="two kinds of error").click()
    expect(page.get_by_role("heading", name="Two kinds of error")).to_be_in_viewport()
    assert page.evaluate("window.siamesePlaces.wanted") is None
