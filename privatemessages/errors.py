"""Everything that can be refused, with one stable code each.

The codes are the same on the socket, in the JSON API and on the pages. `detail` is English and a
message id of the catalog: a door that speaks to a person translates it.
"""

from __future__ import annotations

from typing import ClassVar


class MessengerError(Exception):
    """The root of the tree: an expected failure with a code that a program can rely on.

    `retry_after` is in milliseconds and set only where trying again makes sense. `reason` is for
    our own logs, which `str()` is for: it may name machines, and nobody outside is told it.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 400
    detail: str = ""

    def __init__(
        self, detail: str = "", *, reason: str = "", retry_after: int | None = None
    ) -> None:
        self.detail = detail or self.detail
        self.retry_after = retry_after
        super().__init__(reason or self.detail)


class Malformed(MessengerError):
    code = "malformed"
    detail = "This could not be read."


class UnknownType(MessengerError):
    code = "unknown_type"
    detail = "There is no frame of this type."


class Empty(MessengerError):
    code = "empty"
    detail = "The message is empty."


class TooLong(MessengerError):
    code = "too_long"
    detail = "The message is too long."


class BadText(MessengerError):
    code = "bad_text"
    detail = "The message contains characters that cannot be stored."


class ToSelf(MessengerError):
    code = "to_self"
    detail = "You cannot write to yourself."


class NotSignedIn(MessengerError):
    code = "not_signed_in"
    status = 401
    detail = "You are not signed in."


class BadKey(MessengerError):
    code = "bad_key"
    status = 401
    detail = "The key is wrong or missing."


class Forbidden(MessengerError):
    code = "forbidden"
    status = 403
    detail = "This is not allowed here."


class MayNotPost(MessengerError):
    code = "may_not_post"
    status = 403
    detail = "You may not write here."


class NotFound(MessengerError):
    """One answer for what does not exist and for what is not this person's."""

    code = "not_found"
    status = 404
    detail = "There is no such conversation."


class NoSuchPerson(NotFound):
    """One answer for nobody of that name and for somebody who is not active."""

    detail = "There is nobody of this name to whom you can write."


class BadName(MessengerError):
    code = "bad_name"
    detail = "A name needs at least one letter or digit, and no invisible characters."


class NameTooLong(MessengerError):
    code = "name_too_long"
    detail = "This is too long."


class NameTaken(MessengerError):
    code = "name_taken"
    status = 409
    detail = "There is already a room of this name."


class BadDuration(MessengerError):
    code = "bad_duration"
    detail = "The time is to be more than nothing, and at most ten years."


class NotMember(MessengerError):
    code = "not_member"
    status = 404
    detail = "This person does not belong to the conversation."


class NotBanned(MessengerError):
    code = "not_banned"
    status = 404
    detail = "This person is not banned here."


class OnSelf(MessengerError):
    code = "on_self"
    detail = "You cannot do this to yourself."


class Outranked(MessengerError):
    code = "outranked"
    status = 403
    detail = "This person has the same role as you, or a higher one."


class Banned(MessengerError):
    """Told to the banned person, who may know, and to whoever would let them in."""

    code = "banned"
    status = 403
    detail = "This person is banned here."


class Full(MessengerError):
    code = "full"
    status = 409
    detail = "There is room for no more people in this group."


class Private(MessengerError):
    """One may ask to be let in."""

    code = "private"
    status = 403
    detail = "This room is private: somebody in it has to let you in."


class UnknownCommand(MessengerError):
    code = "unknown_command"
    status = 404
    detail = "There is no such command."


class BadArguments(MessengerError):
    """A command was written in another way than its usage says."""

    code = "bad_arguments"
    detail = "The command is not written like this."


class WrongMethod(MessengerError):
    code = "wrong_method"
    status = 405
    detail = "This address does not take requests of this kind."


class Conflict(MessengerError):
    code = "conflict"
    status = 409
    detail = "Somebody else changed this at the same moment."


class RateLimited(MessengerError):
    code = "rate_limited"
    status = 429
    detail = "Too many messages in a short time."


class Unavailable(MessengerError):
    code = "unavailable"
    status = 503
    detail = "This does not work at the moment."
