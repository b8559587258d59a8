"""Follow-up tickets: filed for what is operational and does not hold, kept current, closed when it holds."""

from pathlib import Path
from typing import Any

import pytest

from bot.assessment.tickets import END
from bot.commands.ticket_notes import KIND
from bot.simulator.changes import NewIssue, add_sub_issue, edit_issue, open_issue
from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, commit_policy, world, write_policy
from tests.journeys.test_kill import asked_and_killed, killed_there, server, until
from tests.journeys.test_merge import open_pull
from tests.journeys.waiting import home
from tests.recording import record

FILING = """\
version: 1
claims: off
follow_ups: {mode: file, labels: [operations], assignees: [bob]}
criteria:
  - {id: packaged, title: The module is packaged, file: service/monitoring.py}
  - {id: alarm, title: Alarms are on, scope: operational, file: ops/alarm.yml}
"""
BALANCER = "  - {id: balancer, title: The balancer is there, scope: operational, file: ops/balancer.yml}\n"
ALARM = {"ops/alarm.yml": "state: 'on'\n"}
US = "resolution[bot]"


def tickets(github: SimulatorHandle) -> list[Any]:
    """The issues that we wrote, oldest first."""
    return [one for _, one in sorted(home(github).issues.items()) if one.author.login == US]


async def change(stage: Stage, files: dict[str, str | None]) -> None:
    """Somebody does the operational work, or undoes it."""
    await stage.github.control("commit", repo=REPO, branch="main", files=files, message="Operate", author="bob")


async def assessed(stage: Stage, policy: str | None = None) -> str:
    """The answer to an assessment by command, with what it owed."""
    if policy is not None:
        await write_policy(stage, policy)
    return answers(await stage.command("/assess-resolution"))[-1]


async def sent(github: SimulatorHandle, method: str, path: str) -> int:
    """How many such requests there were."""
    exchanges: Any = await github.exchanges()
    return sum(one["method"] == method and one["url"].partition("?")[0].endswith(path) for one in exchanges)


async def test_filed_and_linked(on_stage: Staging, shas: Shas) -> None:
    """One a criterion, below the issue, with a label of our own look, and linked in the answer."""
    async with on_stage(world(shas)) as stage:
        answer = await assessed(stage, FILING + BALANCER)
        issue = await stage.issue()
        alarm, balancer = tickets(stage.github)
        parent, label = home(stage.github).issues[1], home(stage.github).labels["operations"]
    assert (issue["state"], parent.children) == ("closed", [alarm, balancer])
    assert alarm.title == "Does not hold: Alarms are on"
    assert "Left over from #1: **Alarms are on** does not hold. It is operational" in alarm.body
    assert [who.login for who in alarm.assignees] == ["bob"]
    assert ([one.name for one in alarm.labels], label.color) == (["operations"], "c5def5")
    assert f"Alarms are on: no such file, now or ever; no renamed twin → #{alarm.number}" in answer
    assert f"**Done** · closed as completed · 2 tickets filed: `#{alarm.number}` and `#{balancer.number}`" in answer


@pytest.mark.parametrize("forgotten", [False, True], ids=["noted", "notes-lost"])
async def test_a_later_assessment_keeps_it_current(on_stage: Staging, shas: Shas, forgotten: bool) -> None:
    """Our part is edited, people's words and title stay, and there is no second one: also where notes are lost."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, FILING)
        (ticket,) = tickets(stage.github)
        first, bob = ticket.body, stage.github.world.account("bob")
        edit_issue(
            stage.github.world, ticket, bob, "Switch the alarms on", f"On it.\r\n\r\n{first}\r\n\r\nSee the wiki."
        )
        if forgotten:
            await stage.parts.engine.notes.remove(KIND, f"{home(stage.github).id}/1", "alarm")
        answer = await assessed(stage)
        (again,) = tickets(stage.github)
    assert (again.title, again.body[:10], again.body[-17:]) == (
        "Switch the alarms on",
        "On it.\r\n\r\n",
        "\r\n\r\nSee the wiki.",
    )
    assert first.splitlines()[0] not in again.body
    assert again.body.count("Left over from #1") == 1
    assert f"1 ticket updated: `#{ticket.number}`" in answer
    assert f"→ #{ticket.number}" in answer


async def test_closed_when_it_holds(on_stage: Staging, shas: Shas) -> None:
    """As completed, with one comment that says what was measured; and reopened where it does not hold again."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, FILING)
        (ticket,) = tickets(stage.github)
        await change(stage, ALARM)
        answers_then = [await assessed(stage), await assessed(stage)]
        closed = (ticket.state, ticket.state_reason, [one.body for one in ticket.comments])
        await change(stage, {"ops/alarm.yml": None})
        reopened = await assessed(stage)
    assert closed[:2] == ("closed", "completed")
    (comment,) = closed[2]
    assert comment.startswith("**Holds now** · Alarms are on: there, as expected (`ops/alarm.yml` is there); seen [")
    assert f"1 ticket closed, since it holds now: `#{ticket.number}`" in answers_then[0]
    assert "ticket" not in answers_then[1].split("**How")[0].partition("**Done**")[2]
    assert (ticket.state, f"1 ticket reopened: `#{ticket.number}`" in reopened) == ("open", True)


async def test_asked_on_the_ticket(on_stage: Staging, shas: Shas) -> None:
    """The ticket says where it is measured; asked there, nothing is, and the answer says where to ask."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, FILING)
        (ticket,) = tickets(stage.github)
        await stage.github.comment(REPO, ticket.number, "ann", "/assess-resolution")
        await stage.github.settled()
        await stage.quiet()
        (_, answer) = [one.body for one in ticket.comments]
    assert "to have it measured again, comment `/assess-resolution` on #1." in ticket.body
    assert answer.startswith("📎 This is a follow-up of #1, and it is measured with that issue")
    assert ticket.state == "open"


LISTED = FILING.replace("mode: file", "mode: list")
REMOVED = FILING.rpartition("  - {id: alarm")[0]
REQUIRED = FILING.replace("scope: operational, ", "")
OPTIONAL = FILING.replace("scope: operational, ", "required: false, ")


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (REMOVED, "the criterion alarm is not asked here any more"),
        (LISTED, "the policy files no tickets any more"),
    ],
    ids=["removed", "only-listed"],
)
async def test_what_is_followed_no_longer_is_named(on_stage: Staging, shas: Shas, then: str, why: str) -> None:
    """A ticket that a change of the policy has left behind stays open, and the answer says why; closed, no word."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, FILING)
        (ticket,) = tickets(stage.github)
        answer = await assessed(stage, then)
        assert (tickets(stage.github), ticket.state) == ([ticket], "open")
        await stage.github.control("close", repo=REPO, issue=ticket.number, login="bob", reason="not_planned")
        later = await assessed(stage)
    assert f"**Not done** · `#{ticket.number}` stays open: {why}" in answer
    assert "stays open" not in later


@pytest.mark.parametrize("then", [REQUIRED, OPTIONAL, LISTED], ids=["required", "optional", "only-listed"])
async def test_what_holds_is_closed_whatever_the_policy_says(on_stage: Staging, shas: Shas, then: str) -> None:
    """The ticket promises to be closed when its criterion is measured as holding."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, FILING)
        (ticket,) = tickets(stage.github)
        await change(stage, ALARM)
        answer = await assessed(stage, then)
    assert (ticket.state, ticket.state_reason) == ("closed", "completed")
    assert f"1 ticket closed, since it holds now: `#{ticket.number}`" in answer


async def test_what_a_person_closed_stays_closed(on_stage: Staging, shas: Shas) -> None:
    """Though it still does not hold, which the answer says."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, FILING)
        (ticket,) = tickets(stage.github)
        await stage.github.control("close", repo=REPO, issue=ticket.number, login="bob", reason="not_planned")
        answer = await assessed(stage)
        (same,) = tickets(stage.github)
    assert (same.state, same.state_reason) == ("closed", "not_planned")
    assert f"→ #{ticket.number} (closed)" in answer
    assert f"`#{ticket.number}` is not reopened though it does not hold: bob closed it" in answer


async def test_what_a_person_reopened_stays_open(on_stage: Staging, shas: Shas) -> None:
    """After us, though it holds: no second comment, no second closing."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, FILING)
        (ticket,) = tickets(stage.github)
        await change(stage, ALARM)
        await assessed(stage)
        await stage.github.control("reopen", repo=REPO, issue=ticket.number, login="carol")
        answer = await assessed(stage)
    assert (ticket.state, len(ticket.comments)) == ("open", 1)
    assert f"`#{ticket.number}` is not closed though it holds now: carol reopened it" in answer


@pytest.mark.parametrize("deleted", [True, False], ids=["deleted", "mark-taken-away"])
async def test_what_people_took_away(on_stage: Staging, shas: Shas, deleted: bool) -> None:
    """A ticket that is gone is not filed anew, and one without our mark is left as it is."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, FILING)
        (ticket,) = tickets(stage.github)
        if deleted:
            ticket.deleted = True
        else:
            edit_issue(stage.github.world, ticket, stage.github.world.account("bob"), None, "All mine now.")
        answer = await assessed(stage)
        assert tickets(stage.github) == [ticket]
    words = "cannot be read, and none is filed in its place" if deleted else "does not bear my mark any more"
    assert f"**Not done** · `#{ticket.number}` {words}" in answer
    assert deleted or ticket.body == "All mine now."


async def test_listed_only(on_stage: Staging, shas: Shas) -> None:
    """Without `file` nothing is filed, and the answer lists what is left."""
    async with on_stage(world(shas)) as stage:
        answer = await assessed(stage, FILING.replace("mode: file", "mode: list"))
        assert tickets(stage.github) == []
    assert "**Out of scope, not blocking** · Alarms are on: no such file, now or ever; no renamed twin\n" in answer


@pytest.mark.parametrize(("mode", "filed"), [("advise", 0), ("act", 1)])
async def test_after_a_merge(on_stage: Staging, shas: Shas, mode: str, filed: int) -> None:
    """By itself it files only where it may act; else the answer lists what is left."""
    async with on_stage(world(shas, pulls=open_pull("Adds `service/later.py`.", [1]))) as stage:
        await write_policy(stage, FILING.replace("monitoring.py", "later.py") + f"mode: {mode}\n")
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.until(lambda seen: bool(answers(seen)))
        await stage.quiet()
        (answer,) = answers(await stage.issue())
        assert len(tickets(stage.github)) == filed
    assert ("Alarms are on: no such file" in answer, "→ #" in answer) == (True, bool(filed))


async def test_a_full_parent_is_only_referred_to(on_stage: Staging, shas: Shas) -> None:
    """GitHub takes 100 sub-issues: the next ticket is filed all the same, and the answer says what it is not."""
    async with on_stage(world(shas)) as stage:
        parent, carol = home(stage.github).issues[1], stage.github.world.account("carol")
        for number in range(100):
            child = open_issue(stage.github.world, home(stage.github), carol, NewIssue(title=f"Part {number}"))
            add_sub_issue(stage.github.world, parent, child, carol)
        answer = await assessed(stage, FILING)
        (ticket,) = tickets(stage.github)
    assert (ticket.parent, len(parent.children)) == (None, 100)
    assert f"`#{ticket.number}` is no sub-issue and only refers to this one: GitHub answered 422" in answer


async def test_only_referred_to_by_policy(on_stage: Staging, shas: Shas) -> None:
    """`link: reference` asks for no sub-issue; whoever can be assigned is, and who cannot is named."""
    policy = FILING.replace("[bob]", "[dora, bob], link: reference")
    async with on_stage(world(shas)) as stage:
        answer = await assessed(stage, policy)
        (ticket,) = tickets(stage.github)
        assert await sent(stage.github, "POST", "/sub_issues") == 0
    assert (ticket.parent, [who.login for who in ticket.assignees]) == (None, ["bob"])
    assert f"dora cannot be assigned to issues here, so `#{ticket.number}` is without" in answer
    assert "sub-issue" not in answer


async def test_a_ticket_is_no_work_of_its_issue(on_stage: Staging, shas: Shas) -> None:
    """Where all sub-issues must be closed, what was filed as left over does not open the issue's verdict again."""
    policy = FILING + "  - {id: parts, title: All parts are done, issue: {sub_issues: true}}\n"
    async with on_stage(world(shas)) as stage:
        first, second = await assessed(stage, policy), await assessed(stage)
    assert first.startswith("### ✅ Resolved, with 1 follow-up")
    assert second.startswith("### ✅ Resolved, with 1 follow-up")
    assert "this issue has no sub-issues but 1 follow-up ticket of mine" in second


async def test_ten_at_most(on_stage: Staging, shas: Shas) -> None:
    """The rest is only named."""
    more = "".join(BALANCER.replace("balancer", f"balancer-{number}") for number in range(11))
    async with on_stage(world(shas)) as stage:
        answer = await assessed(stage, FILING + more)
        assert len(tickets(stage.github)) == 10
    assert "2 more follow-ups not filed: 10 tickets at most in one assessment" in answer


HOSTILE = f"@bob Fixes #1 {END} | **x** https://evil.example/ `/assess-resolution`"


async def test_hostile_words_do_nothing(on_stage: Staging, shas: Shas) -> None:
    """Neither a title nor what was measured calls, links, closes, ends our part or hides anything."""
    asked = "file: {path: ops/alarm.yml, at: state, equals: running}"
    policy = FILING.replace("title: Alarms are on", f'title: "{HOSTILE}"').replace("file: ops/alarm.yml", asked)
    async with on_stage(world(shas)) as stage:
        await change(stage, {"ops/alarm.yml": f"state: '{HOSTILE}\u202e'\n"})
        await assessed(stage, policy)
        await assessed(stage)
        (ticket,) = tickets(stage.github)
        crossed = [event.other for event in home(stage.github).issues[1].events if event.other is ticket]
    assert ticket.title.startswith("Does not hold: @bob Fixes #1 <!--")
    assert "\u202e" not in ticket.title + ticket.body
    assert ticket.body.split("\n").count(END) == 1
    assert "`@bob` Fixes `#1` &lt;!-- resolution-bot: end --&gt;" in ticket.body
    assert "`https://evil.example/`" in ticket.body
    assert crossed  # by our own back-link


async def test_where_it_cannot_be_looked_for(on_stage: Staging, shas: Shas) -> None:
    """Nothing is filed that may be there already; the next assessment files it."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("status:404", method="GET", path="/service/issues$", times=None)
        unsure = await assessed(stage, FILING)
        assert tickets(stage.github) == []
        stage.github.simulator.faults.clear()
        answer = await assessed(stage)
        assert len(tickets(stage.github)) == 1
    assert "no ticket filed for alarm, since I cannot tell whether there is one already: GitHub answered 404" in unsure
    assert "1 ticket filed" in answer


async def test_a_refused_ticket_stops_nothing(on_stage: Staging, shas: Shas) -> None:
    """GitHub takes one and refuses the other: the closing stands, and both are said."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("status:403", method="POST", path="/service/issues$", nth=1, times=1)
        answer = await assessed(stage, FILING + BALANCER)
        (ticket,) = tickets(stage.github)
    assert f"1 ticket filed: `#{ticket.number}`" in answer
    assert "**Not done** · no ticket filed for alarm: GitHub answered 403" in answer


@pytest.mark.parametrize(
    ("method", "path", "nth"),
    [
        ("GET", "/service/issues$", 1),
        ("POST", "/labels$", 1),
        ("POST", "/service/issues$", 1),
        ("POST", "/sub_issues$", 1),
        ("POST", "/graphql$", 6),
    ],
    ids=["looking", "making-a-label", "filing", "linking", "amending"],
)
async def test_killed_while_filing(tmp_path: Path, shas: Shas, method: str, path: str, nth: int) -> None:
    """At any request of filing: one ticket, below its issue, and an answer that says so."""
    async with simulator(world(shas)) as github:
        await asked_and_killed(github, tmp_path, FILING, method=method, path=path, nth=nth)
        async with server(github, tmp_path):
            issue = await until(github, lambda issue: any("1 ticket filed" in text for text in answers(issue)))
        await record(github, f"killed-filing-{path.strip('/$').replace('/', '-')}-{method}")
        (ticket,) = tickets(github)
    assert (issue["state"], len(answers(issue)), home(github).issues[1].children) == ("closed", 1, [ticket])


@pytest.mark.parametrize(
    ("method", "path", "nth"),
    [("GET", "/issues/3$", 1), ("POST", "/graphql$", 7), ("PATCH", "/issues/3$", 1)],
    ids=["looking", "saying", "closing"],
)
async def test_killed_while_closing(tmp_path: Path, shas: Shas, method: str, path: str, nth: int) -> None:
    """At the requests that close a ticket: one comment, one closing."""
    async with simulator(world(shas)) as github:
        async with server(github, tmp_path) as process:
            await commit_policy(github, FILING)
            await github.comment(REPO, 1, "ann", "/assess-resolution")
            await until(github, lambda issue: any("1 ticket filed" in text for text in answers(issue)))
            await github.control("commit", repo=REPO, files=ALARM, message="Operate", author="bob")
            await github.fault("delay:0.4", method=method, path=path, nth=nth, times=1)
            await github.comment(REPO, 1, "ann", "/assess-resolution")
            await killed_there(github, process)
        async with server(github, tmp_path):
            await until(github, lambda issue: any("1 ticket closed" in text for text in answers(issue)))
        await record(github, f"killed-closing-{method}-{nth}")
        (ticket,) = tickets(github)
    assert (ticket.state, ticket.state_reason, len(ticket.comments)) == ("closed", "completed", 1)


async def test_a_dry_run_tells_what_would_follow(on_stage: Staging, shas: Shas) -> None:
    """Tickets, the learning document and the looks are named beside the closing, and nothing of it is done."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, f"{FILING}record: pull-request\nwatch: [1h, 7d]\n")
        answer = answers(await stage.command("/assess-resolution --dry-run"))[-1]
        filed = tickets(stage.github)
    assert "closed as completed · 1 follow-up ticket filed or kept current (`alarm`)" in answer
    assert "a learning document proposed in a pull request · looked at again in 1 h and 7 days. Nothing" in answer
    assert filed == []
