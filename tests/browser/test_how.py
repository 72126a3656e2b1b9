"""*How it works* in a browser: the two pictures move."""

from __future__ import annotations

from playwright.sync_api import expect


def test_the_diagram_and_the_margin_move(open_page, offline_server):
    """Another pair changes the diagram; the margin's slider moves the curve's line and the pair's cost."""
    page = open_page(offline_server)
    page.get_by_role("link", name="How it works").first.click()
    expect(page.get_by_role("heading", name="How it works")).to_be_visible()
    diagram = page.get_by_test_id("diagram")
    expect(diagram).to_be_visible()
    assert diagram.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    first = diagram.get_attribute("data-distance")
    page.get_by_role("radio", name="A 3 and a 5").first.click()
    expect(diagram).not_to_have_attribute("data-distance", first)

    chart = page.locator(".live-chart", has_text="margin")
    expect(chart).to_contain_text("margin 1.00")
    slider = page.get_by_role("slider", name="Margin")
    slider.press("End")
    expect(chart).to_contain_text("margin 2.00")
    expect(page.get_by_test_id("cost")).to_contain_text("still pushed")
    slider.press("Home")
    expect(chart).to_contain_text("margin 0.20")
    expect(page.get_by_test_id("cost")).to_contain_text("no push")


def test_both_questions_move_with_the_pair(open_page, offline_server):
    """Another pair changes the cells of the shapes, the bars of the answers, and the distance that they make."""
    page = open_page(f"{offline_server}/how")
    shapes = page.get_by_role("figure", name="The numbers of both shapes")
    answers = page.get_by_role("figure", name="left: 3")
    expect(shapes).to_be_visible()
    expect(answers.locator(".bars .point")).to_have_count(14)
    said, total = shapes.get_attribute("aria-label"), page.get_by_test_id("one-distance")
    before = total.inner_text()
    page.locator(".st-key-how-pair-parts").get_by_role("radio", name="A 3 and a 5").click()
    expect(page.get_by_role("figure", name="right: 5")).to_be_visible()
    expect(total).not_to_have_text(before)
    assert page.get_by_role("figure", name="The numbers of both shapes").get_attribute("aria-label") != said
    expect(total).to_contain_text(page.get_by_test_id("diagram").get_attribute("data-distance")[:4])
