"""Whose role is asked again because of a waiver."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.evidence import CriterionId, Sha
from bot.assessment.policy import Role
from bot.assessment.waiver import Waiver
from bot.commands.entitled import givers, with_authors, with_roles
from bot.commands.measure import Prepared, terms_of
from bot.github.errors import Forbidden
from bot.github.models import Authors, CommitInfo
from tests.commands.test_waive import decided, prepared
from tests.probes.world import NOW

ROLES = {"mia": Role.MAINTAIN, "ann": Role.TRIAGE}


def waiver(of: str = "there", **changes: object) -> Waiver:
    """mia's, of what would be asked here."""
    given = decided(of).waiver
    assert given is not None
    return replace(given, **changes)  # type: ignore[arg-type]


async def asked_for(*waivers: Waiver) -> tuple[Prepared, list[str]]:
    """What would be asked under these waivers, and about whom GitHub was asked."""
    asked: list[str] = []

    async def role_of(login: str) -> Role:
        asked.append(login)
        if login not in ROLES:
            raise Forbidden("may not ask")
        return ROLES[login]

    plain = prepared()
    under = replace(plain, asking=replace(plain.asking, waivers=waivers))
    return await with_roles(under, givers(under), role_of), asked


async def test_each_giver_once() -> None:
    """However many waivers he gave, and in whatever spelling; the policy's role is what counts."""
    found, asked = await asked_for(waiver(), waiver("faulty", by="Mia"), waiver("commit-85375b936", by="ann"))
    assert sorted(asked) == ["ann", "mia"]
    assert terms_of(found, NOW).entitled == {"mia": True, "ann": False}


async def test_who_is_not_told() -> None:
    """Whoever GitHub does not tell about is not known to be entitled."""
    found, asked = await asked_for(waiver(by="hidden"))
    assert (asked, terms_of(found, NOW).entitled) == (["hidden"], {})


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"until": NOW - timedelta(days=1)}, id="ended"),
        pytest.param({"policy": "another"}, id="other-policy"),
        pytest.param({"asks": "another"}, id="other-question"),
        pytest.param({"criterion": CriterionId("elsewhere")}, id="not-asked"),
    ],
)
async def test_nobody_is_asked_for_nothing(changes: dict[str, object]) -> None:
    """What does not count anyway costs no request."""
    assert (await asked_for(waiver(**changes)))[1] == []


async def test_authors_are_asked_where_the_snapshot_does_not_tell_them() -> None:
    """Of the commit that was claimed; then it is known who wrote the fix."""
    asked: list[str] = []

    async def authors(sha: str) -> Authors | None:
        asked.append(sha)
        one = CommitInfo(oid=Sha(sha), message="Fix", committed_at=NOW, parents=())
        return Authors(commit=one, logins=("Erin",))

    found = await with_authors(replace(prepared(), written={}), authors)
    assert (asked, found.written_by) == (["85375b936"], {"bob", "erin"})
