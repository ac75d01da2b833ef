import pytest

from privatemessages.broker import keys

PARTITIONS = 16


@pytest.mark.parametrize("thread_id", [0, 1, 15, 16, 2**63 - 1])
def test_what_one_script_touches_lies_in_one_slot(thread_id):
    number = keys.partition_of(thread_id, PARTITIONS)
    touched = [
        keys.outbox(number),
        keys.outbox_ids(number),
        keys.outbox_lease(number),
        keys.epoch(number),
        keys.dead(number),
        keys.wake_channel(number),
        keys.thread_channel(thread_id, PARTITIONS),
    ]

    assert len(set(touched)) == len(touched)
    assert {key[key.index("{") : key.index("}") + 1] for key in touched} == {f"{{{number}}}"}


@pytest.mark.parametrize(
    ("channel", "subject"),
    [
        (keys.thread_channel(42, PARTITIONS), ("thread", "42")),
        (keys.thread_channel(2**63 - 1, PARTITIONS), ("thread", str(2**63 - 1))),
        (keys.wake_channel(3), ("wake", "3")),
        (keys.user_channel("7"), ("user", "7")),
    ],
)
def test_a_channel_says_what_it_is_about(channel, subject):
    assert keys.subject_of(channel) == subject


# A primary key may be any text, and must not make one person hear what another is told.
@pytest.mark.parametrize("user_id", ["a}b", "{1}:thread:5", "a:b", "é", "a\nb", "}", "*", " "])
def test_a_persons_channel_is_theirs_whatever_their_id_is(user_id):
    assert keys.subject_of(keys.user_channel(user_id)) == ("user", user_id)
