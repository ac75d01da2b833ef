"""Every word of the site's own templates has a Russian one, and the catalogue has no others."""

import re

import pytest
from babel.messages.pofile import read_po

from tests.services import ROOT

TRANSLATE = re.compile(r"""{%\s*translate\s+(["'])(?P<text>.*?)\1\s*%}""")
NOT_SIMPLE = re.compile(r"{%\s*(blocktranslate|blocktrans|trans)\b")


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    with (ROOT / "myproject/locale/ru/LC_MESSAGES/django.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id}


@pytest.fixture(scope="module")
def used() -> set[str]:
    texts = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    assert not any(NOT_SIMPLE.search(text) for text in texts), "this test reads only translate"
    return {match["text"] for text in texts for match in TRANSLATE.finditer(text)}


def test_every_word_has_a_russian_one(catalogue, used):
    assert len(used) > 25
    assert {word for word in used if not catalogue.get(word)} == set()


def test_no_word_is_there_for_nothing(catalogue, used):
    assert set(catalogue) - used == set()
