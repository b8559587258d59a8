"""The operator's secrets as one repository may use them: each in its own header, to its own origins.

What people are told of a secret that is not theirs is what they are told of one that does not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.egress.exchange import Unsendable
from bot.egress.grants import Secret
from bot.egress.rules import DEFAULT_PORTS, origin_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """The secrets of one repository."""

    secrets: tuple[Secret, ...] = ()

    def fault(self, name: str, url: str) -> str | None:
        """Why a secret may not be sent to a URL, in plain words; None where it may."""
        try:
            self._secret(name, origin_of(url))
        except Unsendable as fault:
            return str(fault)
        return None

    def headers(
        self, names: Sequence[str], url: str, given: Sequence[tuple[str, str]] = ()
    ) -> tuple[tuple[str, str], ...]:
        """The headers that carry these secrets to a URL, beside those that a policy gives. Raises `Unsendable`."""
        if not names:
            return ()
        origin = origin_of(url)
        pairs: list[tuple[str, str]] = []
        taken = {header.lower() for header, _ in given}
        for name in dict.fromkeys(names):
            secret = self._secret(name, origin)
            if secret.header.lower() in taken:
                raise Unsendable(f"the header {secret.header} carries the secret {name!r}: nothing else may be in it")
            taken.add(secret.header.lower())
            pairs.append((secret.header, secret.value))
        return tuple(pairs)

    def _secret(self, name: str, origin: tuple[str, str, int]) -> Secret:
        mine = [secret for secret in self.secrets if secret.name == name]
        if not mine:
            raise Unsendable(f"there is no secret named {name!r} for this repository")
        found = next((secret for secret in mine if origin in secret.origins), None)
        if found is None:
            raise Unsendable(f"the secret {name!r} is never sent to {_spelled(origin)}")
        return found


def _spelled(origin: tuple[str, str, int]) -> str:
    scheme, host, port = origin
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" if port == DEFAULT_PORTS[scheme] else f"{scheme}://{shown}:{port}"
