"""Chooses where the bytes of uploads live."""

from relaypacs.adapters.storage.base import Storage
from relaypacs.adapters.storage.local import LocalStorage
from relaypacs.core.s3_address import S3Address
from relaypacs.core.settings import Settings


def open_storage(settings: Settings) -> Storage:
    """Return the store that the settings name; nothing is asked or made yet. Raises ValueError with the reason."""
    place = settings.storage_place
    if not isinstance(place, S3Address):
        return LocalStorage(place)
    from relaypacs.adapters.storage.s3 import S3Storage  # noqa: PLC0415 - its library is only for whoever has one

    # One more than are checked at a time, so that the next is there when a check ends.
    return S3Storage(place, copies=settings.check_processes + 1)
