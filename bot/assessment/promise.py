"""A merged fix that is to run somewhere and does not: whether there is anything to say, and the one note. Pure.

Rules:
1. It is kept where each of the environments runs the fix: then nothing is said, ever. Until it is due it is
   waited for.
2. A fix that was taken out again promises nothing any more.
3. Nothing is said of what could not be looked at. Where one environment could and another could not, the note
   says so.
4. A deployment with the fix that is on its way when it is due gets one more hour; so does a silent GitHub.
5. A note gets one more line once it runs there after all. For that it is waited for a while, and then no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from bot.assessment.markdown import code, link, prose, row
from bot.assessment.wording import brief, count, dated, listing, short, span

ONE_MORE = timedelta(hours=1)
AFTERWARDS = timedelta(days=30)


class Runs(StrEnum):
    """Does an environment run the fix? `UNKNOWN`: it could not be looked at."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One environment: what is live there (`sha`, its page, deployed `at`), if anything is.

    `behind` is how many commits lead from there to the fix. `why` says in plain words what else there is to know.
    `coming`: a deployment with the fix is on its way.
    """

    name: str
    runs: Runs
    sha: str | None = None
    url: str | None = None
    at: datetime | None = None
    behind: int | None = None
    why: str = ""
    coming: bool = False


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """What was merged, and where it is to run. `within`: so long after the merge."""

    issue_node: str
    pull: int
    pull_url: str
    merged_at: datetime
    commit: str
    commit_url: str
    branch: str
    within: timedelta
    policy: str


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a look has found, and when. `gone`: why nothing is promised any more; `mute`: why nothing may be said.

    `promised` is None where nobody could tell what is promised; `unanswered`: GitHub did not answer.
    """

    at: datetime
    promised: Promised | None = None
    places: tuple[Place, ...] = ()
    gone: str | None = None
    mute: str | None = None
    unanswered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """Nothing is to be said any more; `event` and `why` are for the operator."""

    event: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Look again when something is deployed, and then at the latest. `held`: that is the one hour more."""

    until: datetime
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """It is due, and is not kept."""

    promised: Promised


def decide(look: Look, due: datetime, *, held: bool) -> Over | Wait | Speak:
    """What follows from a look, before anything was said; `held`: the one hour more is over."""
    if look.gone is not None:
        return Over(event="promise-ended", why=look.gone)
    if is_kept(look):
        return Over(event="promise-kept", why=listing([place.name for place in look.places]))
    if look.at < due:
        return Wait(until=due)
    if (look.unanswered or any(place.coming for place in look.places)) and not held:
        return Wait(until=look.at + ONE_MORE, held=True)
    return _due(look)


def _due(look: Look) -> Over | Speak:
    promised = look.promised
    if promised is None or look.mute is not None:
        return Over(event="promise-not-said", why=look.mute or "")
    if not any(place.runs is Runs.NO for place in look.places):
        whys = [f"{place.name}: {place.why}" for place in look.places if place.runs is Runs.UNKNOWN]
        return Over(event="promise-not-measured", why="; ".join(whys))
    return Speak(promised=promised)


def is_kept(look: Look) -> bool:
    """Does each environment run the fix?"""
    return bool(look.places) and all(place.runs is Runs.YES for place in look.places)


def note(promised: Promised, look: Look, *, marker: str) -> str:
    """The note. It asks nobody by name, and blames nobody."""
    missing = _names(place for place in look.places if place.runs is Runs.NO)
    commit = link(f"`{short(promised.commit)}`", promised.commit_url)
    pull = link(f"`#{promised.pull}`", promised.pull_url)
    said = f"### ⏳ Merged, and not in {missing} {span(promised.within)} later"
    looked = (
        f"{pull} was merged on {dated(promised.merged_at)} as {commit} on {code(promised.branch, 100)}."
        f" This is what runs where, as of {dated(look.at)}:"
    )
    table = "\n".join((row(("Environment", "Runs", "Deployed", "Has the fix")), "|-|-|-|-|", *map(_row, look.places)))
    ways = (
        f"**What can be done** · whoever deploys here: deploy a commit that contains `{short(promised.commit)}` to"
        f" {missing}. Whoever merges here: revert {pull}, should it not be wanted any more. If it is meant to wait,"
        " nothing is to be done."
    )
    after = (
        f"<sub>I say this once, and add a line when it runs there (until {dated(look.at + AFTERWARDS)}). Asked for by"
        f" `deployed` in the policy (`{brief(promised.policy)}`).</sub>"
    )
    return f"{said}\n\n{looked}\n\n{table}\n\n{ways}\n\n{after}\n\n{marker}"


def came_true(look: Look) -> str:
    """The line that a note gets when each environment runs the fix after all."""
    since = [
        f"{code(place.name, 100)} runs `{short(place.sha or '')}`, which has it"
        + (f" (deployed {dated(place.at)})" if place.at is not None else "")
        for place in look.places
    ]
    return f"**It arrived** · {listing(since)}."


def unseen(names: tuple[str, ...]) -> str:
    """What is to be noted of environments that a policy names and that were never deployed to."""
    named = listing([f"`{name}`" for name in names])
    return f"no deployment to {named} was ever seen: what is promised there cannot be measured"


def _row(place: Place) -> str:
    runs = link(f"`{short(place.sha)}`", place.url) if place.sha is not None else ""
    if place.runs is Runs.NO and place.sha is None:
        runs = "nothing"
    at = dated(place.at) if place.at is not None else ""
    return row((code(place.name, 100), runs, at, _has(place)))


def _has(place: Place) -> str:
    why = f"{', ' if place.runs is Runs.NO else ''}{prose(place.why, 200)}" if place.why else ""
    match place.runs:
        case Runs.YES:
            return "yes"
        case Runs.UNKNOWN:
            return f"not known: {why}"
        case _:
            behind = f": {count(place.behind, 'commit')} before it" if place.behind else ""
            return f"no{behind}{why}"


def _names(places: Iterable[Place]) -> str:
    return listing([code(place.name, 100) for place in places])
