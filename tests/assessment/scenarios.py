"""Whole assessments as they happen, one a golden file."""

from dataclasses import replace
from datetime import timedelta

from bot.assessment.document import (
    ActionKind,
    Assessment,
    Done,
    Ending,
    IssueState,
    Metrics,
    Similar,
    Ticket,
    TicketState,
)
from bot.assessment.evidence import Finding, Origin, Outcome, Reason, Scope, Source
from bot.assessment.facts import Deployed
from bot.assessment.policy import ImpactPolicy, Mode
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.waiver import Terms, Waiver, excuse
from bot.assessment.withholding import Standing
from tests.assessment.samples import (
    BUILT_IN_POLICY,
    BY_ANN,
    HEAD,
    NOW,
    OPEN,
    POLICY,
    REPOSITORY,
    Setting,
    assess,
    criterion,
    evidence,
    facts,
    flags,
    places,
    seen,
)

LABELLED = Done(
    action=ActionKind.LABEL,
    ending=Ending.DONE,
    text="label `development-complete` added, `actively-being-worked-on` removed",
)
CLOSED = Done(action=ActionKind.CLOSE, ending=Ending.DONE, text="closed as completed, verified")
DEPLOYED = Setting(facts=facts(deployed=Deployed.SEEN))
METRICS = Metrics(
    pull_requests=(1279, 1280, 1284),
    commits=7,
    files=816,
    additions=2104,
    deletions=1987,
    first_commit_at=NOW - timedelta(hours=20),
    merged_at=NOW - timedelta(hours=3),
    deployed_at=NOW - timedelta(minutes=58),
    environment="production",
    opened_at=NOW - timedelta(days=5),
    first_deployed_at=NOW - timedelta(minutes=58),
)
IMPACT = ImpactPolicy(segment="Platform", goal="operational stability", revenue="$500K+ ARR")
MERGE = Trigger(kind=TriggerKind.MERGE, by="bob", pull=1284)


def _asked(name: str, title: str, category: str, **changes: object) -> Finding:
    return Finding(criterion=criterion(name, title=title, category=category), evidence=evidence(**changes))


MIGRATION = _asked(
    "domains",
    "`.staging.example.com` gone from code and configuration",
    "Domain migration",
    before="816 files",
    observed="0",
    source=seen("`main` @ `d4e5f6a`, 12,412 files read", f"{REPOSITORY}/tree/{HEAD}"),
)
PACKAGING = _asked(
    "packaging",
    "the merge of `85375b9` is on the default branch",
    "Packaging",
    before="not there",
    observed="reachable, not reverted",
    source=seen("`main`", f"{REPOSITORY}/compare/85375b936...{HEAD}"),
)
SUITE = _asked("suite", "check `websocket-events`", "Mission-critical suite", before="failure", observed="success")
HEALTH = _asked(
    "health",
    "`https://api.example.com/health`",
    "Health",
    before="503",
    observed="200, 40 of 40 (95 % sure: ≥ 91 %)",
    credit=0.91,
    source=Source(url="https://api.example.com/health", place="production", sha=None, fetched_at=NOW),
)
BLOCKERS = _asked(
    "blockers", "blockers are closed", "Issues", outcome=Outcome.SKIPPED, observed="there are none", seen_failing=False
)
HOLDING = (MIGRATION, PACKAGING, SUITE, HEALTH, BLOCKERS)
CERTIFICATE = Finding(
    criterion=criterion("tls", title="certificate of `*.example.com`", category="Operations", scope=Scope.OPERATIONAL),
    evidence=evidence(Outcome.FAIL, observed="ends in 9 days", expected="at least 30 days"),
)
BALANCER = Finding(
    criterion=criterion("lb", title="load-balancer check", category="Operations", scope=Scope.OPERATIONAL),
    evidence=evidence(Outcome.FAIL, observed="still 60 s, the policy says 600 s", expected="600 s"),
)


TICKETS = (
    Done(action=ActionKind.TICKET, ending=Ending.DONE, text="1 ticket filed: #1301"),
    Done(
        action=ActionKind.TICKET,
        ending=Ending.REFUSED,
        text="#1302 is not reopened though it does not hold: mia closed it",
    ),
)


def _claim(words: str, outcome: Outcome, observed: str, place: str, **changes: object) -> Finding:
    source = Source(url=f"{REPOSITORY}/tree/{HEAD}", place=place, sha=HEAD, fetched_at=NOW)
    said = criterion(f"claim-{abs(len(words))}", title=words, category="Claims", origin=Origin.CLAIM, quote=words)
    return Finding(criterion=said, evidence=evidence(outcome, observed=observed, source=source, **changes))


CLAIMS = (
    _claim(
        "**SSOT Module**: Created `/shared/domain_config.py` for canonical domain management",
        Outcome.FAIL,
        "no such file, now or ever; no renamed twin",
        "`main` @ `d4e5f6a`, whole history",
        expected="",
        remedy="name the file that was created, if it is called otherwise",
    ),
    _claim(
        "All services now use `*.netrasystems.ai` domains",
        Outcome.FAIL,
        "`.staging.netrasystems.ai` still stands in 2,309 files, 913 of them Python",
        "55,661 files read",
        expected="",
        details=places("netra_backend/app/config.py:14", "scripts/deploy.py:9", "auth_service/main.py:77"),
        remedy="migrate or exempt the files listed (an exemption is a line in `.github/resolution.yml`)",
    ),
    _claim(
        "commit `85375b936` fixed monitoring module packaging",
        Outcome.FAIL,
        "no such commit in this repository",
        "all branches and tags",
        expected="",
        remedy="name the commit that carries the packaging fix",
    ),
    _claim(
        "Enhanced `tests/mission_critical/test_websocket_agent_events_suite.py`",
        Outcome.PASS,
        "there",
        "`main`",
        decisive=False,
        seen_failing=False,
    ),
    _claim(
        "All mission-critical tests passing",
        Outcome.MISSING,
        "no check of that name ran on `main`",
        "checks of `d4e5f6a`",
        remedy="let the suite run on `main`",
    ),
)
UNTICKED = Finding(
    criterion=criterion("tasks", title="the task list is complete", category="Issue", kind="tasks"),
    evidence=evidence(
        Outcome.FAIL,
        reason=Reason.STILL_OPEN,
        observed="2 of 7 items are open: `migrate the docs`, `tell support`",
        expected="",
        source=seen("the issue's body", f"{REPOSITORY}/issues/12"),
        remedy="tick or remove the open items, if they are done or not needed",
    ),
)
UNREACHED = _asked(
    "error_rate",
    "error rate below 1 %",
    "Metrics",
    outcome=Outcome.ERROR,
    observed="the metrics server did not answer, 3 tries in 15 s",
    seen_failing=False,
    source=Source(url="https://metrics.example.com/", place="metrics server", sha=None, fetched_at=NOW),
)
RUNNING = _asked(
    "suite",
    "check `websocket-events`",
    "Mission-critical suite",
    outcome=Outcome.PENDING,
    observed="runs since 14:58 UTC",
)
FAULTY = _asked(
    "config",
    "`app.yml` says `tls: true`",
    "Configuration",
    outcome=Outcome.MISCONFIGURED,
    observed="`$..tls` is no path that I know",
    remedy="write the path as `tls` or `server.tls` in `.github/resolution.yml`",
)


def _sixty() -> tuple[Finding, ...]:
    outcomes = {7: Outcome.FAIL, 31: Outcome.ERROR}
    return tuple(
        _asked(
            f"c{n:02}", f"service {n} answers", f"Group {n % 6}", outcome=outcomes.get(n, Outcome.PASS), observed="200"
        )
        for n in range(60)
    )


def _overlong() -> tuple[Finding, ...]:
    text = "one of the many services of the platform, with a long description of what is expected of it " * 3
    return tuple(
        _asked(
            f"c{n}", f"{n}: {text}", "Services", outcome=Outcome.FAIL, observed=text, before=text, remedy=f"mend {n}"
        )
        for n in range(250)
    )


def _closing(findings: tuple[Finding, ...], setting: Setting = DEPLOYED, **changes: object) -> Assessment:
    return assess(findings, setting, actions=(LABELLED, CLOSED), metrics=METRICS, impact=IMPACT, **changes)


def _ticket(finding: Finding, number: int, state: TicketState) -> Ticket:
    return Ticket(criterion=finding.criterion.id, number=number, url=f"{REPOSITORY}/issues/{number}", state=state)


def _waived(holding: tuple[Finding, ...], **changes: object) -> Assessment:
    failing = replace(SUITE, evidence=evidence(Outcome.FAIL, before="failure", observed="97 of 120 pass"))
    given = Waiver(
        criterion=SUITE.criterion.id,
        reason="the suite moves to another runner, see #1290",
        by="mia",
        at=NOW - timedelta(hours=1),
        until=NOW + timedelta(days=14),
        policy=POLICY.digest,
        asks="5c1e",
        url=f"{REPOSITORY}/issues/12#issuecomment-9",
    )
    terms = Terms(
        now=NOW,
        policy=POLICY.digest,
        asked={SUITE.criterion.id: "5c1e"},
        entitled={"mia": True},
        authors=frozenset(),
    )
    done = excuse((*holding, failing), (replace(given, **changes),), terms=terms)
    return assess(done.findings, DEPLOYED, waivers=done.waivers, actions=(LABELLED, CLOSED) if holding else ())


LEFT_OUT = 'the statement itself says that work remains: "except"'
BUILT_IN_RUN = Setting(policy=BUILT_IN_POLICY)
SIMILAR = (
    Similar(
        issue=9,
        title="`.prod.example.com` is left in the code, fixes #3",
        url=f"{REPOSITORY}/issues/9",
        closed_at=NOW - timedelta(days=30),
        shared=("the criterion `domains`", "the words migration and domain"),
        closed_by=("pull request #10", "with `domains` and `suite` seen to hold", "deployed to production"),
    ),
    Similar(
        issue=4,
        title="@bob <b>",
        url=f"{REPOSITORY}/issues/4",
        closed_at=NOW - timedelta(days=90),
        shared=("the label `ops | #7`",),
        closed_by=(),
    ),
)
SHUT = IssueState(open=False, closed_as="completed", closed_by="bob")
SHUT_STANDING = Standing(open=False, closed_as="completed", labels=())

SCENARIOS: dict[str, Assessment] = {
    "resolved": _closing(HOLDING),
    "resolved-with-follow-ups": _closing((*HOLDING, CERTIFICATE, BALANCER)),
    "resolved-with-tickets": replace(
        _closing(
            (*HOLDING, CERTIFICATE, BALANCER),
            tickets=(_ticket(CERTIFICATE, 1301, TicketState.OPEN), _ticket(BALANCER, 1302, TicketState.CLOSED)),
        ),
        actions=(LABELLED, CLOSED, *TICKETS),
    ),
    "resolved-waived": _waived(HOLDING[:2]),
    "not-resolved-other-policy": _waived((), policy="77be01"),
    "resolved-dry-run": assess(HOLDING, replace(DEPLOYED, trigger=flags(dry_run=True)), metrics=METRICS, impact=IMPACT),
    "resolved-already-closed": assess(
        HOLDING,
        replace(DEPLOYED, trigger=MERGE, standing=SHUT_STANDING),
        state=SHUT,
        metrics=replace(METRICS, closed_at=NOW - timedelta(hours=3)),
        actions=(replace(LABELLED, text="label `development-complete` added"),),
    ),
    "resolved-advise": assess(HOLDING[:3], replace(DEPLOYED, trigger=MERGE), metrics=METRICS),
    "resolved-held": assess(HOLDING[:3], Setting(standing=replace(OPEN, labels=("on-hold",)))),
    "resolved-close-refused": assess(
        HOLDING[:3],
        actions=(
            replace(CLOSED, ending=Ending.REFUSED, text="`@carol` has spoken meanwhile: read it, then ask again"),
        ),
    ),
    "resolved-low-confidence": assess(
        HOLDING[:2], Setting(facts=facts(commit=None), policy=replace(POLICY, mode=Mode.ACT), trigger=MERGE)
    ),
    "not-resolved-claims": assess(
        CLAIMS,
        replace(BUILT_IN_RUN, trigger=replace(BY_ANN, by="bob")),
        out_of_scope=("VPC Connector", "SSL Certificates", "Load Balancer", "Monitoring"),
    ),
    "not-resolved-mixed": assess((*CLAIMS, MIGRATION, UNTICKED)),
    "not-resolved-though-closed": assess(CLAIMS[2:], BUILT_IN_RUN, state=SHUT),
    "not-resolved-similar": assess((*CLAIMS[:2], MIGRATION), similar=SIMILAR),
    "resolved-similar": replace(_closing(HOLDING[:2]), similar=SIMILAR[:1]),
    "partial": assess(
        (MIGRATION, PACKAGING, UNTICKED),
        Setting(facts=facts(partial=(LEFT_OUT,))),
    ),
    "pending": assess((MIGRATION, RUNNING)),
    "inconclusive": assess((MIGRATION, SUITE, UNREACHED)),
    "inconclusive-nothing-decisive": assess((CLAIMS[3],), BUILT_IN_RUN),
    "inconclusive-nothing-asked": assess((BLOCKERS,), BUILT_IN_RUN),
    "misconfigured": assess((MIGRATION, FAULTY)),
    "sixty-rows": assess(_sixty()),
    "over-long": assess(_overlong()),
}
