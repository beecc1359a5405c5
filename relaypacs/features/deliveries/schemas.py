"""What the calls about destinations and deliveries take and give."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from relaypacs.adapters.pacs.causes import Cause
from relaypacs.features.deliveries.models import DeliveryState, DestinationKind, EarlyDelivery, Outcome
from relaypacs.features.identity.schemas import Printable
from relaypacs.features.studies.models import ServiceLevel

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), Printable]
Address = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True), Printable]
# PS3.5 6.2, AE: the default repertoire without backslash and control characters, spaces at the ends without meaning.
AeTitle = Annotated[str, StringConstraints(pattern=r"^[ -\[\]-~]{1,16}$", strip_whitespace=True, min_length=1)]
Pem = Annotated[str, StringConstraints(max_length=100_000)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True), Printable]
Concurrency = Annotated[int, Field(ge=1, le=64, description="Deliveries at once, over all processes.")]


def _no_nul(secret: SecretStr | None) -> SecretStr | None:
    if secret and "\0" in secret.get_secret_value():
        raise ValueError("must not hold NUL")
    return secret


Password = Annotated[SecretStr | None, Field(max_length=500), AfterValidator(_no_nul)]


class RoutingRule(BaseModel):
    """Which studies a destination gets: all conditions that list something must hold; without any it gets all.

    A condition holds when one of what it lists is the case. Upper and lower case do not matter.
    """

    model_config = ConfigDict(extra="forbid")

    modalities: list[Word] = Field([], max_length=100, description="Of any instance of the study (0008,0060).")
    service_levels: list[ServiceLevel] = Field([], max_length=4)
    stations: list[Word] = Field([], max_length=500, description="StationName of any of its instances (0008,1010).")
    sites: list[UUID] = Field([], max_length=500, description="The sender's.")


class TlsNew(BaseModel):
    """PEM. Without `ca` the server's certificate must be one that the system trusts."""

    ca: Pem = ""
    certificate: Pem = Field("", description="Ours, where the destination demands one.")
    key: Annotated[SecretStr | None, Field(max_length=100_000), AfterValidator(_no_nul)] = None


class TlsView(BaseModel):
    ca: str
    certificate: str
    has_key: bool


class DestinationNew(BaseModel):
    """`address` is what RELAYPACS_PACS takes, or the same without the prefix that `kind` stands for.

    That is `/srv/archive` (folder), `https://pacs.example/dicom-web` (dicomweb), `AETITLE@pacs.example:104` (dimse).
    """

    name: Name
    kind: DestinationKind | None = None
    address: Address
    username: Annotated[str, StringConstraints(max_length=200), Printable] | None = None
    password: Password = None
    calling_ae_title: AeTitle = "RELAYPACS"
    tls: TlsNew = TlsNew()
    required: bool = True
    enabled: bool = True
    concurrency: Concurrency = 2
    early: EarlyDelivery = EarlyDelivery.URGENT
    rule: RoutingRule = RoutingRule()


class DestinationChange(BaseModel):
    """What is left out stays as it is. With another address the password has to be given again."""

    name: Name | None = None
    kind: DestinationKind | None = None
    address: Address | None = None
    username: Annotated[str, StringConstraints(max_length=200), Printable] | None = None
    password: Password = None
    calling_ae_title: AeTitle | None = None
    tls: TlsNew | None = None
    required: bool | None = None
    enabled: bool | None = None
    concurrency: Concurrency | None = None
    early: EarlyDelivery | None = None
    rule: RoutingRule | None = None


class Health(StrEnum):
    UNKNOWN = "unknown"  # nobody has spoken with it yet
    UP = "up"
    FAILING = "failing"
    DISABLED = "disabled"


class DestinationView(BaseModel):
    """`version` is also the answer's ETag. Secrets are never shown again."""

    id: UUID
    name: str
    kind: DestinationKind
    address: str
    username: str | None
    has_password: bool
    calling_ae_title: str
    tls: TlsView
    required: bool
    enabled: bool
    concurrency: int
    early: EarlyDelivery
    rule: RoutingRule
    version: int
    created_at: datetime
    health: Health
    failing_since: datetime | None
    last_error: str = Field(description="In the destination's own words.")
    last_cause: Cause | None = Field(description="What they mean.")
    last_success_at: datetime | None
    retry_at: datetime | None
    deliveries: dict[DeliveryState, int] = Field(description="How many are in each state that is not `verified`.")
    causes: dict[Cause, int] = Field(description="Why how many deliveries to it fail, or need attention.")


class DestinationPage(BaseModel):
    items: list[DestinationView]
    next_cursor: str | None


class Echo(BaseModel):
    milliseconds: int


class ExampleStudy(BaseModel):
    """What rules ask about a study."""

    modalities: list[Word] = Field([], max_length=100)
    stations: list[Word] = Field([], max_length=100)
    service_level: ServiceLevel
    site_id: UUID


class RouteCandidate(BaseModel):
    """A destination that is being made or changed, with a rule that is not saved."""

    destination_id: UUID | None = Field(None, description="In whose place it is tried; none for one being made.")
    name: Annotated[str, StringConstraints(max_length=100), Printable] = ""
    enabled: bool = True
    required: bool = True
    rule: RoutingRule = RoutingRule()


class RouteExample(BaseModel):
    """A study, or an upload that there is: one of the two."""

    study: ExampleStudy | None = None
    upload_id: UUID | None = None
    candidate: RouteCandidate | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.study is None) == (self.upload_id is None):
            raise ValueError("give a study or an upload, and not both")
        return self


class RouteRefusal(BaseModel):
    """A condition of the rule that does not hold."""

    condition: str
    listed: list[str]
    found: list[str] = Field(description="What is the case instead.")


class RouteView(BaseModel):
    destination_id: UUID | None
    name: str
    required: bool
    enabled: bool = Field(description="A disabled one gets nothing.")
    takes: bool
    refusals: list[RouteRefusal]


class RoutedStudy(BaseModel):
    study: ExampleStudy
    routes: list[RouteView]


class Routing(BaseModel):
    """Where each study of the example would go; an upload has mostly one."""

    studies: list[RoutedStudy]


class RefusedInstances(BaseModel):
    reason: str
    cause: Cause | None
    count: int


class DeliveryView(BaseModel):
    """Of an upload, or of what was signed once of a report."""

    id: UUID
    upload_id: UUID | None
    report_id: UUID | None
    report_version_id: UUID | None
    destination_id: UUID
    destination_name: str
    is_destination_enabled: bool = Field(description="Otherwise it waits until it is.")
    required: bool
    state: DeliveryState
    service_level: ServiceLevel
    is_open: bool = Field(description="Its upload is still being received.")
    under_way: bool
    instances: int
    delivered: int
    verified: int
    refused: int
    attempts: int = Field(description="Failed ones in a row.")
    failing_since: datetime | None
    next_attempt_at: datetime = Field(description="Of one that waits; sooner if somebody has it retried.")
    last_reason: str = Field(description="In the destination's own words.")
    last_cause: Cause | None = Field(description="What they mean.")
    reasons: list[RefusedInstances] = Field(description="Why instances were refused or wait, the most frequent first.")
    created_at: datetime
    verified_at: datetime | None


class Retried(BaseModel):
    """What one call has done; with a `next_cursor` there is more, from there on."""

    retried: int
    skipped: int = Field(description="Of which the gateway has no files any more.")
    next_cursor: str | None


class DeliveredInstance(BaseModel):
    id: UUID
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    outcome: Outcome
    reason: str = Field(description="In the destination's own words.")
    cause: Cause | None
    changed_at: datetime


class DeliveredInstances(BaseModel):
    items: list[DeliveredInstance]
    next_cursor: str | None


class DeliveryPage(BaseModel):
    items: list[DeliveryView]
    next_cursor: str | None
