"""The session engine: sessions in the database, with copies in Redis.

Signed-in pages work while Redis is away, a wiped Redis signs nobody out, and a session that ended
does not come back.
"""

from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends import db
from django.db import router, transaction
from django.utils import timezone

from myproject.sessions.connections import Away
from myproject.sessions.copies import copies

KEY_LENGTH = 32  # characters, as Django makes them


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        key = self.session_key
        if key is None or not _is_well_formed(key):
            return self._nobodys()
        try:
            copy = copies().read(key)
        except Away:
            return super().load()
        return self._load_and_fill(key, copy.run) if copy.data is None else self.decode(copy.data)

    def _load_and_fill(self, key: str, run: str) -> dict[str, Any]:
        rows = self.model.objects.filter(session_key=key, expire_date__gt=timezone.now())
        if (row := rows.first()) is None:
            return self._nobodys()
        seconds = self.get_expiry_age(expiry=row.expire_date)
        copies().fill(key, row.session_data, seconds, run)
        return self.decode(row.session_data)

    def _nobodys(self) -> dict[str, Any]:
        """The key is not taken up: whoever brought it might know it."""
        self._session_key = None
        return {}

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()  # which saves
            return
        super().save(must_create)
        data, seconds = self.encode(dict(self.items())), self.get_expiry_age()
        replace = partial(copies().replace, self.session_key, data, seconds)
        transaction.on_commit(replace, using=router.db_for_write(self.model))

    def delete(self, session_key: str | None = None) -> None:
        ended = session_key or self.session_key
        super().delete(session_key)
        if ended:
            copies().doubt(ended)

    # The database engine's asynchronous methods would pass the copies by.

    async def aload(self) -> dict[str, Any]:
        return await sync_to_async(self.load)()

    async def asave(self, must_create: bool = False) -> None:
        await sync_to_async(self.save)(must_create)

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)


def _is_well_formed(key: str) -> bool:
    """A database may refuse to be asked for what a cookie can hold, such as a NUL."""
    return key.isascii() and key.isalnum() and len(key) == KEY_LENGTH
