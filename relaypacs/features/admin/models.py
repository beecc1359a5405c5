"""The keys that the gateway works with, as they lie in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.core.clock import now
from relaypacs.core.database import Base


class KeyRing(Base):
    """All keys, sealed with one secret key. There are two rows, of the same keys, while the secret key is changed.

    `published` repeats what is no secret, for whoever has lost the secret key.
    """

    __tablename__ = "key_rings"

    secret_key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)
    published: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_leaving: Mapped[bool] = mapped_column(default=False)  # opens until the gateway has started with the other one
    made_at: Mapped[datetime] = mapped_column(default=now)
