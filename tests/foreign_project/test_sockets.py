"""A worker that the project's own manage.py started."""

import asyncio
from uuid import uuid4

from tests.foreign_project.club import PASSWORD, sockets
from tests.services import eventually

NOT_SIGNED_IN, FORBIDDEN = 4501, 4503


def test_what_one_says_the_other_hears_and_the_database_keeps(club, ann, ben, thread):
    text = f"Said {uuid4()}"
    here, there = asyncio.run(_say(ann, ben, thread, text))
    assert here == there == {"id": club.people["ann"], "name": "Ann Archer"}
    assert text in club.stored(thread)
    assert text in ben.get(f"/talk/chat/{thread}/").text


async def _say(ann, ben, thread, text):
    """Who spoke, as both sides are told, once it is stored."""
    frame_id = str(uuid4())
    async with sockets(ann, ben) as (here, there):
        hello = await here.until("hello")
        await there.until("hello")
        await here.send(type="send", id=frame_id, thread=thread, text=text)
        await here.until("accepted", id=frame_id)
        heard = await there.until("message", id=frame_id)
        stored = await there.until("stored", thread=thread)
    assert str(thread) in hello["threads"]
    assert heard["text"] == text
    assert frame_id in [entry["id"] for entry in stored["messages"]]
    return hello["user"], heard["sender"]


def test_a_thread_that_begins_reaches_open_sockets(club):
    dora, cleo = club.browser("dora"), club.browser("cleo")
    asyncio.run(_begin(club, dora, cleo))


async def _begin(club, dora, cleo):
    message = {"id": str(uuid4()), "text": "Welcome"}
    async with sockets(cleo) as [there]:
        await there.until("hello")
        thread = (await asyncio.to_thread(dora.call, "threads", _with(club, "cleo"))).json["id"]
        await there.until("joined", thread=thread)
        await asyncio.to_thread(dora.call, f"threads/{thread}/messages", message)
        told = await there.until("message", id=message["id"])
    assert told["sender"]["name"] == f"Person {club.people['dora'][:8]}"


def _with(club, name):
    return {"user_id": club.people[name]}


def test_a_read_mark_is_stored(ann, ben, thread):
    message = {"id": str(uuid4()), "text": "Read me"}
    seq = ann.call(f"threads/{thread}/messages", message).json["seq"]
    asyncio.run(_read(ben, thread, seq))
    assert eventually(lambda: ben.call(f"threads/{thread}").json["read"] == seq)


async def _read(browser, thread, seq):
    async with sockets(browser) as [socket]:
        await socket.until("hello")
        await socket.send(type="read", thread=thread, seq=seq)
        await socket.until("read", thread=thread, seq=seq)


def test_leaving_closes_the_sockets_of_that_session_alone(club):
    leaving, staying = club.browser("ann"), club.browser("ann")
    asyncio.run(_end(leaving, staying, lambda: leaving.post("/leave/", page="/talk/")))


def test_a_new_password_closes_the_sockets_of_other_sessions(club):
    club.add("eve", full_name="Eve")
    changing, other = club.browser("eve"), club.browser("eve")
    new = "another word of the club"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    asyncio.run(_end(other, changing, lambda: changing.post("/password/", **fields)))


async def _end(ending, staying, act):
    """`act` closes the one socket, and leaves the other session its own."""
    async with sockets(ending, staying) as (closing, other):
        await closing.until("hello")
        await other.until("hello")
        await asyncio.to_thread(act)
        assert await closing.closed() == NOT_SIGNED_IN
    async with sockets(staying) as [again]:
        await again.until("hello")


def test_who_is_deactivated_is_shown_out(club):
    club.add("frank")
    asyncio.run(_deactivate(club, club.browser("frank")))


async def _deactivate(club, browser):
    code = "from people.models import Person\n"
    code += "frank = Person.objects.get(email__startswith='frank')\n"
    code += "frank.is_active = False\nfrank.save()"
    async with sockets(browser) as [socket]:
        await socket.until("hello")
        await asyncio.to_thread(club.shell, code)
        assert await socket.closed() == NOT_SIGNED_IN


def test_a_stranger_gets_no_socket(club, ann):
    url = ann.page_data("/talk/")["socket_url"]
    assert asyncio.run(_closed(club.browser(), url)) == NOT_SIGNED_IN


def test_the_plain_socket_of_a_thread_of_others_is_closed(club, thread):
    url = f"ws://127.0.0.1:{club.socket_port}/{thread}/"
    assert asyncio.run(_closed(club.browser("cleo"), url)) == FORBIDDEN


async def _closed(browser, url):
    async with sockets(browser, url=url) as [socket]:
        return await socket.closed()


def test_the_plain_socket_calls_people_by_their_names(club, ann, thread):
    line = asyncio.run(_say_plainly(club, ann, thread))
    assert (line["sender"], line["text"]) == ("Ann Archer", "Plainly")


async def _say_plainly(club, ann, thread):
    url = f"ws://127.0.0.1:{club.socket_port}/{thread}/"
    async with sockets(ann, url=url) as [socket], asyncio.timeout(5):
        await socket.connection.write_message("Plainly")
        while (line := await socket.read())["text"] != "Plainly":
            pass
    return line
