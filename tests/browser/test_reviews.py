"""In a real browser, a unit's review is reached by its row and taken home as a PDF."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gridgis.model.words import say

LIUWAN = "140121202207"


@pytest.fixture(scope="module")
def url(serve_store, loaded_demo):
    with serve_store(loaded_demo) as address:
        yield address


def test_a_row_leads_to_the_unit_and_its_bulletin_is_a_pdf(url, page, log):
    page.goto(f"{url}/reviews?period=2026-W47")
    expect(page.locator(".gg-scorecard")).to_be_visible()
    page.get_by_role("button", name="柳湾").click()
    expect(page).to_have_url(re.compile(f"unit={LIUWAN}"))
    expect(page.locator(".gg-question p")).to_contain_text("柳湾")
    expect(page.locator('[data-testid="stVegaLiteChart"]')).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=say("review.download_pdf", "zh")).click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")
    assert waiting.value.suggested_filename.endswith(f"{LIUWAN}-2026-W47.pdf")
    assert not log.complaints()
