"""One job's part of an audit: a page of issues after the other, measured with what this process has read already."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

import msgspec

from bot.assessment.audit import Entry
from bot.commands.audit import Auditing, Auditor, OnGitHub
from bot.commands.audit_kept import Kept
from bot.commands.measure import Instruments, rules_of
from bot.commands.one_download import OneDownload
from bot.commands.request import AuditRequest
from bot.commands.tools import Tools
from bot.config.load import Broken
from bot.engine import Json
from bot.github.closures import Closure
from bot.github.errors import GitHubError, RateLimited, Unavailable
from bot.probes.contract import Question

LIMIT_USED_UP = "GitHub's limit is used up"
RESERVE_LEFT = "GitHub's limit is used up but for what I leave to people"
GITHUB_SILENT = "GitHub does not answer"
RESERVE = 0.2
"""The share of the installation's hourly requests that is left for what people ask for meanwhile."""
_CHANGED = "The policy was changed meanwhile, so what was found until then is by the old one"


class Paged(msgspec.Struct, frozen=True, kw_only=True):
    """How a page ended: whole; until a limit that ends `until`; with GitHub `silent`; or `stopped` for good.

    `spared`: of that limit something is left, for people.
    """

    until: datetime | None = None
    silent: str | None = None
    stopped: str | None = None
    spared: bool = False

    @property
    def halts(self) -> bool:
        """Does it go on later, and not at once?"""
        return self.until is not None or self.silent is not None

    @property
    def ends(self) -> bool:
        """Is nothing more to be looked at in this job?"""
        return self.halts or self.stopped is not None


class _Stopped(Exception):
    """It cannot go on as it was begun; the text says why."""


class Round:
    """What a job works with. Use it as a context."""

    def __init__(self, tools: Tools, request: AuditRequest) -> None:
        self._tools = tools
        self._request = request
        self._open = ExitStack()
        self._auditor: Auditor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    async def look(self, page: Sequence[Closure], name: str) -> Json:
        """Look at these issues and keep what was found; how that ended."""
        found: list[Entry] = []
        paged = await self._ended(page, found)
        # What was not answered at all is asked again another time.
        kept = [one for one in found if one.asked or paged.silent is None]
        if kept:
            name = f"{self._request.batch:06}:{name}"
            await Kept(self._tools.notes, self._request).add(name, kept, self._tools.clock())
        packed: Json = msgspec.to_builtins(paged)
        return packed

    async def _ended(self, page: Sequence[Closure], found: list[Entry]) -> Paged:
        try:
            auditor = self._auditor = self._auditor or await self._opened()
            low = await self._tools.session(self._request.place).low_until(RESERVE)
            if low is not None:
                return Paged(until=low, spared=True)
            await auditor.audit(page, patience=_impatient, tell=found.append)
        except RateLimited as limited:
            return Paged(until=limited.retry_at)
        except Unavailable as error:
            return Paged(silent=str(error))
        except (_Stopped, GitHubError) as error:
            return Paged(stopped=str(error))
        return Paged()

    async def _opened(self) -> Auditor:
        """Read the repository as it is now. Raises `GitHubError`, `_Stopped`."""
        tools, request = self._tools, self._request
        session = tools.session(request.place)
        base = await session.snapshot(request.place.number)
        rules = rules_of(base)
        listed = await Kept(tools.notes, request).listed(tools.clock())
        if isinstance(rules, Broken) or listed is None or listed.asked.policy != rules.policy.digest:
            raise _Stopped(_CHANGED)
        tracker = OnGitHub(session, base)
        trees = self._open.enter_context(OneDownload(tracker.shared, base.head))
        instruments = Instruments(
            reader=tracker.shared,
            network=tools.egress.network(base.repository.id, base.repository.full_name),
            limits=tools.limits,
            clock=tools.clock,
            seen=tools.seen,
            on_bug=self._on_bug,
        )
        auditing = Auditing(
            tracker=tracker, base=base, rules=rules, instruments=instruments, me=await session.login(), key=tools.key
        )
        return Auditor(auditing, trees)

    def _on_bug(self, question: Question, error: Exception) -> None:
        place, asked = self._request.place, question.criterion
        why = f"{asked.kind} {asked.id}: {error!r}"
        self._tools.report("probe-bug", {"repository": place.full_name, "issue": place.number, "why": why})


async def _impatient(until: datetime) -> None:
    """Nobody sits and waits: a later job goes on."""
    raise RateLimited(until)
