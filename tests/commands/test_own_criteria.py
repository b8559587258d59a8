"""Criteria for one issue: whose count, what they add, and what refuses the run."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.assessment.evidence import Origin
from bot.assessment.openlines import Block
from bot.assessment.policy import Permissions, Role
from bot.commands.denials import refusal_of
from bot.commands.grammar import Assess, commands_in, merged
from bot.commands.own_criteria import Added, Brought, Writer, added, writer_of
from bot.commands.request import AskedIn, CommandRequest, Place
from bot.github.errors import Forbidden
from bot.github.models import Actor
from tests.probes.world import NOW, issue

TEXT = "```resolution\n- {id: guide, file: docs/guide.md}\n```"
ANN = Actor(login="ann")
BOT = Actor(login="helper", is_bot=True)
TRIAGER = Writer(login="ann", role=Role.TRIAGE)


async def role_of(login: str) -> Role:
    """What people may do here."""
    if login == "hidden":
        raise Forbidden("not for you")
    return Role.WRITE if login == "ann" else Role.READ


def is_trusted(login: str) -> bool:
    """Does the policy trust the bot?"""
    return login == "helper"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"body": "no block", "author": ANN}, None, id="no-block"),
        pytest.param({"author": ANN}, Writer(login="ann", role=Role.WRITE), id="author"),
        pytest.param({"author": ANN, "editor": Actor(login="eve")}, Writer(login="eve", role=Role.READ, edited=True),
                     id="editor"),
        pytest.param({"author": ANN, "body_edited_at": NOW}, Writer(login=None, role=Role.NONE, edited=True),
                     id="editor-gone"),
        pytest.param({"author": None}, Writer(login=None, role=Role.NONE), id="author-gone"),
        pytest.param({"author": BOT}, Writer(login="helper", role=Role.TRIAGE), id="trusted-bot"),
        pytest.param({"author": Actor(login="other", is_bot=True)},
                     Writer(login="other", role=Role.NONE, stranger=True), id="strange-bot"),
        pytest.param({"author": Actor(login="hidden")}, Writer(login="hidden", role=None), id="not-told"),
    ],
)  # fmt: skip
async def test_whose_words_a_text_is(changes: dict[str, object], expected: Writer | None) -> None:
    """Its last editor's, else its author's, with the role held now; nobody is asked about where nothing is brought."""
    found = await writer_of(issue(**{"body": TEXT, **changes}), trusts=is_trusted, role_of=role_of)
    assert expected == found


def brought(*blocks: str, text: str = "", writer: Writer | None = None, role: Role = Role.TRIAGE) -> Brought:
    """What a command and the issue's text bring; the blocks begin on line 3."""
    made = tuple(Block(language="yaml", text=one, line=3) for one in blocks)
    return Brought(blocks=made, asker="dora", role=role, text=text, writer=writer)


def add(what: Brought, permissions: Permissions = Permissions()) -> Added:
    """What comes to a policy that asks `ci` and `tasks`."""
    return added(what, taken=frozenset({"ci", "tasks"}), permissions=permissions, again="/assess-resolution one")


def test_they_are_added_with_their_origin() -> None:
    """The issue's text first, then the command; a second block goes on where the first ended."""
    found = add(brought("- tasks:", "- tasks:", text=TEXT, writer=TRIAGER))
    asked = [(one.criterion.id, one.criterion.origin) for one in found.questions]
    assert asked == [("guide", Origin.ISSUE), ("tasks-2", Origin.COMMENT), ("tasks-3", Origin.COMMENT)]
    assert (found.faulty, found.notes, found.refusal) == ((), (), None)


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        pytest.param(["- {id: ci, tasks: }"], "line 1, column 3 of the block (line 3 of your comment): the id 'ci'",
                     id="the-policys-id"),
        pytest.param(["- {id: guide, tasks: }"], "the id 'guide' is taken already", id="the-texts-id"),
        pytest.param(["- tasks:", "- {fil: x}"], "column 4 of block 2 (line 3 of your comment)", id="second-block"),
        pytest.param(["- tasks:\n" * 20], "line 20, column 3 of the block (line 22 of your comment): more than 20",
                     id="too-many-with-the-texts"),
    ],
)  # fmt: skip
def test_faults_below_the_command_refuse(blocks: list[str], said: str) -> None:
    """Whoever wrote it is there to correct it; nothing is asked until then."""
    refusal = add(brought(*blocks, text=TEXT, writer=TRIAGER)).refusal
    assert refusal is not None
    assert said in refusal
    assert "Send `/assess-resolution one` with the corrected block" in refusal


def test_the_policy_may_ask_a_stronger_role() -> None:
    """`permissions: {look: …}` is asked of whoever brings criteria."""
    strict = Permissions(look=Role.WRITE)
    refusal = add(brought("- tasks:"), strict).refusal
    assert "need **write** here; you hold **triage**" in (refusal or "")
    (note,) = add(brought(text=TEXT, writer=TRIAGER), strict).notes
    assert "holds triage here. It counts once somebody with the role write" in note


@pytest.mark.parametrize(
    ("writer", "said"),
    [
        pytest.param(Writer(login="eve", role=Role.NONE, edited=True), "eve edited it last, and holds no role here",
                     id="editor"),
        pytest.param(Writer(login="eve", role=Role.READ), "eve wrote it, and holds read here", id="author"),
        pytest.param(Writer(login=None, role=Role.NONE), "somebody whose account is gone wrote it", id="gone"),
        pytest.param(Writer(login="b", role=Role.NONE, stranger=True), "a bot that the policy does not", id="bot"),
        pytest.param(Writer(login="eve", role=None), "GitHub did not tell which role that account holds", id="untold"),
    ],
)  # fmt: skip
def test_a_text_without_weight_is_left_out(writer: Writer, said: str) -> None:
    """The answer says whose it was, and what would make it count."""
    found = add(brought(text=TEXT, writer=writer))
    assert found.questions == ()
    (note,) = found.notes
    assert said in note
    assert note.endswith("once somebody with the role triage was the last to edit the text.")


def test_faults_in_the_text_are_findings() -> None:
    """Each broken criterion by name, and a block that is broken as a whole as one; the others are asked."""
    text = "```resolution\n- {id: guide, fil: x}\n- tasks:\n```\n```resolution\nmode: act\n```\n```resolution\n- [\n```"
    found = add(brought(text=text, writer=TRIAGER))
    assert [one.criterion.id for one in found.faulty] == ["guide", "block-2", "block-3"]
    assert {one.criterion.origin for one in found.faulty} == {Origin.ISSUE}
    assert [one.faults[0].path.partition(" in ")[0] for one in found.faulty] == ["block 1", "block 2", "block 3"]


def test_a_broken_block_takes_a_free_name() -> None:
    """Whatever the others are called."""
    text = "```resolution\n- {id: block-2, tasks: }\n```\n```resolution\nmode: act\n```"
    (whole,) = add(brought(text=text, writer=TRIAGER)).faulty
    assert whole.criterion.id == "block-2-2"


def asked(body: str, login: str = "carol") -> CommandRequest:
    """A comment on an issue that carol reported."""
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return CommandRequest(
        place=Place(installation=1, repository_id=1, owner="o", name="r", number=1),
        comment=AskedIn(id=1, node_id="c", url="u", body=body, login=login, is_bot=False, at=at),
        issue_node="i",
        issue_author="carol",
        assignees=(),
        is_pull=False,
    )


BLOCK = "/assess-resolution --dry-run\n```yaml\n- tasks:\n```"


@pytest.mark.parametrize(
    ("body", "login", "role", "said"),
    [
        pytest.param(BLOCK, "carol", Role.READ, "criteria of your own below a command need **triage**", id="author"),
        pytest.param(BLOCK, "eve", Role.READ, "closing needs **triage** here", id="may-not-even-look"),
        pytest.param(BLOCK, "ann", Role.TRIAGE, None, id="triage"),
        pytest.param("/assess-resolution --dry-run", "carol", Role.READ, None, id="without-a-block"),
        pytest.param(BLOCK, "eve", None, "GitHub did not tell me which role you hold", id="not-told"),
    ],
)
def test_who_may_bring_them(body: str, login: str, role: Role | None, said: str | None) -> None:
    """It is a right of its own, and the author is told what he may do instead."""
    refusal = refusal_of(asked(body, login), commands_in(body), role)
    assert refusal is None if said is None else said in (refusal or "")


def test_the_grammar_keeps_the_blocks() -> None:
    """Of several assessments all blocks count; of other languages none."""
    body = "/assess-resolution\n```YML x\na\n```\n```text\nb\n```\n/assess-resolution --no-close\n~~~resolution\nc"
    one = merged(commands_in(body))
    assert one is not None
    assert [(block.text, block.line) for block in one.blocks] == [("a\n", 3), ("c", 10)]
    assert replace(one, blocks=()) == Assess(no_close=True)


OUTSIDE = "- {id: health, http: 'https://api.example.com/health'}\n- {id: guide, file: docs/guide.md}"


@pytest.mark.parametrize(("role", "runs"), [(Role.TRIAGE, False), (Role.WRITE, True)])
def test_who_brings_what_asks_beyond_github(role: Role, *, runs: bool) -> None:
    """What the operator granted is for those who may change the policy: below a command others are refused."""
    found = add(brought(OUTSIDE, role=role))
    assert (len(found.questions), found.refusal is None) == ((2, True) if runs else (0, False))
    assert runs or "ask beyond GitHub (`health`) need **write** here; you hold **triage**" in (found.refusal or "")


@pytest.mark.parametrize(
    ("writer", "outside"),
    [
        (TRIAGER, ["health"]),
        (Writer(login="bob", role=Role.WRITE), []),
    ],
)
def test_whose_text_asks_beyond_github(writer: Writer, outside: list[str]) -> None:
    """In the issue's text such a criterion is misconfigured and named, and the others are asked."""
    found = add(brought(text=f"```resolution\n{OUTSIDE}\n```", writer=writer))
    assert [one.criterion.id for one in found.faulty] == outside
    assert [one.criterion.id for one in found.questions] == (["guide"] if outside else ["health", "guide"])
    assert all("takes the role write, and ann" in fault.text for one in found.faulty for fault in one.faults)
