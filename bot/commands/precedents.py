"""Issues closed on evidence, remembered and named: where what is similar comes from, and when it is forgotten.

Rules:
1. What an assessment leaves closed and holding is remembered, also where it only advises: nothing is changed at GitHub.
2. What a later assessment finds open, or not holding, is forgotten; so is what GitHub tells to be reopened, deleted or
   transferred. Nothing is asked of GitHub for either.
3. Looking for similar issues never fails an assessment: trouble with it, or too long a look, is told to the operator.
"""

import asyncio
from dataclasses import replace

import msgspec

from bot.assessment.document import Assessment
from bot.assessment.likeness import Candidate, Commonness, similar
from bot.assessment.precedent import Likeness, Precedent, holds_closed, likeness_of, precedent_of, withdraws
from bot.commands.after import After, Part
from bot.commands.request import AftermathRequest, ForgetRequest, Place, unpack
from bot.commands.tools import Tools
from bot.engine import Json, Kept, Sought, StoreUnavailable, Turn
from bot.engine import Precedent as Remembered
from bot.github.models import Snapshot

PATIENCE = 2.0
"""Seconds that similar issues are looked for, at most."""


def is_owed(request: AftermathRequest, assessment: Assessment) -> bool:
    """Is it to be remembered?"""
    return request.place.repository_id > 0 and holds_closed(assessment)


async def remember(after: After) -> Assessment:
    """Keep it; the document stays as it is."""
    await after.turn.step("precedent", lambda: _keep(after))
    return after.assessment


def would(request: AftermathRequest, assessment: Assessment) -> str:
    """Nothing that shows."""
    del request, assessment
    return ""


PART = Part(name="precedents", owed=is_owed, do=remember, would=would, quiet=lambda _request: True)


async def _keep(after: After) -> Json:
    one, place = after.assessment, after.place
    precedent = precedent_of(one)
    return await after.tools.precedents.keep(
        Remembered(
            repository_id=place.repository_id,
            issue=place.number,
            at=one.finished_at,
            entry=msgspec.to_builtins(precedent),
            traits=precedent.likeness.traits,
            words=precedent.likeness.words,
        )
    )


async def forget_unless_closed(tools: Tools, place: Place, assessment: Assessment) -> None:
    """After an assessment that says that the issue is open, or does not hold. Raises `bot.engine.StoreUnavailable`."""
    if withdraws(assessment):
        await tools.precedents.forget(place.repository_id, place.number, assessment.finished_at)


async def forgotten(turn: Turn, tools: Tools) -> None:
    """The handler of `forget.v1`: GitHub told that the issue is closed no longer, or there no longer."""
    request = unpack(turn.job.payload, ForgetRequest)

    async def forget() -> Json:
        return await tools.precedents.forget(request.place.repository_id, request.place.number, request.at)

    await turn.step("forget", forget)


async def with_similar(
    tools: Tools, snapshot: Snapshot, assessment: Assessment, *, patience: float = PATIENCE
) -> Assessment:
    """The document with the similar issues; without them where they could not be looked for."""
    place: dict[str, Json] = {"repository": assessment.repository, "issue": assessment.issue}
    try:
        async with asyncio.timeout(patience):
            candidates, common = await candidates_of(tools, snapshot, likeness_of(assessment))
    except TimeoutError:
        tools.report("similar-not-searched", {**place, "why": f"no answer in {patience:g} s"})
        return assessment
    except StoreUnavailable as error:
        tools.report("similar-not-searched", {**place, "why": str(error)})
        return assessment
    return replace(assessment, similar=similar(likeness_of(assessment), candidates, common, url=snapshot.url))


async def candidates_of(
    tools: Tools, snapshot: Snapshot, likeness: Likeness
) -> tuple[tuple[Candidate, ...], Commonness]:
    """Closed issues that may be alike, and how common what they have is. Raises `bot.engine.StoreUnavailable`."""
    sought = Sought(
        repository_id=snapshot.repository.id,
        issue=snapshot.issue.number,
        traits=likeness.traits,
        words=likeness.words,
    )
    found = await tools.precedents.search(sought)
    common = Commonness(total=found.total, traits=found.traits, words=found.words)
    return read(found.kept), common


def read(kept: tuple[Kept, ...]) -> tuple[Candidate, ...]:
    """What is remembered of them; what another version wrote in a way that this one cannot read is left out. Pure."""
    return tuple(
        Candidate(issue=one.issue, precedent=entry) for one in kept if (entry := _entry(one.entry)) is not None
    )


def _entry(entry: Json) -> Precedent | None:
    try:
        return msgspec.convert(entry, Precedent)
    except msgspec.ValidationError:
        return None
