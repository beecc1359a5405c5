"""How each person is told of what."""

from relaypacs.core.conditional import require_match
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.notifications.models import Channel, Language, NotificationPreferences
from relaypacs.features.notifications.outgoing_rows import OutgoingRepository, Recipient
from relaypacs.features.notifications.push_rows import PushRepository
from relaypacs.features.notifications.schemas import (
    Choice,
    EmailChannel,
    OfferedChannels,
    PreferencesChange,
    PreferencesView,
    PushChannel,
)
from relaypacs.features.notifications.service.outgoing import offered
from relaypacs.features.notifications.wishes import differences, is_wanted, types_for
from relaypacs.infrastructure import Infrastructure

NEVER_CHANGED = 0


class Preferences:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database

    async def get(self, caller: Caller) -> PreferencesView:
        async with self._database.read() as session:
            repository = OutgoingRepository(session)
            row = await repository.preferences(caller.user_id)
            person = (await repository.recipients([caller.user_id])).get(caller.user_id)
            browsers = await PushRepository(session).count(caller.user_id)
        return self._view(caller, row, person, browsers)

    async def put(self, caller: Caller, change: PreferencesChange, if_match: str | None) -> PreferencesView:
        """Keep what the caller wants; what the request does not name stays. Raises StaleEdit."""
        async with self._database.write() as session:
            await IdentityRepository(session).lock_user(caller.user_id)  # two that are the first would both insert
            repository = OutgoingRepository(session)
            row = await repository.preferences(caller.user_id)
            require_match(if_match, row.version if row else NEVER_CHANGED)
            if row is None:
                row = NotificationPreferences(
                    user_id=caller.user_id, language=Language.ENGLISH, choices={}, version=NEVER_CHANGED
                )
                await repository.add(row)
            chosen = {
                choice.type: {Channel.EMAIL: choice.email, Channel.PUSH: choice.push} for choice in change.choices
            }
            kept = {kind: channels for kind, channels in row.choices.items() if kind not in chosen}
            row.choices = {**kept, **differences(chosen)}
            row.language = change.language
            row.version += 1
            await session.flush()
            person = (await repository.recipients([caller.user_id])).get(caller.user_id)
            browsers = await PushRepository(session).count(caller.user_id)
        return self._view(caller, row, person, browsers)

    def _view(
        self, caller: Caller, row: NotificationPreferences | None, person: Recipient | None, browsers: int
    ) -> PreferencesView:
        channels = offered(self._infrastructure)
        choices = row.choices if row else {}
        push = self._infrastructure.push
        return PreferencesView(
            version=row.version if row else NEVER_CHANGED,
            language=row.language if row else Language.ENGLISH,
            channels=OfferedChannels(
                email=EmailChannel(offered=Channel.EMAIL in channels, address=person.email if person else None),
                push=PushChannel(
                    offered=Channel.PUSH in channels, public_key=push.public_key if push else None, browsers=browsers
                ),
            ),
            choices=[
                Choice(
                    type=kind,
                    push=is_wanted(kind, Channel.PUSH, choices),
                    email=is_wanted(kind, Channel.EMAIL, choices),
                )
                for kind in types_for(caller.role)
            ],
        )
