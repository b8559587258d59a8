"""Accounts: people, organisations and bots."""

from dataclasses import dataclass
from enum import StrEnum

from bot.simulator.ids import node_id


class AccountKind(StrEnum):
    """The kinds of account, as REST names them."""

    USER = "User"
    BOT = "Bot"
    ORGANIZATION = "Organization"


ACCOUNT_PREFIX = {AccountKind.USER: "U", AccountKind.BOT: "BOT", AccountKind.ORGANIZATION: "O"}


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Account:
    """Somebody who acts; a bot's login ends in ``[bot]``, as REST gives it."""

    id: int
    login: str
    kind: AccountKind = AccountKind.USER

    @property
    def node_id(self) -> str:
        """The account's node id."""
        return node_id(ACCOUNT_PREFIX[self.kind], self.id)

    @property
    def short_login(self) -> str:
        """The login as GraphQL gives it: a bot's is its app's slug."""
        return self.login.removesuffix("[bot]")
