"""A pull request changes the policy: a check run says what is wrong with that, and nothing is obeyed."""

import json
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.test_organisation import below

PATH = ".github/resolution.yml"
BROKEN = "version: 1\nmoed: act\ncriteria:\n  - chek: unit\n  - file: [docs]\n"
SOUND = "version: 1\ncriteria:\n  - check: unit\n"
READS = ("/graphql", "/access_tokens")
DANGEROUS = "version: 1\nmode: act\nclose:\n  minimum_confidence: LOW\ncriteria: []\n"


async def propose(stage: Stage, policy: str | None, **more: Any) -> dict[str, Any]:
    """A pull request with this policy; the answer has its number and head."""
    files = {PATH: policy}
    return await stage.github.control("pull", repo=REPO, login="bob", title="Policy", files=files, **more)


async def checks(stage: Stage) -> list[dict[str, Any]]:
    """Our check runs, oldest first, when all is quiet."""
    await stage.quiet()
    state: Any = await stage.github.state()
    return [one for one in state["repositories"][0]["check_runs"] if one["app"] == "resolution"]


async def writes(stage: Stage) -> list[str]:
    """What we sent that may change something: all but reads and the minting of tokens."""
    sent = [one for one in await stage.github.exchanges() if one["method"] != "GET"]
    return [str(one) for one in sent if "mutation" in str(one) or not str(one["url"]).endswith(READS)]


async def test_broken_then_put_right(on_stage: Staging, shas: Shas) -> None:
    """Every fault at once on its line; the push that puts it right has a check run of its own, which holds."""
    async with on_stage(world(shas)) as stage:
        made = await propose(stage, BROKEN)
        (first,) = await checks(stage)
        pushed = await stage.github.control("commit", repo=REPO, pull=made["number"], files={PATH: SOUND})
        _, second = await checks(stage)
    places = [(one["path"], one["start_line"], one["annotation_level"]) for one in first["annotations"]]
    assert places == [(PATH, line, "failure") for line in (2, 4, 5)]
    assert "Did you mean check?" in first["annotations"][1]["message"]
    assert (first["name"], first["sha"]) == ("resolution policy", made["head_sha"])
    assert (first["conclusion"], first["title"]) == ("failure", "3 faults")
    assert (second["sha"], second["conclusion"], second["annotations"]) == (pushed["sha"], "success", [])
    assert "| `check-unit` Check unit | `check` | development | required |" in second["summary"]


async def test_dangerous(on_stage: Staging, shas: Shas) -> None:
    """What is valid and dangerous is told on its line, and fails nothing."""
    async with on_stage(world(shas)) as stage:
        await propose(stage, DANGEROUS)
        (run,) = await checks(stage)
    assert (run["conclusion"], run["title"]) == ("neutral", "Valid, with 2 warnings")
    notes = [(one["start_line"], one["annotation_level"]) for one in run["annotations"]]
    assert notes == [(2, "warning"), (4, "warning")]


async def test_against_the_policy_of_today(on_stage: Staging, shas: Shas) -> None:
    """What changes is told; the policy of the default branch is the one that is obeyed until it is merged."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, SOUND)
        await propose(stage, SOUND.replace("criteria", "mode: act\ncriteria"))
        (run,) = await checks(stage)
        issue = await stage.command("/assess-resolution --dry-run")
    assert "### What changes against `main`\n\n- `mode`: advise → act" in run["summary"]
    assert len(answers(issue)) == 1
    assert "Check unit" in answers(issue)[0]


async def test_removed(on_stage: Staging, shas: Shas) -> None:
    """Neutral, and it says what applies from then on."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, SOUND)
        await propose(stage, None)
        (run,) = await checks(stage)
    assert (run["conclusion"], run["title"], run["annotations"]) == ("neutral", "The policy is removed", [])


OVER = "version: 1\nlabels: {resolved: a}\n"
ABOVE = "version: 1\nmode: act\nclaims: off\nlabels: {hold: [a]}\ncriteria: [{id: theirs, file: README.md}]\n"


async def linted(on_stage: Staging, shas: Shas, policy: str | None, above: str, fault: str | None = None) -> Any:
    """The one check run of a pull request below an organisation's private policy; None: it removes a file."""
    async with below(on_stage, shas, above, private=True) as stage:
        if policy is None:
            await write_policy(stage, SOUND)
        if fault is not None:
            await stage.github.fault(fault, operation="OrganisationPolicy", times=1)
        await propose(stage, policy)
        (run,) = await checks(stage)
    return run


async def test_over_the_organisations_policy(on_stage: Staging, shas: Shas) -> None:
    """What would hold is both together: what is asked, what changes, and what is dangerous only together."""
    run = await linted(on_stage, shas, OVER, ABOVE)
    assert (run["conclusion"], run["title"]) == ("neutral", "Valid, with 1 warning")
    (note,) = run["annotations"]
    assert (note["path"], note["start_line"]) == (PATH, 2)
    assert "the label a, which holds the issue open" in note["message"]
    assert "| `theirs` File README.md | `file` |" in run["summary"]
    changes = "### What changes against the organisation's policy (`main` has none)\n\n- `labels.resolved`: none → `a`"
    assert changes in run["summary"]
    assert "It also gives `mode`, and does not hand that on" in run["summary"]


async def test_over_a_broken_policy(on_stage: Staging, shas: Shas) -> None:
    """That is no failure of this pull request, but nobody is told that all is well."""
    run = await linted(on_stage, shas, OVER, "version: 1\nmoed: act\n")
    title = "The organisation's policy has 1 fault"
    assert (run["conclusion"], run["title"], run["annotations"]) == ("neutral", title, [])
    assert "In `acme/.github: .github/resolution.yml`:" in run["summary"]
    assert "- line 2: unknown key 'moed'. Did you mean `mode`?" in run["summary"]


async def test_over_a_policy_that_is_withheld(on_stage: Staging, shas: Shas) -> None:
    """Nobody knows what would hold, and that is said."""
    run = await linted(on_stage, shas, OVER, ABOVE, fault="forbidden:repository")
    assert (run["conclusion"], run["title"]) == ("neutral", "The organisation's policy could not be read")


async def test_removed_from_above_the_organisations(on_stage: Staging, shas: Shas) -> None:
    """What applies then is told in words."""
    run = await linted(on_stage, shas, None, ABOVE)
    assert (run["conclusion"], run["title"]) == ("neutral", "The policy is removed")
    assert "the organisation's policy `acme/.github: .github/resolution.yml` applies" in run["summary"]
    assert "- criterion added: `theirs` File README.md" in run["summary"]


async def test_moved_away(on_stage: Staging, shas: Shas) -> None:
    """A renamed policy is a removed one."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, SOUND)
        await stage.github.control("pull", repo=REPO, head="topic", files={PATH: None, "policy.yml": SOUND})
        (run,) = await checks(stage)
    assert run["title"] == "The policy is removed"


async def test_another_pull_request(on_stage: Staging, shas: Shas) -> None:
    """One that leaves the policy alone is left alone, however often it is pushed to."""
    async with on_stage(world(shas)) as stage:
        made = await stage.github.control("pull", repo=REPO, head="topic", files={"docs/x.md": "x\n"})
        await stage.github.control("commit", repo=REPO, pull=made["number"], files={"docs/x.md": "y\n"})
        assert await checks(stage) == []
        assert await writes(stage) == []


async def test_a_fork(on_stage: Staging, shas: Shas) -> None:
    """A stranger's policy is read at his commit."""
    async with on_stage(world(shas)) as stage:
        made = await propose(stage, BROKEN, head_repository="mallory/service")
        (run,) = await checks(stage)
    assert (run["sha"], run["conclusion"], len(run["annotations"])) == (made["head_sha"], "failure", 3)


async def test_more_than_one_request(on_stage: Staging, shas: Shas) -> None:
    """More annotations than a request takes: all arrive in one check run, though a request is lost on the way."""
    many = "version: 1\n" + "".join(f"key{number}: 1\n" for number in range(120))
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("apply-then-500", method="PATCH", path="/check-runs/")
        await propose(stage, many)
        (run,) = await checks(stage)
    lines = [one["start_line"] for one in run["annotations"]]
    assert (run["conclusion"], lines) == ("failure", list(range(2, 122)))


@pytest.mark.parametrize("granted", ["read", None], ids=["read", "none"])
async def test_not_granted(on_stage: Staging, shas: Shas, granted: str | None) -> None:
    """Without `checks: write` there is no lint; the operator has one line, and commands are answered as ever."""
    async with on_stage(world(shas)) as stage:
        levels = {name: level for name, level in stage.github.world.app.permissions.items() if name != "checks"}
        stage.github.world.app.permissions = levels | ({"checks": granted} if granted else {})
        await propose(stage, BROKEN)
        assert await checks(stage) == []
        issue = await stage.command("/assess-resolution --dry-run")
    told = [fields for event, fields in stage.events if event == "no-report"]
    assert len(told) == 1
    assert "checks: write" in str(told[0]["why"])
    assert len(answers(issue)) == 1


async def test_only_the_newest_push(on_stage: Staging, shas: Shas) -> None:
    """What was pushed over while we were reading is passed over."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("delay:2", operation="PullView")
        made = await propose(stage, BROKEN)
        await stage.applied()
        await stage.github.control("commit", repo=REPO, pull=made["number"], files={PATH: DANGEROUS})
        last = await stage.github.control("commit", repo=REPO, pull=made["number"], files={PATH: SOUND})
        runs = await checks(stage)
    assert [(one["sha"], one["conclusion"]) for one in runs] == [(last["sha"], "success")]


async def test_github_lists_the_push_before(on_stage: Staging, shas: Shas) -> None:
    """A pull request that is read as it was before the push: its content tells that the policy is touched by now."""
    async with on_stage(world(shas)) as stage:
        made = await stage.github.control("pull", repo=REPO, head="topic", files={"docs/x.md": "x\n"})
        await stage.quiet()
        pull = stage.github.world.repositories[REPO].issues[made["number"]].pull
        assert pull is not None
        pull.fork = "mallory/service"  # so that its branch can move without it
        pushed = await stage.github.control("commit", repo=REPO, branch="topic", files={PATH: BROKEN})
        (opened,) = [one.emission.payload for one in stage.github.deliveries("pull_request")]
        payload: Any = json.loads(json.dumps(opened))
        payload["pull_request"]["head"]["sha"] = pushed["sha"]
        moved = {"action": "synchronize", "before": made["head_sha"], "after": pushed["sha"]}
        await stage.github.control("deliver", event="pull_request", payload=payload | moved)
        (run,) = await checks(stage)
    assert (run["sha"], run["conclusion"]) == (pushed["sha"], "failure")
