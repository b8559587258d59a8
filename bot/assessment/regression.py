"""What is said of a closed issue that was looked at again: what came back, and what still holds. Words; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.assessment.evidence import CriterionId, Finding
from bot.assessment.markdown import code, line, link, name, prose, row
from bot.assessment.watching import Response
from bot.assessment.wording import brief, count, dated, listing, short, span

UNWATCH = "/resolution unwatch"
LOOKS = "**Next re-checks** · "
"""How the line begins that promises looks: it is found by that when it is true no longer."""
_POINTS = {
    Response.REOPEN: "**Came back**",
    Response.FILE: "**Came back, filed anew**",
    Response.SAY: "**No longer holds**",
}
_OVER = "**No more re-checks** · "
STANDING = (LOOKS, _OVER)
"""How the one line begins that says whether it is looked at again."""
_SHOWN = 10
_TITLE = 220  # GitHub takes 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One criterion as one look saw it: where, at which commit, when."""

    criterion: str
    observed: str
    place: str
    url: str
    sha: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallen:
    """A criterion that held at the closing, and failed twice since."""

    title: str
    held: Sighting
    first: Sighting
    second: Sighting


def sighting(finding: Finding) -> Sighting:
    """What was seen of a criterion."""
    evidence = finding.evidence
    return Sighting(
        criterion=finding.criterion.id,
        observed=evidence.observed,
        place=evidence.source.place,
        url=evidence.source.url,
        sha=evidence.source.sha,
        at=evidence.source.fetched_at,
    )


def explained(
    fallen: tuple[Fallen, ...], assessment: Assessment, response: Response, *, evidence_url: str | None
) -> str:
    """The comment: what came back and what is done about it, in the first line; then each criterion, then when.

    `assessment` is the second look's.
    """
    parts = (
        f"### 🔁 {_head(response)}",
        f"{_named(fallen)} held when this issue was closed, and failed in two looks since.",
        table(fallen),
        _left_closed(assessment) if response is Response.SAY else "",
        _way_on(assessment, response),
        _footer(assessment, evidence_url),
    )
    return "\n\n".join(part for part in parts if part)


def new_title(fallen: tuple[Fallen, ...], issue: int) -> str:
    """The title of the issue that is filed in the place of an old or locked one: one line of plain text."""
    more = f", and {len(fallen) - 1} more" if len(fallen) > 1 else ""
    named = line(fallen[0].title, _TITLE - 60) or line(fallen[0].held.criterion, _TITLE - 60)
    return f"Came back since #{issue}: {named}{more}"


def new_body(fallen: tuple[Fallen, ...], assessment: Assessment, *, locked: bool, evidence_url: str | None) -> str:
    """The body of that issue."""
    why = "is locked" if locked else "was closed long ago"
    said = f"#{assessment.issue} was closed, and what held then does not hold any more"
    parts = (
        f"{said}. It {why}, so this is an issue of its own.",
        table(fallen),
        _footer(assessment, evidence_url),
    )
    return "\n\n".join(parts)


def table(fallen: tuple[Fallen, ...]) -> str:
    """Each criterion: at the closing, in the first look, in the second."""
    lines = ["| criterion | at the closing | then | and again |", "|-|-|-|-|"]
    lines += [row((_name(one), _seen(one.held), _seen(one.first), _seen(one.second))) for one in fallen[:_SHOWN]]
    more = [f"\nand {count(len(fallen) - _SHOWN, 'more criterion', 'more criteria')}"] if len(fallen) > _SHOWN else []
    return "\n".join([*lines, *more])


def pointer(response: Response, *, at: datetime, url: str) -> str:
    """The line below the closing answer that leads to what was found."""
    return f"{_POINTS[response]} · {dated(at)}: {link('what was measured', url)}."


def undone(url: str) -> Done:
    """The line about it in the assessment that had closed the issue; `url` is what was found."""
    return Done(action=ActionKind.REOPEN, ending=Ending.DONE, text="reopened, for it came back", url=url)


def is_pointer(part: str) -> bool:
    """Is a paragraph of an answer of ours that line?"""
    return part.startswith(tuple(f"{one} · " for one in _POINTS.values())) and "\n" not in part


def still_holds(names: Iterable[str], unsure: Iterable[str], *, at: datetime) -> str:
    """The line after the last look: what still holds, and what could not be measured."""
    held, left = len(set(names) - set(unsure)), sorted(set(unsure))
    if not left:
        return f"**Looked again on {dated(at)}** · still holds ({count(held, 'criterion', 'criteria')} asked again)."
    lost = listing([code(one, 80) for one in left[:_SHOWN]])
    return f"**Looked again on {dated(at)}** · {held} still hold; could not be measured: {lost}."


def holds_again(*, at: datetime) -> str:
    """The line below an explanation that has put off the opening: there is no need for it any more."""
    return f"**Looked again on {dated(at)}** · holds again, so it stays closed."


def rolled_back(names: Iterable[str], *, at: datetime) -> str:
    """The line where something fails on what does not contain the fix."""
    failing = listing([code(one, 80) for one in sorted(names)[:_SHOWN]])
    return (
        f"**Looked again on {dated(at)}** · {failing} did not hold, on a version that does not contain the fix: it is"
        " not deployed there, which is no regression."
    )


def promised(moments: tuple[datetime, ...], since: datetime, *, by: str | None = None) -> str:
    """The line that promises looks, counted from a moment; `by` is who asked for them then (None: the policy wants)."""
    asked = "" if by is None else f", as {name(by)} asked on {dated(since)}"
    return (
        f"{LOOKS}I look again {planned(moments, since)}{asked}, at what can fall back; what fails twice in a row I say"
        f" here. {code(UNWATCH)} ends it."
    )


def ended(by: str) -> str:
    """The line where a person ended the watch."""
    return f"{_OVER}{name(by)} ended them."


def no_more(why: str) -> str:
    """The line where nobody ended the watch, and it ends; `why` in words of ours."""
    return f"{_OVER}{why}."


def over(*, at: datetime) -> str:
    """The line after the last look, where it cannot be said that all still holds."""
    return f"{_OVER}the last was on {dated(at)}."


def broke_off(reference: str) -> str:
    """The line where a look broke again and again."""
    return f"{_OVER}they broke off (reference {code(reference, 60)}); `/resolution watch` begins anew."


def no_longer_waits(by: str) -> str:
    """The line where a person ended the waiting of an answer."""
    return f"**No longer waited for** · {name(by)} ended it; `/assess-resolution` asks anew."


def planned(moments: tuple[datetime, ...], closed_at: datetime) -> str:
    """When it is looked at again, in words: `in 1 h, 24 h and 7 days, last on 2026-11-27 14:02 UTC`."""
    if len(moments) == 1:
        return f"in {span(moments[0] - closed_at)}, on {dated(moments[0])}"
    return f"in {listing([span(one - closed_at) for one in moments])}, last on {dated(moments[-1])}"


def _head(response: Response) -> str:
    match response:
        case Response.REOPEN:
            return "Came back, and reopened"
        case _:
            return "No longer holds"


def _named(fallen: tuple[Fallen, ...]) -> str:
    names = [f"**{_name(one)}**" for one in fallen[:3]]
    more = [f"{len(fallen) - 3} more"] if len(fallen) > 3 else []
    return listing([*names, *more])


def _name(one: Fallen) -> str:
    return prose(one.title, 120) or code(one.held.criterion, 80)


def _seen(one: Sighting) -> str:
    sha = short(one.sha or "")
    commit = f" @ {code(sha)}" if sha and sha not in one.place else ""
    return f"{prose(one.observed, 200)} ({link(one.place, one.url)}{commit}, {dated(one.at)})"


def _left_closed(assessment: Assessment) -> str:
    """What was withheld, or what GitHub or a person has prevented."""
    failed = [one.text.removeprefix("not reopened").lstrip(": ") for one in assessment.actions if not _done(one)]
    why = [prose(text, 300) for text in (*(one.text for one in assessment.plan.withheld), *failed)]
    return f"**Not reopened by me** · {'; '.join(why)}." if why else ""


def _done(one: Done) -> bool:
    return one.ending is Ending.DONE


def _way_on(assessment: Assessment, response: Response) -> str:
    """How to disagree, for those who may. What was withheld has its own next step."""
    if response is Response.REOPEN:
        return (
            "**Not right?** The reporter or anyone with **triage** can close it again: then I leave it closed for good."
            f" Where it is mended, whoever has **{assessment.close_role}** can ask anew with `/assess-resolution`; by"
            " myself I do not close it any more."
        )
    return "" if assessment.plan.withheld else "Anyone with **triage** can reopen it."


def _footer(assessment: Assessment, evidence_url: str | None) -> str:
    parts = [
        "looked again by itself",
        f"policy {code(brief(assessment.policy.digest), 40)}",
        f"run {code(assessment.id, 40)}",
        link("all evidence", evidence_url) if evidence_url else "",
    ]
    return f"<sub>{' · '.join(part for part in parts if part)}</sub>"


def fell(
    criteria: Iterable[CriterionId],
    *,
    held: Iterable[Sighting],
    first: Iterable[Sighting],
    second: Iterable[Finding],
) -> tuple[Fallen, ...]:
    """Everything that is known of the criteria that failed twice, in the order of the second look."""
    then, before = {one.criterion: one for one in first}, {one.criterion: one for one in held}
    wanted = frozenset(criteria)
    return tuple(
        Fallen(title=one.criterion.title, held=before[known], first=then[known], second=sighting(one))
        for one in second
        if (known := one.criterion.id) in wanted
    )
