"""The organisation's policy: along with the snapshot where it is public, else by a token of its own, and never lost."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.assessment.evidence import Sha
from bot.github.errors import RateLimited, Unavailable
from bot.github.models import NodeId, PolicyFile, Snapshot, Unknown

from . import answers
from .stand_in import INSTALLATION, MINT, SHOP, Answer, Clock, StandIn, fault, gateway, ok, outcome, session
from .test_snapshots import reaction
from .world import shop

TEXT = "version: 1\nmode: act\n"
FILE = PolicyFile(
    path=".github/resolution.yml",
    oid="e" * 40,
    size_bytes=len(TEXT),
    text=TEXT,
    repository="acme/.github",
    commit=Sha(answers.OLD),
)
PATH = ("repository", "owner", "repository")
SECOND = ok({"repository": answers.above(TEXT)})
NOT_INSTALLED = httpx.Response(422, json={"message": "There is at least one repository that does not exist"})
LIMITED = httpx.Response(429, headers={"retry-after": "60"}, json={"message": "slow down"})


def shown(repository: Any, *faults: Any, **changes: Any) -> httpx.Response:
    """A snapshot whose owner has this `.github`."""
    return ok({"repository": answers.repository(owner={"repository": repository}, **changes)}, *faults)


def hidden(*, minting: Answer | None = None, second: tuple[Answer, ...] = ()) -> StandIn:
    """A `.github` that the repository's own token does not see."""
    github = StandIn().graphql(shown(None, fault("NOT_FOUND", *PATH)), *second)
    return github.on("POST", MINT, minted, minting) if minting is not None else github


def minted(_: httpx.Request) -> httpx.Response:
    body = {"token": "ghs_1", "expires_at": "2026-11-21T13:00:00Z", "permissions": {}}
    return httpx.Response(201, json=body)


async def taken(github: StandIn) -> Snapshot:
    async with session(github) as one:
        return await one.snapshot(3)


@pytest.mark.parametrize(("text", "file"), [(TEXT, FILE), (None, None)], ids=["with a policy", "without"])
async def test_a_public_one_costs_no_request(text: str | None, file: PolicyFile | None) -> None:
    """It comes with the snapshot, by query and by mutation; that there is none is told as well."""
    github = StandIn().graphql(shown(answers.above(text)))
    assert file == (await taken(github)).organisation_file
    acknowledged = StandIn().graphql(ok(reaction(answers.repository(owner={"repository": answers.above(text)}))))
    async with session(acknowledged) as one:
        assert file == (await one.acknowledge_and_snapshot(NodeId("IC_1"), 3)).organisation_file
    assert [len(github.requests), len(acknowledged.requests)] == [2, 2]


async def test_a_private_one_is_read_with_a_token_of_its_own() -> None:
    """Only for `.github`, only to read, and all else of the snapshot is as it was."""
    github = hidden(second=(SECOND,))
    snapshot = await taken(github)
    assert (snapshot.organisation_file, snapshot.policy_file and snapshot.policy_file.text) == (FILE, "version: 1\n")
    asked = github.sent("POST", MINT)[1].read().decode()
    assert asked == '{"repositories":[".github"],"permissions":{"contents":"read","metadata":"read"}}'


@pytest.mark.parametrize(
    ("github", "file"),
    [
        (lambda: hidden(minting=NOT_INSTALLED), None),
        (
            lambda: hidden(second=(SECOND, shown(None, fault("NOT_FOUND", *PATH)))),
            FILE,
        ),
    ],
    ids=["absent", "there"],
)
async def test_a_private_one_is_remembered_for_ten_minutes(github: Any, file: PolicyFile | None) -> None:
    """Absence, too; then it is asked for again."""
    stand_in, clock, sent = github(), Clock(), []
    async with gateway(stand_in, clock) as one:
        for minutes in (0, 9, 2):
            clock.move(minutes=minutes)
            assert file == (await one.session(INSTALLATION, SHOP).snapshot(3)).organisation_file
            sent.append(len(stand_in.requests))
            stand_in.graphql(shown(None, fault("NOT_FOUND", *PATH)), SECOND)
    assert sent[1] == sent[0] + 1
    assert sent[2] > sent[1] + 1


@pytest.mark.parametrize(
    "failed",
    [
        lambda: hidden(minting=httpx.Response(502)),
        lambda: hidden(second=(httpx.Response(502), httpx.Response(502))),
        lambda: hidden(second=(ok(None, {"message": "Something went wrong"}),)),
        lambda: StandIn().graphql(shown(None, {"path": list(PATH), "message": "oops"}), httpx.Response(502)),
        lambda: (
            StandIn()
            .graphql(shown(None, {"path": list(PATH), "message": "oops"}))
            .on("POST", MINT, minted, NOT_INSTALLED)
        ),
    ],
    ids=["no token", "no answer", "no data", "failed at both", "failed, and the App is not installed there"],
)
async def test_what_failed_is_not_absent(failed: Any) -> None:
    """Then the snapshot has failed, and may be asked for again."""
    github = failed()
    async with session(github) as one:
        assert Unavailable is type(await outcome(one.snapshot(3)))
        github.graphql(shown(answers.above(TEXT)))
        assert (await one.snapshot(3)).organisation_file == FILE


@pytest.mark.parametrize(
    "refused",
    [
        lambda: hidden(minting=httpx.Response(403, json={"message": "This installation has been suspended"})),
        lambda: hidden(minting=httpx.Response(401, json={"message": "Bad credentials"})),
        lambda: hidden(second=(ok({"repository": None}, fault("FORBIDDEN", "repository")),)),
        lambda: (
            StandIn()
            .graphql(shown(answers.above(), fault("FORBIDDEN", *PATH, "policy")))
            .on("POST", MINT, minted, NOT_INSTALLED)
        ),
    ],
    ids=["suspended", "no credentials", "forbidden", "withheld, and the App is not installed there"],
)
async def test_what_is_refused_is_not_absent(refused: Any) -> None:
    """It is unknown, nothing else of the snapshot is, and it is asked for again at once."""
    github = refused()
    async with session(github) as one:
        first = await one.snapshot(3)
        github.graphql(shown(answers.above(TEXT)))
        assert (await one.snapshot(3)).organisation_file == FILE
    assert isinstance(first.organisation_file, Unknown)
    assert not isinstance(first.label_names, Unknown)


async def test_a_fault_of_the_snapshot_is_mended_by_the_second_way() -> None:
    """Where the first look failed and the second shows that it is there, it is there."""
    github = StandIn().graphql(shown(None, {"path": list(PATH), "message": "oops"}), SECOND)
    assert (await taken(github)).organisation_file == FILE


async def test_a_limit_is_waited_for() -> None:
    """As with everything that a snapshot reads."""
    async with session(hidden(second=(LIMITED,))) as one:
        assert RateLimited is type(await outcome(one.snapshot(3)))


async def test_the_organisations_own_repository_has_none_above() -> None:
    """And nothing is asked for."""
    github = StandIn().graphql(shown(answers.above(TEXT), nameWithOwner="acme/.github"))
    assert (await taken(github)).organisation_file is None
    assert len(github.requests) == 2


async def test_a_changed_installation_is_looked_at_again() -> None:
    """What was remembered of it counts no more."""
    github = hidden(minting=NOT_INSTALLED)
    async with gateway(github) as one:
        assert (await one.session(INSTALLATION, SHOP).snapshot(3)).organisation_file is None
        one.forget(INSTALLATION)
        github.graphql(shown(None, fault("NOT_FOUND", *PATH)), SECOND)
        github.on("POST", MINT, minted)
        assert (await one.session(INSTALLATION, SHOP).snapshot(3)).organisation_file == FILE


async def test_a_persons_token_shows_all_at_once() -> None:
    """There is no other token to try."""
    github = StandIn().graphql(shown(None, fault("NOT_FOUND", *PATH)))
    async with gateway(github, person=True) as one:
        assert (await one.session(None, SHOP).snapshot(3)).organisation_file is None
    assert len(github.requests) == 1


@pytest.mark.parametrize(
    ("dot_github", "text"),
    [({}, TEXT), ({"private": True}, TEXT), ({"private": True, "installed": False}, None), (None, None)],
    ids=["public", "private", "private, without the App", "absent"],
)
async def test_at_the_simulator(tmp_path: Path, dot_github: dict[str, object] | None, text: str | None) -> None:
    """A real repository, tokens that see no other private one, and the file at its newest commit."""
    beside = () if dot_github is None else ({"full_name": "acme/.github"} | dot_github,)
    async with shop(tmp_path, beside=beside, private=True) as one:
        if beside:
            files = {".github/resolution.yml": TEXT}
            pushed: Any = await one.simulator.control("commit", repo="acme/.github", files=files, author="bob")
        snapshot = await one.session.snapshot(3)
    file = snapshot.organisation_file
    assert not isinstance(file, Unknown)
    assert text == (file.text if file is not None else None)
    assert file is None or file.commit == pushed["sha"]


async def test_edits_and_types_at_the_simulator(tmp_path: Path) -> None:
    """The last one who changed the body, not the title; and the type."""
    async with shop(tmp_path) as one:
        before = (await one.session.snapshot(3)).issue
        await one.simulator.control("edit", repo="acme/shop", issue=3, login="bob", title="Broken")
        titled = (await one.session.snapshot(3)).issue
        await one.simulator.control("edit", repo="acme/shop", issue=3, login="alice", body="- [x] x", type="Bug")
        after = (await one.session.snapshot(3)).issue
    assert [(one.editor, one.body_edited_at, one.issue_type) for one in (before, titled)] == [(None, None, None)] * 2
    assert after.editor is not None
    assert (after.editor.login, after.issue_type, after.body_edited_at is not None) == ("alice", "Bug", True)
