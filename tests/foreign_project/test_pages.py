"""The pages, in a project with its own look, login and user model."""

import re

from tests.foreign_project.club import DOMAIN, Club

LOGIN = "/enter/?next=/talk/"


def test_a_stranger_is_led_to_the_projects_own_login(club):
    stranger = club.browser()
    answer = stranger.get("/talk/")
    assert answer.path == LOGIN
    assert "Enter · The club" in answer.text


def test_the_inbox_stands_in_the_projects_own_page(ann):
    answer = ann.get("/talk/")
    assert answer.status == 200
    assert '<h1 class="club">The club</h1>' in answer.text
    assert "<title>Messages · The club</title>" in answer.text
    assert 'action="/talk/send_message/"' in answer.text


def test_the_form_finds_a_person_by_the_address_that_one_knows(club, ann, ben):
    fields = {"recipient_name": "ben" + DOMAIN, "message": "Tennis on Sunday?"}
    answer = ann.post("/talk/send_message/", page="/talk/", **fields)
    assert re.fullmatch(r"/talk/chat/\d+/#newest", answer.path)
    assert "Tennis on Sunday?" in answer.text
    assert "<title>Ben Baker · The club</title>" in answer.text
    assert "Ann Archer" in ben.get("/talk/").text


def test_the_form_refuses_who_does_not_exist(ann):
    fields = {"recipient_name": "nobody", "message": "Are you there?"}
    answer = ann.post("/talk/send_message/", page="/talk/", **fields)
    assert answer.path == "/talk/send_message/"
    assert 'id="id_recipient_name_error"' in answer.text


def test_a_thread_takes_messages_without_scripts(club, ann, ben, thread):
    path = f"/talk/chat/{thread}/"
    assert "By the form" in ann.post(path, message="By the form").text
    assert "By the form" in ben.get(path).text
    assert "By the form" in club.stored(thread)


def test_a_thread_of_others_is_no_thread(club, thread):
    answer = club.browser("cleo").get(f"/talk/chat/{thread}/")
    assert answer.status == 404


def test_a_page_tells_its_scripts_where_this_project_has_things(club, ann):
    data = ann.page_data("/talk/")
    assert data["user"] == {"id": club.people["ann"], "name": "Ann Archer"}
    assert data["api_url"] == "/talk/api/"
    assert data["login_url"] == "/enter/"
    assert data["logout_url"] == ""
    assert data["socket_url"] == f"ws://127.0.0.1:{club.socket_port}/ws/"


def test_a_person_without_a_name_is_called_by_a_short_id(club):
    for person in ("cleo", "dora"):
        name = club.browser(person).page_data("/talk/")["user"]["name"]
        assert name == f"Person {club.people[person][:8]}"


def test_the_project_may_name_people_itself(club, installed):
    env = club.env
    named = Club(
        installed, env["DATABASE_URL"], env["REDIS_URL"], PERSON_NAME="people.names.nickname"
    )
    with named.pages():
        assert named.browser("ann").page_data("/talk/")["user"]["name"] == "somebody"


def test_times_are_shown_in_the_zone_of_the_browser(ann, thread):
    path = f"/talk/chat/{thread}/"
    ann.post(path, message="What time is it?")
    shown = re.compile(r"<time[^>]*>\s*([^<]+?)\s*</time>")
    here = shown.findall(ann.get(path).text)[-1]
    there = shown.findall(_in_zone(ann, path, "America/New_York"))[-1]
    assert here != there


def _in_zone(browser, path, zone):
    return browser.get(path, Cookie=f"{browser.cookies}; timezone={zone}").text
