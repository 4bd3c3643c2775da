"""What an installation chose about single sign-on, read once at start from its settings."""

from __future__ import annotations

from dataclasses import dataclass

from app.foundation.settings import Settings, SettingsRefused
from app.identity.permissions import ROLES_OF_A_PARTY, Role
from app.identity.single_sign_on.model import Provider
from app.identity.single_sign_on.operations import Mapped
from app.identity.single_sign_on.provider import OpenIdProvider, ProviderSettings


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The provider of an installation, if it has one, and what its groups are here."""

    provider: Provider | None = None
    label: str = ""
    mapping: tuple[Mapped, ...] = ()
    signs_out_there: bool = False


def single_sign_on(settings: Settings) -> SingleSignOn:
    """Return what the settings say; nothing is asked of the provider yet.

    Raises:
        SettingsRefused: they are not whole, or name a role that there is not.
    """
    given = (settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)
    if not any(given):
        return SingleSignOn()
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        raise SettingsRefused("OIDC_ISSUER, OIDC_CLIENT_ID: give both, and OIDC_CLIENT_SECRET")
    if settings.oidc_client_secret is None:
        raise SettingsRefused("OIDC_CLIENT_SECRET: must be given with OIDC_ISSUER")
    if settings.oidc_email == "trusted" and not settings.oidc_tenant:
        raise SettingsRefused("OIDC_EMAIL: `trusted` needs OIDC_TENANT, or any tenant is trusted")
    return SingleSignOn(
        OpenIdProvider(
            ProviderSettings(
                issuer=settings.oidc_issuer,
                client_id=settings.oidc_client_id,
                client_secret=settings.oidc_client_secret.get_secret_value(),
                tenant=settings.oidc_tenant,
                groups_claim=settings.oidc_groups_claim,
                trusts_email=settings.oidc_email == "trusted",
            )
        ),
        label=settings.oidc_label,
        mapping=_mapping(settings.oidc_roles),
        signs_out_there=settings.oidc_sign_out == "offered",
    )


def _mapping(written: str) -> tuple[Mapped, ...]:
    """Return what groups mean: `group=role` or `group=role@party`, with commas between."""
    found: list[Mapped] = []
    for part in filter(None, (one.strip() for one in written.split(","))):
        group, _, meant = part.rpartition("=")
        role, _, party = meant.partition("@")
        if not group or role not in set(Role):
            raise SettingsRefused(f"OIDC_ROLES: {part!r} is not group=role or group=role@party")
        if (Role(role) in ROLES_OF_A_PARTY) != bool(party):
            raise SettingsRefused(
                f"OIDC_ROLES: {part!r}: a party is named for the roles that work for one"
            )
        found.append(Mapped(group, Role(role), party or None))
    return tuple(found)
