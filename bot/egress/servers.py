"""Servers that the operator has named: asked by name alone, so a policy never learns or chooses where they are."""

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode, urlsplit

from bot.egress.addresses import exactly
from bot.egress.exchange import BrokenAnswer, Request, Response, ServerKind, Unsendable
from bot.egress.grants import Repositories, Secret, Server
from bot.egress.guard import Guard
from bot.egress.rules import EgressSettings, Pace, origin_of
from bot.egress.vault import Vault

MAX_BODY = 4 << 20
MAX_URL = 16 << 10
"""Characters: a query of 2 KiB, every one of them percent-encoded, and what is around it."""

_CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedServer:
    """`bot.egress.exchange.NamedServer` over the guard: its rules are made for this one server."""

    server: Server
    guard: Guard

    @property
    def name(self) -> str:
        """The operator's name for it."""
        return self.server.name

    @property
    def kind(self) -> ServerKind:
        """Which API it speaks."""
        return self.server.kind

    async def get(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> Response:
        """GET below the server's URL. `path` is plain text: it is percent-encoded here, segment by segment.

        No redirect is followed: where the server's credentials go is the operator's word alone. The answer's `url`
        and every error name the server, not its address. Raises `EgressError`.
        """
        request = Request(
            url=f"{_joined(self.server.url, path)}{'?' if query else ''}{urlencode(query, quote_via=quote)}",
            secrets=(_CREDENTIAL,) if self.guard.vault.secrets else (),
            timeout=self.guard.way.settings.longest,
        )
        try:
            response = await self.guard.fetch(request)
        except BrokenAnswer as exc:
            host = origin_of(self.server.url)[1]
            raise BrokenAnswer(str(exc).replace(host, f"the server {self.name}")) from None
        return replace(response, url=f"{self.name}:/{path.lstrip('/')}")


def server_settings(server: Server, common: EgressSettings) -> EgressSettings:
    """The rules for a server: its own host and port, its own networks, and nothing else of what is not public.

    Where its URL names an address, that address is allowed as well; never a metadata service or a translation prefix.
    """
    _, host, port = origin_of(server.url)
    return replace(
        common,
        allow_hosts=(host,),
        deny_hosts=(),
        allow_networks=(*server.networks, *exactly(host)),
        ports=(port,),
        max_redirects=0,
        max_body_bytes=MAX_BODY,
        max_url=MAX_URL,
        pace=Pace(),
    )


def server_vault(server: Server) -> Vault:
    """The server's credential, as a secret that goes to this server alone."""
    if server.header is None or server.value is None:
        return Vault()
    secret = Secret(
        name=_CREDENTIAL,
        repositories=Repositories(every=True),
        origins=(origin_of(server.url),),
        header=server.header,
        value=server.value,
    )
    return Vault(secrets=(secret,))


def _joined(url: str, path: str) -> str:
    segments = path.removeprefix("/").split("/")
    if any(segment in {".", ".."} for segment in segments):
        raise Unsendable("the path holds a step out of its folder")
    parts = urlsplit(url)
    return (
        f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/{'/'.join(quote(one, safe='') for one in segments)}"
    )
