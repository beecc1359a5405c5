"""From the settings to the provider."""

from relaypacs.adapters.oidc.base import IdentityProvider
from relaypacs.core.settings import Settings


def open_provider(settings: Settings) -> IdentityProvider | None:
    """Return the adapter, not yet connected; None where no provider is configured."""
    if not settings.oidc_issuer:
        return None
    # Its libraries take a tenth of a second to load, which most gateways need not spend.
    from relaypacs.adapters.oidc.provider import OidcClient, OpenIdProvider  # noqa: PLC0415

    client = OidcClient(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        redirect_uri=settings.oidc_redirect_uri,
        scopes=settings.oidc_scopes,
        role_claim=settings.oidc_role_claim,
    )
    return OpenIdProvider(client)
