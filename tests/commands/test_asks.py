"""From questions to what people are told of them."""

import json
from dataclasses import replace

import pytest
import yaml

from bot.assessment.evidence import CriterionId, Origin, Sha
from bot.commands.asks import ask_of, given, head_of, params_of, where
from bot.config.load import Loaded, load
from bot.probes.contract import Aim, Fix
from bot.probes.registry import by_kind
from tests.probes.world import Step, context, made, question, repo

AT = repo(Step("Start", {"a.py": "1"}))
SNAPSHOT = context(AT).snapshot
FIX = Fix(commits=(Sha("f" * 40),), before=Sha("abc1234" + "0" * 33), paths=())
UNKNOWN = Fix(commits=(), before=None, paths=())


@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        pytest.param("file", {"path": "a.yml", "at": "x", "equals": True}, ["path: a.yml", "at: x", "equals: true"]),
        pytest.param("issue", {"sub_issues": True}, ["sub_issues: true"]),
        pytest.param("code", {"absent": ("a", "b")}, ["absent: [a, b]"]),
        pytest.param("tasks", {}, []),
        pytest.param(
            "http",
            {
                "url": "https://a.io",
                "secret": "KEY",
                "headers": {"X-A": "hush"},
                "json": [{"at": "s", "equals": 1}],
            },
            ["url: https://a.io", "headers: {X-A}", "secret: KEY", "json: [{at: s, equals: 1}]"],
        ),
        pytest.param("websocket", {"url": "wss://a.example", "send": ["hush"]}, ["url: wss://a.example", "send: …"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_written(kind: str, params: dict[str, object], words: list[str]) -> None:
    """Parameters are told without their defaults; what is sent along is named and not shown."""
    told = by_kind()[kind].params.model_validate_json(json.dumps(params))
    assert sorted(params_of(told)) == sorted(words)


def test_what_a_journey_sends_is_not_shown() -> None:
    """However deep it stands."""
    steps = [
        {"name": "log in", "url": "https://a.example/in", "method": "POST", "form": {"password": "hush"}},
        {"name": "post", "url": "https://a.example/x", "method": "POST", "body": {"token": "hush"}},
    ]
    told = by_kind()["journey"].params.model_validate_json(json.dumps({"steps": steps}))
    (words,) = params_of(told)
    assert "form: {password}" in words
    assert "hush" not in words


@pytest.mark.parametrize("kind", sorted(by_kind()))
def test_every_probe_can_be_explained(kind: str) -> None:
    """Each one's own example says whom it asks and about what."""
    probe = by_kind()[kind]
    (written,) = yaml.safe_load(probe.manual.example)
    params = probe.params.model_validate_json(json.dumps(written[kind]))
    told = ask_of(replace(question(by_kind()["tasks"]), params=params), SNAPSHOT, FIX)
    assert (bool(told.whom), bool(told.where), bool(told.outcomes)) == (True, True, True)


@pytest.mark.parametrize(
    ("kind", "params", "whom"),
    [
        ("http", {"url": "https://shop.example.com/x?y"}, "the host `shop.example.com`"),
        ("tls", {"host": "shop.example.com"}, "the host `shop.example.com`"),
        ("tcp", {"host": "shop.example.com", "port": 5432}, "the host `shop.example.com`"),
        ("websocket", {"url": "wss://shop.example.com/ws"}, "the host `shop.example.com`"),
        ("dns", {"name": "shop.example.com"}, "the name servers, for `shop.example.com`"),
        ("metric", {"query": "up", "pass_when": "> 0", "server": "main"}, "the operator's Prometheus `main`"),
        ("sentry", {"issue": "SHOP-1", "organization": "acme"}, "the operator's Sentry"),
        ("confirmation", {}, "the reporter"),
        ("check", {}, "GitHub"),
    ],
)
def test_whom_is_asked(kind: str, params: dict[str, object], whom: str) -> None:
    """The host, the operator's server, people, or GitHub."""
    assert whom == made(by_kind()[kind], **params).aim.whom


@pytest.mark.parametrize(
    ("aim", "fix", "before", "words"),
    [
        (Aim(at="head", past=True), FIX, True, "also about the time before the fix, `abc1234`"),
        (Aim(at="head", past=True), UNKNOWN, True, "also about the time before the fix, once one is known"),
        (Aim(at="head", past=True), FIX, False, "not about the time before the fix (`before: false`)"),
        (Aim(), FIX, True, "how it is when it is asked; of the time before the fix it cannot be asked"),
        (Aim(at="latest"), FIX, True, "the newest run;"),
        (Aim(at="v1.2"), FIX, True, "`v1.2`;"),
    ],
)
def test_about_which_commit(aim: Aim, fix: Fix, before: bool, words: str) -> None:
    """Now, at a revision, and before the fix where that can be asked."""
    assert words in where(aim, SNAPSHOT, fix, ask_before=before)


RULES = "version: 1\ncriteria:\n  - {id: ours, tasks: }\nprofiles:\n  p:\n    criteria:\n      - {id: ours, tasks: }\n"


@pytest.mark.parametrize(
    ("identity", "origin", "profile", "spot"),
    [
        ("ours", Origin.POLICY, None, ".github/resolution.yml:3"),
        ("ours", Origin.POLICY, "p", ".github/resolution.yml:7"),
        ("tasks", Origin.POLICY, None, "the built-in policy"),
        ("ours", Origin.COMMENT, None, None),
    ],
)
def test_where_it_is_asked(identity: str, origin: Origin, profile: str | None, spot: str | None) -> None:
    """Its own line in the policy or in a profile; somebody else's criterion is none of the policy's."""
    rules = load(RULES, path=".github/resolution.yml", source="s")
    assert isinstance(rules, Loaded)
    one = replace(question(by_kind()["tasks"]).criterion, id=CriterionId(identity), origin=origin)
    found = given(one, rules, profile, SNAPSHOT)
    assert spot == (None if found is None else found.text)
    assert found is None or (found.url is None) == (spot == "the built-in policy")


def test_the_head() -> None:
    """The branch with its commit; a repository without any says so."""
    assert head_of(SNAPSHOT) == f"`main` @ `{(SNAPSHOT.head or '')[:7]}`"
    assert head_of(replace(SNAPSHOT, head=None)) == "the default branch, which has no commit yet"
