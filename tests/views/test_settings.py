import re

import pytest
from django.test import Client

from privatemessages import actions, history

PATH = "/messages/settings/"
NAMES = ["shows_presence", "shows_last_seen", "shows_typing"]


def checked(response):
    boxes = re.findall(r'<input type="checkbox"[^>]*>', response.text)
    assert len(boxes) == len(NAMES)
    return [name for name in NAMES for box in boxes if f'name="{name}"' in box and "checked" in box]


class TestSettings:
    def test_show_what_was_chosen(self, page, alice):
        assert checked(page.get(PATH)) == NAMES
        actions.set_preferences(alice, shows_last_seen=False)
        assert checked(page.get(PATH)) == ["shows_presence", "shows_typing"]

    @pytest.mark.parametrize("chosen", [[], ["shows_typing"], NAMES])
    def test_are_saved_by_a_form_alone_and_say_so_once(self, page, alice, committed, chosen):
        with committed():
            response = page.post(PATH, dict.fromkeys(chosen, "on"))
        assert response["Location"] == PATH
        found = history.preferences(alice.pk).model_dump()
        assert found == {name: name in chosen for name in NAMES}
        with committed():
            shown = page.get(PATH)
        assert checked(shown) == chosen
        assert "Your settings are saved." in shown.text
        assert "Your settings are saved." not in page.get(PATH).text

    def test_are_said_in_russian(self, page):
        text = page.get(PATH, headers={"accept-language": "ru"}).text
        assert "Показывать, когда я в сети" in text

    def test_leave_room_for_the_choices_of_this_browser(self, page):
        assert re.search(r'<section[^>]* id="pm-device" hidden></section>', page.get(PATH).text)

    def test_are_for_who_is_signed_in(self, client, db):
        for ask in (client.get, client.post):
            assert ask(PATH)["Location"] == f"/accounts/login/?next={PATH}"

    def test_take_no_form_of_another_site(self, alice):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(alice)
        assert strict.post(PATH).status_code == 403
        assert history.preferences(alice.pk).shows_presence
