"""What sentinels and nodes answer, and whom of them is believed."""

import pytest
from redis.exceptions import RedisError, ResponseError

from privatemessages.broker.addresses import Server, parse
from privatemessages.broker.discovery import Discovery, newest
from privatemessages.broker.layouts import initial, key_of, slot_of

ASKED = Server("10.0.0.1", 7000)
OTHER = Server("10.0.0.2", 7001)
SENTINELS = Discovery(parse("redis+sentinel://10.0.0.8,10.0.0.9:1/chat"))
NODES = Discovery(parse("redis+cluster://10.0.0.1:7000,10.0.0.9:7009"))


def by_sentinel(server, election):
    about = [b"name", b"chat", b"config-epoch", str(election).encode()]
    replies = [[server.host.encode(), str(server.port).encode()], about]
    return SENTINELS.read(replies, ASKED)


def by_node(slots, *, election=3, state="ok", nodes=b""):
    info = f"cluster_state:{state}\r\ncluster_current_epoch:{election}\r\n"
    return NODES.read([info.encode(), slots, nodes], ASKED)


def range_of(first, last, server, node_id):
    return [first, last, [server.host.encode(), server.port, node_id, []]]


WHOLE = [range_of(0, 8000, ASKED, b"one"), range_of(8001, 16_383, OTHER, b"two")]


def test_one_server_is_asked_for_nothing():
    address = parse("redis://10.0.0.1:7000")
    assert not Discovery(address).needed
    assert initial(address).holder("anything") == ASKED
    assert initial(parse("redis+cluster://10.0.0.1:7000")).holder("anything") is None


def test_the_sentinel_of_the_newest_election_is_believed():
    cut_off, others = by_sentinel(ASKED, 4), by_sentinel(OTHER, 5)
    assert newest([cut_off, others]).holder("anything") == OTHER
    assert newest([others, cut_off, cut_off]).holder("anything") == OTHER
    assert newest([]) is None


def test_the_node_of_a_cluster_that_is_well_is_believed():
    cut_off = by_node([range_of(0, 16_383, ASKED, b"one")], election=9, state="fail")
    older, newer = by_node(WHOLE, election=3), by_node(WHOLE[1:], election=4)
    assert newest([cut_off, older]) == older.layout
    assert newest([older, newer, cut_off]) == newer.layout
    assert newest([cut_off]) == cut_off.layout


def test_every_slot_has_its_holder():
    layout = by_node(WHOLE).layout
    assert slot_of("{0}") > 8000 > slot_of("{2}")  # computed by CLUSTER KEYSLOT: 13907, 5649
    assert (layout.holder("pm:{0}:outbox"), layout.holder("pm:{2}:wake")) == (OTHER, ASKED)
    assert layout.servers == {ASKED, OTHER}
    uncovered = by_node(WHOLE[:1]).layout
    assert (uncovered.holder("{0}"), uncovered.servers) == (None, {ASKED})


def test_a_node_that_does_not_know_its_name_is_the_one_that_was_asked():
    assert by_node([[0, 16_383, [b"", 7000, b"one", []]]]).layout.holder("x") == ASKED
    assert by_node([[0, 16_383, [None, 7000, b"one", []]]]).layout.holder("x") == ASKED


def test_only_whom_the_cluster_takes_for_fallen_has_fallen():
    guessed = b"one 10.0.0.1:7000@1 master,fail? - 0 0 1 connected 0-8000\n"
    agreed = b"two 10.0.0.2:7001@1 master,fail - 0 0 2 disconnected 8001-16383\n"
    assert by_node(WHOLE, nodes=guessed + agreed).layout.fallen == {OTHER}


@pytest.mark.parametrize(
    ("discovery", "replies"),
    [
        (SENTINELS, [None, ResponseError("ERR No such master with that name")]),
        (NODES, [ResponseError("ERR This instance has cluster support disabled")] * 3),
        (NODES, [b"", [], b""]),
    ],
)
def test_what_is_no_answer_is_an_error(discovery, replies):
    with pytest.raises(RedisError, match="knows no master"):
        discovery.read(replies, ASKED)


def test_nodes_are_asked_that_were_not_named_and_sentinels_only_where_they_were():
    assert NODES.candidates([OTHER]) == [OTHER, ASKED, Server("10.0.0.9", 7009)]
    assert SENTINELS.candidates([OTHER]) == [Server("10.0.0.8", 26379), Server("10.0.0.9", 1)]


def test_the_key_of_a_command_says_where_it_goes():
    assert key_of(("XLEN", "pm:{1}:outbox")) == "pm:{1}:outbox"
    assert key_of(("EVAL", b"return 1", 2, "pm:{1}:outbox", "pm:{1}:wake")) == "pm:{1}:outbox"
