"""What a reload of the page keeps and what it loses, as the page itself says it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import address, guess_first, settled, verdict


def test_a_reload_keeps_the_pair_and_loses_what_the_page_says_it_loses(offline_server, open_page):
    """Three pairs, a guess: the page says before that both end; afterwards the pair is there, and nothing else."""
    page = open_page(f"{offline_server}/?journey=1")
    strip = page.locator(".journey button")
    for count in (1, 2, 3):
        expect(strip).to_have_count(count)
        settled(page)
        if count < 3:
            page.get_by_role("button", name="Sample a pair").click()
    expect(page.get_by_text("a reload brings back the pair on the screen alone")).to_be_visible()
    shown = verdict(page).get_attribute("data-distance")
    page.wait_for_function("/left=.*right=/.test(location.search)")
    before = address(page)
    page.reload()
    expect(verdict(page)).to_have_attribute("data-distance", shown)
    expect(strip).to_have_count(1)
    assert address(page) == before

    guess_first(page)
    tally = page.get_by_test_id("tally")
    expect(tally).to_contain_text("Reloading the page loses the counts")
    settled(page)
    page.locator(".st-key-guess-same button").click()
    expect(tally).to_contain_text("of 1")
    page.reload()
    expect(tally).to_contain_text("No guess yet")
