"""Whose word stops a closing that was announced."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from bot.assessment.grace import Veto, VetoKind
from bot.assessment.policy import Role
from bot.commands.grace import object_by, objection, vetoed
from bot.commands.request import AgainRequest, Announced, AskedIn, Errand, GuardRequest, Place, pack
from bot.commands.route import AGAIN_JOB, WATCH_JOB
from bot.engine import Notes, Waiting, schema
from bot.engine.database import SqliteDialect
from bot.engine.store import Store
from bot.github.models import NodeId, Said, Vote

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLACE = Place(installation=9, repository_id=7, owner="acme", name="shop", number=3)
ROLES = {"ann": Role.TRIAGE, "dora": Role.READ}
ANNOUNCED = Announced(until=AT + 24 * 60 * MINUTE, at=AT, since=(AT - MINUTE, 10), comment="C1", reporter="carol")
ERRAND = Errand(
    root="r",
    begun=AT,
    look=1,
    polls=0,
    poll_at=AT,
    issue_node="I",
    comment="C1",
    told=(),
    promised={},
    announced=ANNOUNCED,
)
WORDS = Said(id=11, login="ann", is_bot=False, body="No.", created_at=AT + MINUTE, updated_at=AT + MINUTE)
OLD = replace(WORDS, id=5, created_at=AT - 9 * MINUTE, updated_at=AT - 9 * MINUTE)
DOWN = Vote(login="ann", up=False, at=AT + 2 * MINUTE)


@dataclass
class Heard:
    """What stands at GitHub; who was asked about."""

    said: tuple[Said, ...] = ()
    thumbs: dict[str, tuple[Vote, ...]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def said_since(self, number: int, since: datetime) -> tuple[Said, ...]:
        assert (number, since) == (3, AT - MINUTE)
        return self.said

    async def votes(self, comment: NodeId) -> tuple[Vote, ...]:
        return self.thumbs.get(comment, ())

    async def role(self, login: str) -> Role:
        self.asked.append(login)
        return ROLES.get(login, Role.NONE)


@pytest.mark.parametrize(
    ("said", "by"),
    [
        pytest.param(WORDS, "ann", id="triage"),
        pytest.param(replace(WORDS, login="Carol"), "Carol", id="reporter"),
        pytest.param(replace(WORDS, login=None), None, id="account-gone"),
        pytest.param(replace(WORDS, body="/reopen it fails"), "ann", id="takes-back"),
        pytest.param(replace(WORDS, body="Not fixed.\n\n/resolution status"), "ann", id="words-beside-a-command"),
        pytest.param(replace(OLD, updated_at=AT + MINUTE), "ann", id="edited-since"),
        pytest.param(replace(OLD, id=11, created_at=AT, updated_at=AT), "ann", id="same-second"),
    ],
)
async def test_comments_that_count(said: Said, by: str | None) -> None:
    """New ones and edited ones, by the reporter, by triage, and by accounts that are gone."""
    veto = await objection(Heard(said=(replace(said, url="https://x.example/1"),)), PLACE, ERRAND)
    assert veto is not None
    assert (veto.by, veto.kind, veto.url) == (by, VetoKind.COMMENT, "https://x.example/1")


async def test_what_was_said_while_the_answer_waited() -> None:
    """It counts too, and is not told as an answer to the announcement."""
    early = replace(WORDS, created_at=AT - MINUTE, updated_at=AT - MINUTE)
    veto = await objection(Heard(said=(early,)), PLACE, ERRAND)
    assert veto == Veto(kind=VetoKind.BEFORE, at=AT, by="ann")


@pytest.mark.parametrize(("minutes", "stopped"), [(-1, False), (1, True)], ids=["before-it", "after-it"])
async def test_what_was_taken_back_by_confirming(minutes: int, *, stopped: bool) -> None:
    """What somebody said before the announcement is settled by his confirming later; an objection to it is not."""
    at = AT + minutes * MINUTE
    early = replace(WORDS, body="/resolution unconfirm", created_at=at, updated_at=at)
    confirmed = replace(WORDS, id=12, body="/confirm-fixed", created_at=at + MINUTE, updated_at=at + MINUTE)
    veto = await objection(Heard(said=(early, confirmed)), PLACE, ERRAND)
    assert (veto is not None) == stopped


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(replace(WORDS, login="dora"), id="reader"),
        pytest.param(replace(WORDS, login="mallory"), id="stranger"),
        pytest.param(replace(WORDS, login="ann", is_bot=True), id="bot"),
        pytest.param(OLD, id="heard-already"),
        pytest.param(replace(OLD, updated_at=AT - MINUTE), id="edited-before"),
        pytest.param(replace(WORDS, body="/resolution status"), id="command"),
    ],
)
async def test_comments_that_do_not_count(said: Said) -> None:
    """Everybody else's, bots', commands, and what was heard before."""
    assert await objection(Heard(said=(said,)), PLACE, ERRAND) is None


async def test_thumbs() -> None:
    """👎 on the announcement, or on the answer that took its place; the first objection is told."""
    thumbs = {"C1": (replace(DOWN, login="dora"), replace(DOWN, up=True)), "C2": (DOWN,)}
    later = Said(id=12, login="carol", is_bot=False, body="No.", created_at=AT + 3 * MINUTE, updated_at=DOWN.at)
    heard = Heard(said=(later,), thumbs=thumbs)
    moved = Errand(**{name: getattr(ERRAND, name) for name in ERRAND.__struct_fields__} | {"comment": "C2"})
    assert await objection(heard, PLACE, moved) == Veto(kind=VetoKind.THUMB, at=DOWN.at, by="ann")
    assert heard.asked == ["dora", "ann"]


async def test_a_command_objects(tmp_path: Path) -> None:
    """Whichever comes first of the command's turn and that of what was announced; and of nobody else's."""
    dialect = SqliteDialect(tmp_path / "bot.sqlite", 5000)
    schema.create(dialect)
    store = Store(dialect, 10)
    notes, soon = Notes(store), AT + MINUTE
    asked = AskedIn(id=11, node_id="C2", url="u", body="/reopen", login="ann", is_bot=False, at=soon)
    guard = GuardRequest(place=PLACE, by="bob", by_bot=False, closed_at=AT)
    payload = pack(AgainRequest(errand=ERRAND, guard=guard))
    waiting = (Waiting(kind=AGAIN_JOB, due_at=AT, payload=payload, id="j"), Waiting(kind=WATCH_JOB, due_at=AT))
    assert await object_by(notes, PLACE.key, (), asked, soon) is None
    assert await object_by(notes, PLACE.key, waiting, asked, soon) == ("j",)
    assert await vetoed(notes, PLACE.key, soon) == Veto(kind=VetoKind.COMMENT, at=soon, by="ann")
    assert await object_by(notes, PLACE.key, (), asked, soon) == ()
    assert await object_by(notes, PLACE.key, (), structs.replace(asked, login="bob"), soon) is None
    assert await object_by(notes, PLACE.key, (), structs.replace(asked, at=soon + MINUTE), soon) is None
    store.close()


async def test_nothing_announced() -> None:
    """Then nobody is asked."""
    plain = Errand(**{name: getattr(ERRAND, name) for name in ERRAND.__struct_fields__} | {"announced": None})
    assert await objection(Heard(said=(WORDS,)), PLACE, plain) is None
