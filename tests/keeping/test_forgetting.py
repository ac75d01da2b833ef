"""Who is erased or whose messages are pruned while people are there, in a running site."""

import asyncio

from tests.faults.waiting import apart, until
from tests.keeping.talk import PATIENCE, talking

NOT_SIGNED_IN = 4501
ERASE = """
from django.contrib.auth import get_user_model
from privatemessages import actions
person = get_user_model().objects.get(pk={pk})
print(actions.erase_person(person, removes_messages={removes}).messages)
"""


def test_who_is_erased_is_out_at_once_and_their_messages_go_from_open_pages(site):
    async def scene():
        async with talking(site) as talk:
            talk.write("hers", "his", "hers again")
            await talk.all_stored()
            her, his = talk.tabs

            program = ERASE.format(pk=her.client.user, removes=True)
            said = await apart(site.manage, "shell", "--verbosity=0", "-c", program)
            assert said.strip() == "2"

            await until(lambda: her.closings[NOT_SIGNED_IN], PATIENCE)
            await until(lambda: not her.client.greeted, PATIENCE)
            await until(lambda: talk.shown()[1].count("") == 2, PATIENCE)
            assert [text for text in talk.shown()[1] if text] == ["his"]
            assert not await apart(talk.wrong_to, his)
            assert his.client.counts["questions"] == 0  # it was told

    asyncio.run(scene())


def test_what_is_pruned_goes_from_what_people_hold(site):
    async def scene():
        async with talking(site) as talk:
            talk.write(*[f"old {number}" for number in range(8)])
            await talk.all_stored()
            aged = "UPDATE privatemessages_message SET sent_at = sent_at - interval '40 days'"
            await apart(site.change, f"{aged} WHERE thread_id = {talk.thread}")
            talk.write("new", "newer")
            await talk.all_stored()

            said = await apart(site.manage, "prune", "--direct-days=30")
            assert said == "direct: 8 messages of 1 conversations deleted\n"

            await until(lambda: all(len(shown) == 2 for shown in talk.shown()), PATIENCE)
            talk.write("newest", "and newest")
            await talk.all_stored()
            assert sorted(talk.shown()[0]) == ["and newest", "new", "newer", "newest"]
            assert not await apart(talk.wrong)

    asyncio.run(scene())
