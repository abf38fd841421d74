"""The four bulletins: on paper in both languages, whole, with the figures of the review and no glyph missing."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import numpy as np
import pytest
from PIL import Image, ImageFont

from gridgis.cli import main
from gridgis.cli.bulletins import KINDS, _desk, _period
from gridgis.ledger.periods import period_named
from gridgis.model.settings import Settings
from gridgis.model.words import LANGS, say
from gridgis.show.bulletin import bulletin_data, bulletin_png
from gridgis.show.typeset import FONT_FILE
from gridgis.store.audit import read_audit
from gridgis.store.database import open_store
from gridgis.store.scope import Reader

INK = 128


@pytest.fixture(scope="module")
def desk(loaded_demo):
    store = open_store(str(loaded_demo))
    yield _desk(store, Reader.of_township("test"), Settings())
    store.close()


@pytest.fixture(scope="module")
def has_glyph():
    font = ImageFont.truetype(str(FONT_FILE), 20, index=2)
    nothing = bytes(font.getmask("\uffff"))
    return lambda letter: letter.isspace() or bytes(font.getmask(letter)) != nothing


def texts(data):
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_bulletin_fills_its_pages_in_both_languages_with_no_glyph_missing(desk, has_glyph, kind, lang):
    bulletin = desk.bulletin(_period(KINDS[kind], None, desk.on), None)
    pages = bulletin_png(bulletin, lang, ppi=50)
    assert len(pages) == 1
    for page in pages:
        with Image.open(io.BytesIO(page)) as picture:
            grey = np.asarray(picture.convert("L"))
            assert (grey < INK).mean() > 0.005
            assert (grey[: grey.shape[0] // 3] < INK).any(axis=1).sum() > 50
    data = bulletin_data(bulletin, lang)
    assert {letter for text in texts(data) for letter in text if not has_glyph(letter)} == set()
    json.dumps(data)


def test_the_figures_on_paper_are_those_of_the_review(desk):
    bulletin = desk.bulletin(period_named("2026-11").until(desk.on), None)
    rows = bulletin_data(bulletin, "zh")["rows"]
    review = bulletin.review
    assert len(rows) == len(review.units) + 1
    order = [*review.units.sort_values(["score", "households"], ascending=False).index, None]
    for code, row in zip(order, rows, strict=True):
        for indicator, cell in zip(review.measured, row["cells"][2:], strict=True):
            share = review.share(indicator, code)
            assert cell["below"] == f"{share.numerator:,}/{share.denominator:,}"


def test_the_synthetic_township_says_so_and_its_secretary_signs(desk):
    data = bulletin_data(desk.bulletin(period_named("2026-W47").until(desk.on), None), "zh")
    assert data["synthetic"] == say("app.synthetic", "zh")
    assert data["sign"] == "乡镇党委书记（签字）"
    village = bulletin_data(desk.bulletin(period_named("2026-W47").until(desk.on), "140121202207"), "zh")
    assert village["title"].startswith("柳湾")
    assert village["sign"] == "村党组织书记（签字）"


def test_a_name_is_never_markup(desk):
    bulletin = desk.bulletin(period_named("2026-W47").until(desk.on), None)
    hostile = '#panic("x") *b* $x$ <svg> & \\ "quoted" `raw`'
    names = bulletin.units.assign(name=hostile)
    plain = bulletin.__class__(**{**bulletin.__dict__, "units": names, "top": hostile})
    assert bulletin_png(plain, "en", ppi=30)


def test_the_command_writes_a_pdf_and_puts_it_on_record(loaded_demo, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "w.pdf"
    asked = ["report", "--store", str(loaded_demo), "--kind", "weekly", "--unit", "140121202207", "-o", str(out)]
    assert main([*asked, "--lang", "en"]) == 0
    made = out.read_bytes()
    assert made.startswith(b"%PDF")
    store = open_store(str(loaded_demo))
    assert read_audit(store)["what"].iloc[-1] == "review 2026-W47 pdf"
    store.close()
    assert str(out) in capsys.readouterr().out
    for wrong in (["--unit", "nix"], ["--period", "2026"], ["--period", "soon"]):
        none = tmp_path / "none.pdf"
        assert main(["report", "--store", str(loaded_demo), "--kind", "weekly", *wrong, "-o", str(none)]) == 2
        assert not none.exists()


def test_a_period_before_the_ledger_has_no_trend(desk):
    first = desk.records.visits["visited_on"].min().date()
    early = _period("week", None, first + timedelta(days=14))
    assert len(desk.bulletin(early, None).trend) <= 3
