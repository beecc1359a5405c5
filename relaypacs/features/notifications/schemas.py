"""Notifications, and how people are told of them, as clients see it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from relaypacs.features.identity.schemas import Printable
from relaypacs.features.notifications.models import Language, MessageState, NotificationType


class NotificationView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    type: NotificationType
    message: str
    related_id: UUID | None
    is_read: bool
    created_at: datetime


class NotificationPage(BaseModel):
    items: list[NotificationView]
    next_cursor: str | None
    unread: int


class Choice(BaseModel):
    """By which channels somebody is told of something. The app always has it: `in_app` cannot be turned off."""

    type: NotificationType
    in_app: Literal[True] = True
    push: bool
    email: bool


class EmailChannel(BaseModel):
    """`offered`: whether this gateway sends e-mail at all. `address`: the account's; null, and none is sent."""

    offered: bool
    address: str | None


class PushChannel(BaseModel):
    """`browsers`: how many of the caller's get messages. They subscribe with `public_key` (RFC 8292, base64url)."""

    offered: bool
    public_key: str | None
    browsers: int


class OfferedChannels(BaseModel):
    email: EmailChannel
    push: PushChannel


class PreferencesView(BaseModel):
    """`version` is also the answer's ETag. `choices` lists what somebody of the caller's role can be told of."""

    version: int
    language: Language = Field(description="Of e-mails.")
    channels: OfferedChannels
    choices: list[Choice]


class PreferencesChange(BaseModel):
    """Types that are not named stay as they are."""

    language: Language
    choices: list[Choice] = Field(max_length=len(NotificationType))


class PushKeys(BaseModel):
    """As the browser gives them out, in base64url."""

    p256dh: Annotated[str, StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9_-]+=*$")]
    auth: Annotated[str, StringConstraints(max_length=40, pattern=r"^[A-Za-z0-9_-]+=*$")]


class PushSubscriptionNew(BaseModel):
    """What `PushSubscription.toJSON()` returns in the browser; more members of it are passed over."""

    endpoint: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    keys: PushKeys


class PushSubscriptionView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    created_at: datetime


Address = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True), Printable]
Types = Annotated[set[NotificationType], Field(description="Of what people of the site are told.")]


class WebhookNew(BaseModel):
    site_id: UUID
    url: Address
    types: Types
    enabled: bool = True


class WebhookChange(BaseModel):
    """What is left out, or null, stays as it is. `new_secret`: the present one is good no more."""

    url: Address | None = None
    types: Types | None = None
    enabled: bool | None = None
    new_secret: bool = False


class WebhookView(BaseModel):
    """`version` is also the answer's ETag. `parked_at`: it has taken nothing for three days, and is called no more."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    site_id: UUID
    url: str
    types: list[NotificationType]
    enabled: bool
    version: int
    created_at: datetime
    failing_since: datetime | None
    parked_at: datetime | None
    last_error: str
    last_success_at: datetime | None


class WebhookAnswer(WebhookView):
    """`secret` is what calls are signed with; it is shown only now."""

    secret: str | None = None


class WebhookPage(BaseModel):
    items: list[WebhookView]
    next_cursor: str | None


class WebhookMessage(BaseModel):
    """One call; `id` is its `webhook-id`. `attempts` counts all, the last one's fault is `last_reason`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    type: NotificationType
    related_id: UUID | None
    state: MessageState
    attempts: int
    next_at: datetime
    last_reason: str
    created_at: datetime
    ended_at: datetime | None


class WebhookMessagePage(BaseModel):
    items: list[WebhookMessage]
    next_cursor: str | None


class WebhookTest(BaseModel):
    milliseconds: int
