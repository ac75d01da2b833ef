"""What has to be true of a thread at every moment, whoever did what beside whom."""

from django.db.models import F
from django.utils import timezone

from privatemessages import conf
from privatemessages.models import Ban, EntryRequest, Member, Message, Stay, Thread


def consistent(thread):
    """Reads all of it anew, and returns it."""
    thread = Thread.objects.get(pk=thread.pk)
    members = list(Member.objects.present().filter(thread=thread).select_related("user"))
    texts = Message.objects.filter(thread=thread, seq__gt=thread.cleared_seq, event="")

    assert thread.member_count == len(members)
    assert thread.text_count == texts.count()
    _check_numbers(thread)
    _check_last_message(thread, texts)
    for member in members:
        _check_counts(thread, member, texts)
    _check_gathering(thread, members)
    _check_stays(thread)
    return thread


def _check_numbers(thread):
    numbers = list(Message.objects.filter(thread=thread).in_order().values_list("seq", "version"))
    first = thread.cleared_seq + 1 if not numbers or numbers[0][0] > 1 else 1
    # Deleting it is one more, and no entry; and so is what was removed from an entry.
    last = thread.version - (thread.deleted_at is not None)
    is_changed = Message.objects.filter(thread=thread, event="erased").exists()
    if thread.deleted_at is None and not is_changed:
        assert numbers == [(n, n) for n in range(first, last + 1)]
    else:
        assert len(set(numbers)) == len(numbers)
        assert all(number <= (thread.version, thread.version) for number in numbers)


def _check_last_message(thread, texts):
    newest = texts.newest_first().first()
    assert thread.last_message == newest


def _check_counts(thread, member, texts):
    floor = max(thread.cleared_seq, member.since_seq)
    mine = texts.filter(seq__gt=floor)
    assert thread.text_count - member.unseen_count == mine.count(), member
    assert member.sent_count == mine.filter(sender=member.user_id).count(), member
    assert member.read_seq <= thread.version
    assert member.since_seq <= thread.version
    assert (member.muted_at is None) == (member.muted_until is None)


def _check_gathering(thread, members):
    if thread.kind == "direct":
        return
    here = {member.user_id for member in members}
    assert not any(m.user.is_active for m in members) or any(m.role == "owner" for m in members)
    banned = Ban.objects.in_force(timezone.now()).filter(thread=thread)
    assert not here & set(banned.values_list("user_id", flat=True))
    assert not here & set(
        EntryRequest.objects.filter(thread=thread).values_list("user_id", flat=True)
    )
    assert (thread.slug is not None) == (thread.kind == "room" and thread.deleted_at is None)
    if thread.kind == "group":
        assert len(members) <= conf.load().GROUP_LIMIT
    if thread.deleted_at is not None:
        assert not members


def _check_stays(thread):
    stays = Stay.objects.filter(member__thread=thread)
    assert not stays.filter(left_at__lt=F("joined_at")).exists()
    assert not stays.filter(left_at__gt=F("member__joined_at")).exists()
