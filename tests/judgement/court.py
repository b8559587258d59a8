"""A case, and the court that tries it: the whole recipe of a command over the simulated GitHub."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import httpx

from bot.assessment import codec
from bot.assessment.document import Assessment
from bot.cli.assessing import OneTurn
from bot.commands.command import command
from bot.commands.request import AskedIn, CommandRequest, Place, pack
from bot.commands.route import COMMAND_JOB
from bot.commands.tools import Tools
from bot.engine import Job
from bot.github.credentials import AppKey, load_app_key
from bot.github.gateway import Gateway
from bot.github.hosts import host
from bot.github.transport import Exchange
from bot.probes.runner import Limits
from bot.simulator.testing import SimulatorHandle, running
from tests.judgement.histories import Shas, Step, build
from tests.probes.world import HttpOnly

REPO = "acme/service"
MOST_REQUESTS = 7
NOW = datetime(2026, 3, 1, tzinfo=UTC)  # always the same, and so are the shas
OPENED_DAYS_AGO = 10
Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is asked, of which history, and how it must end.

    `says` is the command comment without its command. In every text `{fix}` stands for nine digits of the step `fix`,
    `{fix7}` for seven, `{full_fix}` for all.
    `verdict` is the kind of verdict; `closed` whether the issue is closed afterwards; `shows` and `hides` are phrases
    that the answer must and must not hold. `most` requests at most; None where a tarball is read.
    """

    name: str
    history: tuple[Step, ...]
    says: str = ""
    verdict: str | None = "resolved"
    closed: bool | None = None
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    issue: Json = field(default_factory=dict)
    issues: tuple[Json, ...] = ()
    pulls: tuple[Json, ...] = ()
    checks: tuple[Json, ...] = ()
    repository: Json = field(default_factory=dict)
    by: str = "ann"
    flags: str = ""
    acts: tuple[tuple[str, Json], ...] = ()
    most: int | None = MOST_REQUESTS

    @property
    def closes(self) -> bool:
        """Must the issue be closed afterwards?"""
        return self.closed if self.closed is not None else (self.verdict or "").startswith("resolved")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a case ended."""

    verdict: str | None
    state: str
    answer: str
    requests: tuple[str, ...]
    assessment: Assessment | None

    @property
    def findings(self) -> str:
        """Every finding in a line, for the message of a failed test."""
        found = self.assessment.findings if self.assessment else ()
        return "\n".join(
            f"  {one.criterion.id}: {one.evidence.outcome} {'' if one.evidence.decisive else '(vacuous) '}"
            f"{one.evidence.observed!r} <- {one.criterion.quote!r}"
            for one in found
        )


def merged(number: int, commit: str, **more: Any) -> dict[str, Any]:
    """A pull request that was merged as the step `commit` and closes issue 1."""
    return {
        "number": number,
        "title": f"Pull request {number}",
        "body": "Fixes #1",
        "state": "closed",
        "merged": True,
        "merge_commit_sha": f"{{full_{commit}}}",
        "author": "bob",
        "closes": [1],
        **more,
    }


def check(at: str, conclusion: str | None = "success", name: str = "unit") -> dict[str, Any]:
    """A check run at a step; without a conclusion it still runs."""
    run = {"sha": f"{{full_{at}}}", "name": name, "app": "github-actions"}
    return run | ({"conclusion": conclusion} if conclusion else {"status": "in_progress"})


class Court:
    """Tries cases; repositories with the same history are made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._now = NOW
        self._made: dict[tuple[Step, ...] | int, Shas] = {}

    async def try_(self, case: Case) -> None:
        """Give the command, and assert that it ends as it must."""
        shas = self._shas(case.history)
        async with running(self._world(case, shas)) as github:
            for action, words in case.acts:
                await github.control(action, **{"repo": REPO, **_filled(words, shas)})
                await github.settled()
            outcome = await _tried(github, case, _filled(case.says, shas))
            await _record(github, case.name)
        hold(case, outcome, shas)

    def _shas(self, history: tuple[Step, ...]) -> Shas:
        made = self._made.get(id(history))
        if made is None:
            made = build(self._folder / f"repository-{len(self._made)}", history, self._now)
            self._made[id(history)] = made
        return made

    def _world(self, case: Case, shas: Shas) -> Any:
        issue = {
            "number": 1,
            "title": "the monitoring module is missing from the image",
            "body": "Containers do not start: the monitoring module is not packaged.",
            "author": "carol",
            "created_at": (self._now - timedelta(days=OPENED_DAYS_AGO)).isoformat(),
            **case.issue,
        }
        checks = case.checks or (check(_tip(case.history)),)
        repository = {
            "full_name": REPO,
            "git": str(shas.folder),
            "head": "main",
            "issues": [issue, *case.issues],
            "pulls": list(case.pulls),
            "check_runs": [one for one in checks if one],
            "collaborators": {"ann": "triage", "bob": "write", "dora": "read", "mia": "maintain"},
            **case.repository,
        }
        return _filled({"repositories": [repository]}, shas)


def _tip(history: tuple[Step, ...]) -> str:
    return [step.name for step in history if step.on == "main"][-1]


def _filled(value: Any, shas: Shas) -> Any:
    """The value with the shas in place of the names of steps."""
    if isinstance(value, str):
        for name, sha in shas.of.items():
            value = value.replace(f"{{{name}}}", sha[:9]).replace(f"{{{name}7}}", sha[:7])
            value = value.replace(f"{{full_{name}}}", sha)
        return value
    if isinstance(value, Mapping):
        return {_filled(key, shas): _filled(one, shas) for key, one in value.items()}
    return [_filled(one, shas) for one in value] if isinstance(value, list | tuple) else value


class _Kept:
    """Keeps the last document."""

    def __init__(self) -> None:
        self.last: Assessment | None = None

    async def save(self, id: str, repository: str, issue: int, document: bytes, at: datetime) -> None:  # noqa: A002
        self.last = codec.decode(document)

    async def load(self, id: str) -> bytes | None:  # noqa: A002
        return None

    async def latest(self, repository: str, issue: int) -> bytes | None:
        return None


class _Sitting(OneTurn):
    """One look at the case; an answer that waits is judged as it stands."""

    async def submit(self, job: Job) -> None:
        """Adjourned for good."""
        del job


class _NoEgress:
    def network(self, repository_id: int, full_name: str) -> HttpOnly:
        del repository_id, full_name
        return HttpOnly()


async def _tried(github: SimulatorHandle, case: Case, says: str) -> Outcome:
    body = f"{says}\n\n/assess-resolution {case.flags}".strip()
    comment = await github.comment(REPO, 1, case.by, body)
    request = _request(github, comment, case.by, body)
    sent: list[Exchange] = []
    kept = _Kept()
    transport = httpx.AsyncHTTPTransport(verify=False)  # nothing is encrypted here; reading certificates takes long
    clock = partial(datetime.now, UTC)
    credentials = _key(github.app_id, github.private_key)
    async with Gateway(host(github.url), credentials, clock, on_exchange=sent.append, transport=transport) as gateway:
        tools = Tools(
            gateway=gateway,
            archive=kept,
            clock=clock,
            key=b"a key of the tests that signs marks",
            egress=_NoEgress(),
            limits=Limits(),
            evidence_url=lambda _id, _at: None,
            report=_no_bugs,
        )
        job = Job(id=f"comment:{comment}", kind=COMMAND_JOB, key=request.place.key, payload=pack(request))
        await command(_Sitting(job), tools)
    issue = await _issue(github)
    return Outcome(
        verdict=kept.last.verdict.kind.value if kept.last else None,
        state=str(issue["state"]),
        answer="\n\n".join(one["body"] for one in issue["comments"] if one["author"] == "resolution[bot]"),
        requests=tuple(f"{one.method} {one.path} {one.operation or ''}".strip() for one in sent if not _is_ours(one)),
        assessment=kept.last,
    )


@cache
def _key(app: int, pem: str) -> AppKey:
    return load_app_key(str(app), pem)


def _no_bugs(event: str, fields: Mapping[str, object]) -> None:
    assert event != "probe-bug", fields


def _is_ours(one: Exchange) -> bool:
    """What a server asks once, about itself."""
    return one.path == "/app" or one.path.endswith("/access_tokens")


def _request(github: SimulatorHandle, comment: int, by: str, body: str) -> CommandRequest:
    repository = github.world.repository(REPO)
    assert repository is not None
    place = Place(
        installation=github.installation_id(REPO),
        repository_id=repository.id,
        owner="acme",
        name="service",
        number=1,
    )
    told = next(one for one in repository.issues[1].comments if one.id == comment)
    asked = AskedIn(
        id=comment,
        node_id=told.node_id,
        url=f"{github.url}/{REPO}/issues/1#issuecomment-{comment}",
        body=body,
        login=by,
        is_bot=False,
        at=told.created_at,
    )
    issue = repository.issues[1]
    return CommandRequest(
        place=place,
        comment=asked,
        issue_node=issue.node_id,
        issue_author=issue.author.login,
        assignees=(),
        is_pull=False,
    )


async def _issue(github: SimulatorHandle) -> Any:
    state: Any = await github.state()
    repository = next(one for one in state["repositories"] if one["full_name"] == REPO)
    return next(one for one in repository["issues"] if one["number"] == 1)


async def _record(github: SimulatorHandle, name: str) -> None:
    """Leave what went over the wire where the contract check looks for it."""
    folder = os.environ.get("EXCHANGES_DIR")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(exchange) for exchange in await github.exchanges()]
        Path(folder, f"judgement-{name.replace(' ', '-').replace('/', '-')}.jsonl").write_text("\n".join(lines) + "\n")


def hold(case: Case, outcome: Outcome, shas: Shas) -> None:
    """Assert that a case ended as it must."""
    told = f"{outcome.answer}\n{outcome.findings}"
    assert (outcome.verdict, outcome.state) == (case.verdict, "closed" if case.closes else "open"), told
    for phrase in _filled(case.shows, shas):
        assert phrase in outcome.answer, told
    for phrase in _filled(case.hides, shas):
        assert phrase not in outcome.answer, told
    if case.most is not None and outcome.state == "closed":
        assert len(outcome.requests) <= case.most, "\n".join(outcome.requests)
