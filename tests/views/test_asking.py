from privatemessages import actions, history
from privatemessages.roles import Role
from privatemessages.views.asking import who_asks, who_is_banned


def names(cards):
    return [card.person.name for card in cards]


def test_whose_role_goes_while_the_page_is_made_is_shown_nobody(
    private_room, alice, bob, carol, dave
):
    actions.request_entry(dave, private_room.id)
    actions.ban(alice, private_room.id, carol)
    card = history.thread(bob, private_room.id)
    assert names(who_asks(bob, card)) == ["dave"]
    assert names(who_is_banned(bob, card)) == ["carol"]

    actions.appoint(alice, private_room.id, bob, Role.MEMBER)
    assert who_asks(bob, card) == who_is_banned(bob, card) == []
