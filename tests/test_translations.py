"""Every word that the app shows has a Russian one. Read are the catalogues that people write."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_javascript, extract_python
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import privatemessages
from privatemessages.errors import MessengerError

APP = Path(privatemessages.__file__).parent
CATALOGUES = APP / "locale" / "ru" / "LC_MESSAGES"
FUNCTIONS = [
    *("_", "gettext", "gettext_lazy", "gettext_noop"),
    *("ngettext", "ngettext_lazy", "pgettext"),
]


def catalogue(domain) -> Catalog:
    with (CATALOGUES / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="ru", domain=domain)


def in_python() -> Iterator[tuple]:
    for path in APP.rglob("*.py"):
        yield from words(path, extract_python, path.read_bytes())


def in_templates() -> Iterator[tuple]:
    for path in (APP / "templates").rglob("*.html"):
        # Between brackets, because what `templatize` makes is Python but for its indentation.
        yield from words(path, extract_python, f"({templatize(path.read_text())})".encode())


def in_scripts() -> Iterator[tuple]:
    for path in (APP / "static").rglob("*.js"):
        yield from words(path, extract_javascript, path.read_bytes())


def words(path, extractor, source) -> Iterator[tuple]:
    """Each message's context, id and plural (None where it has none), and where it is."""
    for line, function, found, _ in extractor(io.BytesIO(source), FUNCTIONS, [], {}):
        texts = [text for text in (found if isinstance(found, tuple) else [found]) if text]
        if texts:
            context = texts.pop(0) if function == "pgettext" else None
            yield context, texts[0], (*texts, None)[1], f"{path.relative_to(APP)}:{line}"


def in_errors() -> Iterator[tuple]:
    kinds = [MessengerError]
    for kind in kinds:
        kinds += kind.__subclasses__()
        if kind.detail:
            yield None, kind.detail, None, kind.__name__


USED = [
    ("django", in_python, 20),
    ("django", in_templates, 15),
    ("django", in_errors, 10),
    ("djangojs", in_scripts, 20),
]


@pytest.mark.parametrize(("domain", "used", "least"), USED, ids=lambda x: getattr(x, "__name__", x))
def test_every_word_has_a_russian_one(domain, used, least):
    russian = catalogue(domain)
    found = list(used())
    assert len(found) >= least
    missing = [
        word for word in found if not is_translated(russian.get(word[1], word[0]), plural=word[2])
    ]
    assert not missing


def is_translated(message, plural):
    if message is None or message.fuzzy:
        return False
    forms = message.string if isinstance(message.string, tuple) else [message.string]
    return all(forms) and len(forms) == (4 if plural else 1)


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_nothing_is_translated_that_is_not_used(domain):
    used = {(word[0], word[1]) for name, of, _ in USED if name == domain for word in of()}
    kept = {(m.context, m.id[0] if m.pluralizable else m.id) for m in catalogue(domain) if m.id}
    assert kept - used == set()


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_translations_keep_the_places_for_values(domain):
    messages = [message for message in catalogue(domain) if message.id]
    assert messages
    problems = [(message.id, problem) for message in messages for problem in message.check()]
    assert problems == []
