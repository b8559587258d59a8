"""Similar issues: looked for without ever failing an assessment, and what of a closing is remembered."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec
import pytest

from bot.assessment.document import ActionKind, Done, Ending, IssueState
from bot.assessment.precedent import Precedent
from bot.commands import precedents
from bot.commands.glance import Glance
from bot.commands.patterns import likeness_in
from bot.commands.precedents import forget_unless_closed, is_owed, read, with_similar
from bot.commands.request import Place
from bot.commands.tools import NoPrecedents
from bot.config.load import Broken, Loaded, load
from bot.engine import Found, Json, Kept, Sought, StoreUnavailable
from bot.github.models import Unknown
from tests.assessment.samples import NOW, assess, finding
from tests.commands.test_tickets import FollowUpMode, request
from tests.probes.world import context, issue

CLOSED = Done(action=ActionKind.CLOSE, ending=Ending.DONE, text="closed as completed")
DONE = assess((finding(),), actions=(CLOSED,), state=IssueState(title="Redis timeout again"))
SNAPSHOT = context(about=issue()).snapshot
ENTRY: Json = msgspec.to_builtins(Precedent(title="Redis timeout", closed_at=NOW, pulls=(13,)))


@dataclass(slots=True)
class Store(NoPrecedents):
    """A store that answers with what it is given, fails, or is slow."""

    answer: Found | Exception | None = None
    asked: list[Sought] = field(default_factory=list)
    forgot: list[tuple[int, int, datetime]] = field(default_factory=list)

    async def search(self, sought: Sought) -> Found:
        self.asked.append(sought)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer or await asyncio.Event().wait()  # type: ignore[return-value]

    async def forget(self, repository_id: int, issue: int, at: datetime) -> bool:
        self.forgot.append((repository_id, issue, at))
        return True


@dataclass(slots=True)
class Tools:
    """What naming works with."""

    precedents: Store
    told: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def report(self, event: str, fields: Mapping[str, Any]) -> None:
        self.told.append((event, fields))


def found(*entries: Json, total: int = 50) -> Found:
    """Closed issues from 9 on with these entries."""
    kept = tuple(Kept(issue=9 + n, at=NOW, entry=entry) for n, entry in enumerate(entries))
    return Found(kept=kept, total=total, traits={}, words={})


async def test_named_in_the_document() -> None:
    """By the repository's id, and never the issue itself; what another version wrote is left out."""
    tools = Tools(Store(found(ENTRY, {"title": 7}, "odd", None, total=200)))
    assessment = await with_similar(tools, SNAPSHOT, DONE)  # type: ignore[arg-type]
    assert [(one.issue, one.url, one.closed_by) for one in assessment.similar] == [
        (9, f"{SNAPSHOT.url}/issues/9", ("pull request #13",))
    ]
    (sought,) = tools.precedents.asked
    assert (sought.repository_id, sought.issue) == (SNAPSHOT.repository.id, SNAPSHOT.issue.number)
    assert (sought.words, tools.told) == (("redis", "timeout"), [])


@pytest.mark.parametrize(
    ("answer", "why"),
    [(StoreUnavailable("locked"), "locked"), (None, "no answer in 0.01 s")],
    ids=["failing", "slow"],
)
async def test_trouble_is_told_to_the_operator(answer: Exception | None, why: str) -> None:
    """The assessment goes on without similar issues."""
    tools = Tools(Store(answer))
    patience = 0.01
    assert await with_similar(tools, SNAPSHOT, DONE, patience=patience) == DONE  # type: ignore[arg-type]
    assert tools.told == [("similar-not-searched", {"repository": "octo/shop", "issue": 12, "why": why})]


async def test_forgotten_by_an_assessment() -> None:
    """One that leaves it open is enough; one that closes it forgets nothing."""
    tools = Tools(Store())
    place = Place(installation=1, repository_id=7, owner="octo", name="shop", number=12)
    await forget_unless_closed(tools, place, DONE)  # type: ignore[arg-type]
    await forget_unless_closed(tools, place, replace(DONE, actions=()))  # type: ignore[arg-type]
    assert tools.precedents.forgot == [(7, 12, NOW)]


def test_what_is_owed() -> None:
    """Every closing on evidence, also in advise mode; not where the repository's id is not known."""
    advised = request(FollowUpMode.LIST, acting=False)
    assert is_owed(advised, DONE)
    assert not is_owed(advised, replace(DONE, actions=()))
    nameless = msgspec.structs.replace(advised, place=msgspec.structs.replace(advised.place, repository_id=0))
    assert not is_owed(nameless, DONE)


def test_nothing_readable() -> None:
    """Is nothing."""
    assert read((Kept(issue=9, at=NOW, entry=[1]),)) == ()
    assert precedents.PART.owed is is_owed


OWN = load("version: 1\nclaims: off\ncriteria: [{id: suite, title: Suite, file: a.py}]\n", path="p", source="p")


@pytest.mark.parametrize(
    ("rules", "criteria"),
    [(OWN, ("suite",)), (load("version: 1\n", path="p", source="built-in"), ()), (Broken(faults=()), ())],
    ids=["own", "built-in", "broken"],
)
def test_by_what_an_issue_is_sought(rules: Loaded | Broken, criteria: tuple[str, ...]) -> None:
    """Its title, labels and files, and what the policy would ask; or the words that were given, alone."""
    snapshot = context(about=issue(labels=("bug",))).snapshot
    likeness = likeness_in(Glance(snapshot=snapshot, rules=rules, now=NOW), "")
    assert (likeness.title, likeness.labels, likeness.criteria) == (snapshot.issue.title, ("bug",), criteria)
    alone = likeness_in(Glance(snapshot=snapshot, rules=rules, now=NOW), "redis cache")
    assert (alone.title, alone.traits) == ("redis cache", ())
    unread = context(about=issue(labels=Unknown(reason="?"))).snapshot
    assert likeness_in(Glance(snapshot=unread, rules=rules, now=NOW), "").labels == ()
