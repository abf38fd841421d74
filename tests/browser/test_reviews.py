"""In a real browser, a unit's review is reached by its row and taken home as a PDF."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
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
    with page.expect_download() as waiting:
        page.get_by_role("button", name=say("review.download_xlsx", "zh")).click()
    sheet = pd.read_excel(waiting.value.path(), engine="calamine")
    assert sheet[say("review.unit", "zh")].tolist()[-1] == say("review.whole", "zh")
    part, whole = sheet.filter(like=say("review.indicator.coverage", "zh")).iloc[:, 1:3].T.to_numpy()
    assert part[:-1].sum() == part[-1]
    assert whole[:-1].sum() == whole[-1]
    fraction = f"{part[-1]:,}/{whole[-1]:,}"
    assert fraction in page.locator(".gg-scorecard tfoot").inner_text()
    assert not log.complaints()
