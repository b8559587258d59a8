"""What a pull request would leave its issues with: read, measured as if it were merged, and told. Nothing is written.

The same serves the command on a pull request and the check run at a push.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions.trouble import answer_or_refusal
from bot.assessment.evidence import CriterionId
from bot.assessment.markdown import prose
from bot.assessment.policy import Permissions, Role
from bot.assessment.preview import (
    AsMerged,
    Foreseen,
    Preview,
    Said,
    conflicting,
    declined,
    denied,
    not_open,
    said_of,
    unlinked,
    unreadable,
)
from bot.assessment.trigger import Flags, Trigger, TriggerKind
from bot.commands.as_merged import (
    Trial,
    alone,
    as_merged,
    before_merge,
    counting,
    keyword_of,
    looked,
    pull_as_merged,
    trial_of,
)
from bot.commands.denials import denial
from bot.commands.entitled import with_people
from bot.commands.grammar import Assess
from bot.commands.hearing import prepared_of
from bot.commands.measure import Asking, Declined, Instruments, measure, prepare, rules_in, rules_of
from bot.commands.merge import Link, linked_issues
from bot.commands.request import CommandRequest, Place
from bot.commands.saying import Asker
from bot.commands.tools import Tools
from bot.config.load import Broken, Loaded
from bot.github.answers import PullView
from bot.github.errors import GitHubError, IsPull
from bot.github.models import Pull, PullState, Snapshot
from bot.github.session import Session
from bot.probes.asking import both, together

MOST_FORESEEN = 10
"""So many linked issues are looked at, those first that would be closed."""

_NOBODY = Asker(login=None, role=Role.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command on a pull request, and the role of who gave it."""

    request: CommandRequest
    command: Assess
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One look at a pull request: `place.number` is its own. `asked` is None where nobody did: after a push."""

    tools: Tools
    session: Session
    place: Place
    id: str
    now: datetime
    asked: Asked | None = None

    @property
    def flags(self) -> Flags:
        """A dry run always, of what was asked for."""
        if self.asked is None:
            return Flags(dry_run=True)
        command = self.asked.command
        return Flags(dry_run=True, only=tuple(CriterionId(name) for name in command.only), profile=command.profile)

    @property
    def by(self) -> str | None:
        """Who asked."""
        return None if self.asked is None else self.asked.request.comment.login


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A linked issue as it stands, or why it cannot be read."""

    link: Link
    snapshot: Snapshot | GitHubError


async def foresee(sight: Sighting) -> Said:
    """What its issues would lack. Raises as `bot.actions.trouble.answer_or_refusal` does."""
    view = await answer_or_refusal(sight.session.pull_view(sight.place.number))
    if isinstance(view, GitHubError):
        return unreadable(str(view))
    return _at_once(view) or await _look(sight, view, await _read(sight.session, view))


async def foresee_push(sight: Sighting) -> tuple[str, Said] | None:
    """The same with the head that it is about; None where it is not wanted, or where nobody can tell.

    Whether it is wanted is known before anything else is read: everybody can edit the words of his pull request.
    """
    files = await answer_or_refusal(sight.session.policies())
    if isinstance(files, GitHubError) or not wants_preview(rules_in(files, name=sight.place.name)):
        return None
    view = await answer_or_refusal(sight.session.pull_view(sight.place.number))
    if isinstance(view, GitHubError) or not view.is_open:
        return None
    return view.head_sha, _at_once(view) or await _look(sight, view, await _read(sight.session, view))


def wants_preview(rules: Loaded | Broken) -> bool:
    """Does the policy want the check run? One that cannot be used wants nothing. Pure."""
    return isinstance(rules, Loaded) and rules.policy.preview


def ordered(links: Iterable[Link]) -> tuple[Link, ...]:
    """Those first that would be closed. Pure."""
    return tuple(sorted(links, key=lambda link: not link.closes))


def _at_once(view: PullView) -> Said | None:
    """What is to be said where there is nothing to measure."""
    links = linked_issues(view)
    if not view.is_open:
        merged = view.pull.state is PullState.MERGED
        return not_open(merged=merged, numbers=tuple(link.number for link in links))
    if view.conflicts:
        return conflicting(view.pull.base)
    return None if links else unlinked()


async def _read(session: Session, view: PullView) -> tuple[Seen, ...]:
    """The linked issues; what is linked and is none is left out."""
    links = ordered(linked_issues(view))[:MOST_FORESEEN]
    seen = [Seen(link=link, snapshot=await answer_or_refusal(session.snapshot(link.number))) for link in links]
    return tuple(one for one in seen if not isinstance(one.snapshot, IsPull))


def _first(seen: tuple[Seen, ...]) -> Snapshot | None:
    return next((one.snapshot for one in seen if isinstance(one.snapshot, Snapshot)), None)


async def _look(sight: Sighting, view: PullView, seen: tuple[Seen, ...]) -> Said:
    snapshot = _first(seen)
    if snapshot is None:
        return unreadable("; ".join(str(one.snapshot) for one in seen)) if seen else unlinked()
    rules = rules_of(snapshot)
    if isinstance(rules, Broken):
        said = prepare(snapshot, _asking(sight, None, seen[0].link), ())
        return declined(said.text if isinstance(said, Declined) else "")
    refused = may_not_look(sight.asked, rules.policy.permissions)
    if refused is not None:
        return denied(refused)
    trial = await answer_or_refusal(_trial(sight.session, view, snapshot))
    if trial is None or isinstance(trial, GitHubError):
        return unreadable("GitHub does not show the pull request's commits" if trial is None else str(trial))
    issues = [await _foreseen(_share(sight, len(seen)), trial, rules, one) for one in seen]
    rest = ordered(linked_issues(view))[MOST_FORESEEN:]
    return said_of(
        Preview(
            issues=tuple(issues),
            looked=looked(snapshot, trial),
            policy=rules.policy.digest,
            at=sight.now,
            more=tuple(link.number for link in rest),
            by=sight.by,
        )
    )


def may_not_look(asked: Asked | None, permissions: Permissions) -> str | None:
    """Why the policy does not let whoever asked look. A push has no asker, and nobody to deny it to. Pure."""
    if asked is None:
        return None
    return denial(asked.request, asked.command, asked.role, permissions=permissions)


def _share(sight: Sighting, count: int) -> Sighting:
    """All issues together may take as long as one assessment."""
    limits = replace(sight.tools.limits, budget=sight.tools.limits.budget / count)
    return replace(sight, tools=replace(sight.tools, limits=limits))


async def _trial(session: Session, view: PullView, snapshot: Snapshot) -> Trial | None:
    """The merge that GitHub tries, the head and its checks: one request, where the checks are few."""
    reader = session.reader(snapshot)
    merge = view.potential_merge
    revs = (merge or view.head_sha, view.head_sha)
    found, checks = await both(together(reader.commit(rev) for rev in revs), reader.checks(view.head_sha))
    own = (await session.login()).removesuffix("[bot]")
    return trial_of(view, (found[0] if merge is not None else None, found[1]), checks, own=own)


async def _foreseen(sight: Sighting, trial: Trial, rules: Loaded, one: Seen) -> Foreseen:
    snapshot, link = one.snapshot, one.link
    if isinstance(snapshot, GitHubError):
        judged: AsMerged | str | GitHubError = snapshot
        title, url = "", ""
    else:
        judged = await answer_or_refusal(_judged(sight, trial, rules, one, snapshot))
        title, url = snapshot.issue.title, snapshot.issue.url
    if isinstance(judged, GitHubError):
        judged = f"It could not be read ({prose(str(judged), 200)}): that says nothing about it."
    keyword = keyword_of(trial.view, link) if link.closes else None
    return Foreseen(number=link.number, title=title, url=url, closes=link.closes, judged=judged, keyword=keyword)


async def _judged(sight: Sighting, trial: Trial, rules: Loaded, one: Seen, now: Snapshot) -> AsMerged | str:
    """The issue as if the pull request were merged, by the policy as it is now."""
    after = as_merged(now, trial, closes=one.link.closes, at=sight.now)
    session, notes = sight.session, sight.tools.notes
    asking = _asking(sight, rules, one.link)
    prepared = await prepared_of(after, asking, asker=_NOBODY, command=None, session=session, notes=notes)
    if isinstance(prepared, Declined):
        return prepared.text
    prepared = await with_people(prepared, sight.session)
    asked, later = before_merge(prepared)
    pull = pull_as_merged(now, trial, sight.now)
    assessment = await measure(asked, _instruments(sight, asked.snapshot, pull))
    return AsMerged(
        verdict=assessment.verdict,
        findings=assessment.findings,
        later=later,
        waivers=counting(prepared, later, assessment.waivers),
        alone=alone(prepared, trial),
    )


def _asking(sight: Sighting, rules: Loaded | None, link: Link) -> Asking:
    trigger = Trigger(kind=TriggerKind.MERGE, pull=sight.place.number, refers_only=not link.closes, flags=sight.flags)
    return Asking(
        id=sight.id,
        trigger=trigger,
        role=Role.NONE,
        key=sight.tools.key,
        now=sight.now,
        policy=rules,
    )


def _instruments(sight: Sighting, snapshot: Snapshot, pull: Pull) -> Instruments:
    """What it is measured with. No command is run over code that nobody has merged."""
    tools, repository = sight.tools, snapshot.repository
    return Instruments(
        reader=sight.session.reader(snapshot, (pull,)),
        network=tools.egress.network(repository.id, repository.full_name),
        limits=tools.limits,
        clock=tools.clock,
        seen=tools.seen,
        on_answer=tools.on_answer,
    )
