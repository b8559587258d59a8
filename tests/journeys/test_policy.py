"""The repository's own policy, sound and broken."""

from pathlib import Path

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas, git
from tests.journeys.stage import REPO, answers, reactions, world, write_policy

SOUND = """\
version: 1
claims: off
labels: {resolved: [development-complete], remove: [bug], hold: [do-not-close]}
criteria:
  - id: packaged
    title: The module is packaged
    file: service/monitoring.py
  - id: migrated
    title: The staging host is gone
    code: {absent: "api.staging.example.com", include: ["service/**"]}
"""


async def test_policy_decides(on_stage: Staging, shas: Shas) -> None:
    """Criteria of the file are asked, labels are changed as it says, and the tree is searched."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, SOUND)
        issue = await stage.command("/assess-resolution")
    (answer,) = answers(issue)
    assert (issue["state"], issue["labels"]) == ("closed", ["development-complete"])
    assert "The staging host is gone" in answer
    assert "label development-complete added" in answer


async def test_broken_policy(on_stage: Staging, shas: Shas) -> None:
    """A broken policy is answered with path, line, column and what was meant; nothing is closed."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, "version: 1\ncriterias:\n  - file: README.md\n")
        issue = await stage.command("/assess-resolution")
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert ".github/resolution.yml:2:1" in answer
    assert "criteria" in answer
    assert "confused" in reactions(issue, issue["comments"][0]["id"])


async def test_hold_label(on_stage: Staging, shas: Shas) -> None:
    """A hold label keeps an issue open, whatever the evidence."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, SOUND)
        await stage.github.control("label", repo=REPO, issue=1, login="bob", add=["do-not-close"], remove=[])
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "open"
    assert "a label holds it" in answers(issue)[0].splitlines()[0]


@pytest.mark.parametrize("profile", ["nightly"])
async def test_unknown_profile(on_stage: Staging, shas: Shas, profile: str) -> None:
    """A profile that the policy does not have is refused by name."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command(f"/assess-resolution {profile}")
    assert issue["state"] == "open"
    assert "nightly" in answers(issue)[0]


async def test_unknown_criterion(on_stage: Staging, shas: Shas) -> None:
    """`--only` with an id that is not asked names those that are."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution --only=cii")
    assert "`ci`" in answers(issue)[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(b"version: 1\r\nclaims: off\r\n", "### ✅", id="crlf"),
        pytest.param(b"\xef\xbb\xbfversion: 1\n", "### ✅", id="byte-order-mark"),
        pytest.param(b"version: 1\n\x00\xff\xfe", "the file is not text, or too large", id="binary"),
        pytest.param(b"version: 1\n" + b"# filler\n" * 60_000, "too large", id="too-large"),
        pytest.param(b"", "the file is empty", id="empty"),
    ],
)
async def test_odd_policy_files(on_stage: Staging, shas: Shas, tmp_path: Path, text: bytes, said: str) -> None:
    """Line ends and marks of other systems are read; what is no text is refused as such, and nothing is closed."""
    odd = tmp_path / "odd"
    git(tmp_path, "clone", "--quiet", str(shas.folder), str(odd))
    (odd / ".github").mkdir()
    (odd / ".github/resolution.yml").write_bytes(text)
    git(odd, "add", ".github")
    git(odd, "-c", "user.name=ann", "-c", "user.email=ann@example.com", "commit", "--quiet", "-m", "Policy [skip ci]")
    async with on_stage(world(shas, git=str(odd), head="HEAD")) as stage:
        issue = await stage.command("/assess-resolution")
    assert said in answers(issue)[0]
    assert (issue["state"] == "closed") == said.startswith("### ✅")


async def test_a_named_profile(on_stage: Staging, shas: Shas) -> None:
    """A profile of the policy asks its own criteria."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, "version: 1\nclaims: off\nprofiles:\n  docs: {criteria: [{file: docs/absent.md}]}\n")
        issue = await stage.command("/assess-resolution docs")
    assert issue["state"] == "open"
    assert "docs/absent.md" in answers(issue)[0]


async def test_labels_of_a_closed_issue(on_stage: Staging, shas: Shas) -> None:
    """An issue that is closed already is verified and gets its labels."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, SOUND)
        await stage.github.control("close", repo=REPO, issue=1, login="bob", reason="completed")
        issue = await stage.command("/assess-resolution")
    assert issue["labels"] == ["development-complete"]
    assert "label development-complete added" in answers(issue)[0]


async def test_labels_that_github_refuses(on_stage: Staging, shas: Shas) -> None:
    """A label that could not be set is said to be missing, never to be there."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, SOUND)
        await stage.github.control("close", repo=REPO, issue=1, login="bob", reason="completed")
        await stage.github.fault("status:422", path="/labels$", times=None)
        issue = await stage.command("/assess-resolution")
    assert issue["labels"] == ["bug"]
    assert "**Not done** · the labels could not be set" in answers(issue)[0]


async def test_one_faulty_criterion(on_stage: Staging, shas: Shas) -> None:
    """It is named with its line and what was meant, keeps the issue open, and all others are asked and shown."""
    faulty = "  - {id: migrated, title: The host is gone, code: {absnt: x}}\n"
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, SOUND.partition("  - id: migrated")[0] + faulty)
        issue = await stage.command("/assess-resolution")
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert answer.startswith("### 🔧 Misconfigured: not closing")
    for said in ("The host is gone", "did you mean absent?", "/.github/resolution.yml#L8", "The module is packaged"):
        assert said in answer, said


async def test_faults_link_to_their_lines(on_stage: Staging, shas: Shas) -> None:
    """A broken file is answered with links to the lines, at the commit that was read."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, "version: 1\nmod: act\n")
        issue = await stage.command("/assess-resolution")
    assert "/.github/resolution.yml#L2)" in answers(issue)[0]


PROFILES = """\
version: 1
claims: off
profiles:
  cosmetic: {when: {title: "typo*"}, criteria: [{tasks: }]}
  packaging: {when: {labels: [bug]}, criteria: [{id: packaged, file: service/monitoring.py}]}
criteria: [{file: docs/absent.md}]
"""


async def test_a_profile_chosen_by_label(on_stage: Staging, shas: Shas) -> None:
    """The first profile that fits the issue is asked, and the answer names it with the reason."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, PROFILES)
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "closed"
    assert "profile `packaging` (label bug)" in answers(issue)[0]


async def test_a_profile_chosen_by_issue_type(on_stage: Staging, shas: Shas) -> None:
    """GitHub's issue type is what the profile says; a word in the command still wins over it."""
    typed = PROFILES.replace("labels: [bug]", "type: Bug")
    issues = [{"number": 1, "title": "It is missing", "body": "", "type": "Bug", "author": "carol"}]
    async with on_stage(world(shas, issues=issues)) as stage:
        await write_policy(stage, typed)
        await stage.command("/assess-resolution cosmetic --dry-run")
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "closed"
    assert "profile `packaging` (type Bug)" in answers(issue)[-1]


async def test_looking_takes_what_the_policy_says(on_stage: Staging, shas: Shas) -> None:
    """`permissions.look` counts for runs that cannot close; whoever may close, or has a tie, may look."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, "version: 1\npermissions: {look: maintain}\n")
        denied = answers(await stage.command("/assess-resolution --dry-run"))[-1]
        author = answers(await stage.command("/assess-resolution --dry-run", login="carol"))[-1]
        issue = await stage.command("/assess-resolution")
    assert "`/assess-resolution --dry-run` needs **maintain** here; you hold **triage**" in denied
    assert "would be closed (dry run)" in author
    assert issue["state"] == "closed"
