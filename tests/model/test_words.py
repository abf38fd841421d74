"""The catalogue: both languages say the same things, with the same placeholders."""

from __future__ import annotations

from string import Formatter

import pytest
from babel.messages.pofile import read_po

from gridgis.model.words import LANGS, LOCALE, catalogue, language_of, say, shell_language

SECTIONS = sorted({path.stem for path in LOCALE.glob("*/*.po")})


def messages_of(lang, section):
    """Read a section as {key: tuple of its forms}, the key's uniqueness checked."""
    with (LOCALE / lang / f"{section}.po").open("rb") as file:
        entries = [entry for entry in read_po(file, locale=lang, abort_invalid=True) if entry.id]
    text = (LOCALE / lang / f"{section}.po").read_text(encoding="utf-8")
    keys = [line for line in text.splitlines() if line.startswith('msgid "') and line != 'msgid ""']
    assert len(keys) == len(set(keys)), "a key stands twice"
    return {
        entry.id if isinstance(entry.id, str) else entry.id[0]: (
            (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)
        )
        for entry in entries
    }


def placeholders(text):
    return {name.partition(".")[0].partition("[")[0] for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.fixture(params=SECTIONS)
def section(request):
    return request.param


def test_every_sentence_stands_in_both_languages(section):
    zh, en = (messages_of(lang, section) for lang in LANGS)
    assert zh.keys() == en.keys()
    assert all(key.partition(".")[0] == section for key in zh)


def test_no_sentence_is_empty_and_plurals_have_all_their_forms(section):
    for lang, forms in (("zh", 1), ("en", 2)):
        for key, texts in messages_of(lang, section).items():
            assert all(text.strip() for text in texts), key
            assert len(texts) in {1, forms}, key
    zh, en = (messages_of(lang, section) for lang in LANGS)
    with (LOCALE / "zh" / f"{section}.po").open("rb") as file:
        counting = {entry.id[0] for entry in read_po(file, locale="zh") if not isinstance(entry.id, str)}
    assert counting == {key for key, texts in en.items() if len(texts) > 1}
    assert zh.keys() >= counting


def test_both_languages_take_the_same_values(section):
    zh, en = (messages_of(lang, section) for lang in LANGS)
    for key in zh.keys() & en.keys():
        wanted = set.union(*(placeholders(text) for text in en[key]))
        assert wanted == placeholders(zh[key][0]), key


def test_chinese_is_chinese_and_english_is_not(section):
    def han(text):
        return any("一" <= letter <= "鿿" for letter in text)

    # a language's own name, and what a file's header is called, are the same word everywhere
    for key, texts in messages_of("en", section).items():
        if "language" not in key and "alias" not in key:
            assert not any(han(text) for text in texts), key


def test_a_sentence_that_counts_chooses_its_form():
    assert say("error.data", "en", n=1).startswith("1 fault ")
    assert say("error.data", "en", n=2).startswith("2 faults ")
    assert say("error.data", "zh", n=1).startswith("数据有 1 处")


@pytest.mark.parametrize("key", ["nowhere.at.all", "tier.none", "tier"])
def test_a_missing_sentence_is_an_error_and_never_a_key_on_the_page(key):
    with pytest.raises(KeyError):
        say(key, "zh")


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError):
        say("error.data", "en", m=1)


def test_a_section_is_read_once():
    assert catalogue("zh", "tier") is catalogue("zh", "tier")


@pytest.mark.parametrize(
    ("preferred", "lang"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("de,en;q=0.5", "en"),
        ("", "zh"),
        ("*", "zh"),
    ],
)
def test_the_browsers_first_known_language_is_spoken(preferred, lang):
    assert language_of(preferred) == lang


def test_the_shell_speaks_its_locale(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert shell_language() == "zh"
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert shell_language() == "en"
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert shell_language() == "zh"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert shell_language() == "en"
