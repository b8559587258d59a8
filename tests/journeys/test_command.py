"""A command comes in: what stands in the simulated repository afterwards."""

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import answers, reactions, world

DONE = "Fixed in `{fix}`: created `service/monitoring.py`. CI is green.\n\n/assess-resolution"


async def test_close(on_stage: Staging, shas: Shas) -> None:
    """What holds is closed as completed, with one comment and 👀 then 🚀."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command(DONE.format(fix=shas.fix[:9]))
    (answer,) = answers(issue)
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert answer.startswith("### ✅ Resolved: closed as completed")
    assert {"eyes", "rocket"} == reactions(issue, issue["comments"][0]["id"])


async def test_close_costs_seven_requests(on_stage: Staging, shas: Shas) -> None:
    """An assessment that closes costs at most seven requests and a cached token."""
    async with on_stage(world(shas)) as stage:
        await stage.command("/assess-resolution --dry-run")
        before = len(await stage.github.exchanges())
        issue = await stage.command(DONE.format(fix=shas.fix[:9]))
        made = [f"{one['method']} {one['url']}" for one in (await stage.github.exchanges())[before:]]
    assert issue["state"] == "closed"
    assert len(made) <= 7, made


async def test_refuse(on_stage: Staging, shas: Shas) -> None:
    """What does not hold stays open, and every missing thing is named."""
    body = "Commit `85375b936` fixed it; created `/shared/domain_config.py`.\n\n/assess-resolution"
    async with on_stage(world(shas, pulls=[])) as stage:
        issue = await stage.command(body)
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert answer.startswith("### ❌ Not resolved: left open")
    assert "85375b936" in answer
    assert "shared/domain_config.py" in answer
    assert "-1" in reactions(issue, issue["comments"][0]["id"])


async def test_inconclusive(on_stage: Staging, shas: Shas) -> None:
    """Without decisive evidence nothing is closed, green as everything may be."""
    async with on_stage(world(shas, pulls=[])) as stage:
        issue = await stage.command("/assess-resolution")
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert answer.startswith("### ❔ Inconclusive: not closing")


async def test_dry_run(on_stage: Staging, shas: Shas) -> None:
    """A dry run answers as the real one would, and changes nothing else."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution --dry-run", login="carol")
    (answer,) = answers(issue)
    assert (issue["state"], issue["labels"]) == ("open", ["bug"])
    assert "would be closed (dry run)" in answer.splitlines()[0]


async def test_no_rights(on_stage: Staging, shas: Shas) -> None:
    """Without the role nothing is measured: the role needed, the role held, and what one can do instead."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution", login="dora")
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert "**triage**" in answer
    assert "**read**" in answer
    assert {"confused"} == reactions(issue, issue["comments"][0]["id"])


async def test_no_close(on_stage: Staging, shas: Shas) -> None:
    """`--no-close` answers and leaves the issue open."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution --no-close")
    assert issue["state"] == "open"
    assert "left open, as asked" in answers(issue)[0].splitlines()[0]


async def test_only(on_stage: Staging, shas: Shas) -> None:
    """`--only` asks a part and never closes."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution --only=pulls")
    assert issue["state"] == "open"
    assert "only a part was asked" in answers(issue)[0].splitlines()[0]


async def test_bad_syntax(on_stage: Staging, shas: Shas) -> None:
    """A fault is answered with a caret and a line to copy; nothing runs."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution --dryrun")
    (answer,) = answers(issue)
    assert "^^^^^^^^ did you mean --dry-run?" in answer
    assert {"confused"} == reactions(issue, issue["comments"][0]["id"])


async def test_help(on_stage: Staging, shas: Shas) -> None:
    """Help is for everybody."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution help", login="stranger")
    assert "### Commands" in answers(issue)[0]
    assert {"+1"} == reactions(issue, issue["comments"][0]["id"])


async def test_already_closed(on_stage: Staging, shas: Shas) -> None:
    """A closed issue is verified, not closed again."""
    async with on_stage(world(shas)) as stage:
        await stage.github.control("close", repo="acme/service", issue=1, login="bob", reason="completed")
        issue = await stage.command("/assess-resolution")
    assert "already closed, verified" in answers(issue)[0].splitlines()[0]


async def test_two_commands_at_once(on_stage: Staging, shas: Shas) -> None:
    """Both get their final reaction; the issue is closed once and has one comment."""
    async with on_stage(world(shas)) as stage:
        first = await stage.github.comment("acme/service", 1, "ann", "/assess-resolution")
        second = await stage.github.comment("acme/service", 1, "bob", "/assess-resolution")
        await stage.answered(first)
        issue = await stage.answered(second)
    assert issue["state"] == "closed"
    assert "rocket" in reactions(issue, first)
    assert reactions(issue, second) & {"rocket", "+1"}
    assert len(answers(issue)) == 1


async def test_duplicate_delivery(on_stage: Staging, shas: Shas) -> None:
    """A delivery that comes twice is answered 202 and does nothing again."""
    async with on_stage(world(shas)) as stage:
        await stage.command("/assess-resolution --dry-run")
        (delivery,) = [one for one in stage.github.deliveries("issue_comment") if one.emission.action == "created"][:1]
        before = len(await stage.github.exchanges())
        await stage.github.control(
            "deliver", event="issue_comment", payload=delivery.emission.payload, guid=delivery.guid
        )
        await stage.github.control("deliver", event="issue_comment", payload=delivery.emission.payload)
        await stage.quiet()
        assert before == len(await stage.github.exchanges())


async def test_claims_beyond_the_limit_are_not_believed(on_stage: Staging, shas: Shas) -> None:
    """A statement with more claims than are looked into never closes: what nobody checked is said."""
    true = "\n".join(f"- Created `service/monitoring.py:{line}`." for line in range(1, 60))
    body = f"Fixed in `{shas.fix[:9]}`.\n\n{true}\n\n" + "\n".join(
        f"- Created `service/file{number}.py`." for number in range(40)
    )
    async with on_stage(world(shas)) as stage:
        issue = await stage.command(f"{body}\n\n/assess-resolution")
    assert issue["state"] == "open"


async def test_a_posted_report_is_no_statement(on_stage: Staging, shas: Shas) -> None:
    """A report that a person posted from the command line makes no claims of its own."""
    report = f"| ✅ | CI is green |\n\nFixed in `{shas.fix[:9]}`.\n\n<!-- resolution-bot: v1 kind=assessment -->"
    async with on_stage(world(shas, pulls=[])) as stage:
        await stage.github.comment("acme/service", 1, "bob", report)
        issue = await stage.command("/assess-resolution")
    assert answers(issue)[-1].startswith("### ❔ Inconclusive")
