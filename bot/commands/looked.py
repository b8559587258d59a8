"""What the first look at an issue leaves for the steps that follow, also after a restart."""

from datetime import UTC, datetime

import msgspec

from bot.commands.measure import Declined
from bot.commands.precedence import GaveWay
from bot.commands.request import Wishes
from bot.commands.starting import Wanted

_LONG_AGO = (datetime(1970, 1, 1, tzinfo=UTC), 0)


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """The issue was closed while its answer waited, and not as completed: how, and by whom (None: unknown)."""

    closed_as: str
    by: str | None = None

    @property
    def text(self) -> str:
        """In plain words; the login in it is foreign text."""
        return f"{self.by or 'somebody'} closed it as {self.closed_as.replace('_', ' ')}"


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What the first look leaves for later steps. `nowhere`: there is nobody to answer to.

    `declined` is why nothing is assessed; `no_right`: that is said to somebody who may not.
    `since`: whoever speaks after this moment and this comment (id) has not been heard. `unmade`: labels that the
    repository does not have yet, by name, and what each is for. `closed_at`: the closing that was looked at.
    `pending` is a label's name. `set_aside`: what waited here is over.
    """

    declined: str | None = None
    nowhere: str | None = None
    issue_node: str = ""
    announce: bool = False
    hold: tuple[str, ...] = ()
    repository_id: int = 0
    since: tuple[datetime, int] = _LONG_AGO
    wanted: tuple[Wanted, ...] = ()
    wishes: Wishes = Wishes()
    closed_at: datetime | None = None
    unmade: dict[str, str] = {}
    no_right: bool = False
    reporter: str | None = None
    gave_way: GaveWay | None = None
    pending: str | None = None
    set_aside: SetAside | None = None

    @property
    def why_not(self) -> Declined | GaveWay | SetAside | None:
        """What to say where nothing is assessed, or that it made way, or is over."""
        if self.declined is not None:
            return Declined(text=self.declined, no_right=self.no_right)
        return self.gave_way or self.set_aside
