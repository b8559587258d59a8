"""`/resolution promote <pattern> [profile]`: what closed several issues, proposed as a profile of the policy.

Rules:
1. It never asks less than such issues are asked today: it has all of that, and what the pattern asks beyond. An issue
   that was closed with a waiver belongs to no pattern.
2. Only what can be written exactly: what this repository's policy asks today, and what is built in. Nothing is copied
   from an organisation's policy, which may be private; what is left out is named.
3. The policy's text gets lines and is changed nowhere else; the reader of policies says so before anything is written.
   Else the answer has the lines to paste.
4. One branch and one pull request a profile. Asked again, it is named; what people merged or closed is not proposed
   again under that name. A branch with other people's commits is left alone.
5. It is the one file that we propose and that decides something, so that it is always this path, and never pushed to
   the default branch.
"""

import msgspec

from bot.actions.files import Committing, Wanted
from bot.actions.proposing import Proposing
from bot.actions.trouble import answer_or_refusal
from bot.assessment import promotion, refusals
from bot.assessment.evidence import Sha
from bot.assessment.pattern import agreed, excepted, meant, names_in
from bot.assessment.policy import Policy
from bot.assessment.wording import listing
from bot.commands.case import Case
from bot.commands.glance import Glance, blind, glanced
from bot.commands.pattern_words import Promote
from bot.commands.patterns import LOOKED_AT
from bot.commands.precedents import read
from bot.commands.promoted import Draft, drafted
from bot.commands.recording import PERMISSIONS
from bot.commands.replies import Reply
from bot.commands.telling import denied
from bot.commands.waive import nearest_of
from bot.config.load import Broken
from bot.engine import Json, Refused, UnknownOutcome
from bot.github.answers import Reaction
from bot.github.branches import At, BranchView
from bot.github.commits import blob_id
from bot.github.errors import GitHubError
from bot.github.proposals import NewProposal, Proposal
from bot.github.session import POLICY_PATH


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written: the whole file, on a branch that begins at `start`, where `seen` stood on it (its id)."""

    profile: str
    branch: str
    start: str
    seen: str | None
    base: str
    text: str
    body: str
    table: str


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What a look leaves: what to write, or what to say instead. `no_right`: that is said to somebody who may not."""

    ready: Ready | None = None
    text: str = ""
    done: bool = False
    no_right: bool = False


class _Made(msgspec.Struct, frozen=True):
    number: int
    url: str


async def promote(case: Case, asked: Promote) -> Reply:
    """Look, propose what is not proposed yet; what to answer."""
    looked = msgspec.convert(await case.turn.step(case.step("promote"), lambda: _look(case, asked)), Looked)
    if looked.ready is None:
        if looked.no_right:
            return await denied(case, looked.text)
        return Reply(text=looked.text, reaction=Reaction.THUMBS_UP if looked.done else Reaction.CONFUSED)
    ready = looked.ready
    new = NewProposal(head=ready.branch, base=ready.base, title=promotion.title(ready.profile), body=ready.body)
    try:
        await case.turn.write(case.step("profile"), _committing(case, ready))
        kept = await case.turn.write(case.step("profile proposal"), Proposing(case.session, new=new))
    except Refused as refused:
        return Reply(text=promotion.in_the_way(refused.reason))
    except UnknownOutcome as unknown:
        return Reply(text=promotion.not_known(ready.branch, str(unknown)))
    made = msgspec.convert(kept, _Made)
    return Reply(text=promotion.proposed(ready.table, made.number, made.url), reaction=Reaction.THUMBS_UP)


def _committing(case: Case, ready: Ready) -> Committing:
    wanted = Wanted(
        branch=ready.branch,
        start=Sha(ready.start),
        files=((POLICY_PATH, ready.text),),
        seen={POLICY_PATH: ready.seen},
        headline=promotion.headline(ready.profile),
        body="",
    )
    return Committing(case.session, wanted=wanted, clock=case.tools.clock)


async def _look(case: Case, asked: Promote) -> Json:
    """Raises `Later` and `Unavailable`, so that the job looks again."""
    found = await answer_or_refusal(_seen(case, asked))
    if isinstance(found, GitHubError):
        found = Looked(text=blind(case, asked, found).text)
    packed: Json = msgspec.to_builtins(found)
    return packed


async def _seen(case: Case, asked: Promote) -> Looked:
    glance = await glanced(case, asked)
    if not isinstance(glance, Glance):
        return Looked(text=glance.reply.text, no_right=glance.no_right)
    draft = await _draft(case, asked, glance)
    if not isinstance(draft, Draft):
        return Looked(text=draft)
    lacking = await case.session.may_not_write("contents", "pull_requests")
    if lacking:
        needed = listing([PERMISSIONS[one] for one in lacking])
        return Looked(text=refusals.permission_missing(needed, purpose="propose a change of the policy"))
    there = await case.session.proposals_from(draft.branch)
    standing = standing_of(there, draft)
    return standing if standing is not None else await _place(case, draft)


async def _draft(case: Case, asked: Promote, glance: Glance) -> Draft | str:
    rules = glance.rules
    if isinstance(rules, Broken) or rules.faults:
        unread = isinstance(rules, Broken) and rules.unread is not None
        return promotion.organisation_unread() if unread else promotion.faulty(len(rules.faults))
    name = meant(asked.pattern)
    newest = read(await case.tools.precedents.newest(glance.snapshot.repository.id, LOOKED_AT))
    pattern = agreed(newest, name, url=glance.snapshot.url, without=labels_of_ours(rules.policy))
    exceptions = excepted(newest, name)
    if pattern is None and exceptions:
        return promotion.excepted(name, exceptions)
    if pattern is None:
        known = names_in(newest)
        return promotion.unknown(asked.pattern, known, nearest_of(name, known))
    return drafted(glance.snapshot, rules, pattern, asked.profile)


def labels_of_ours(policy: Policy) -> frozenset[str]:
    """Labels that come and go with what the bot does: they tell nothing of an issue. Pure."""
    roles = policy.labels
    single = (roles.pending, roles.wrong, roles.regression)
    return frozenset(
        one.casefold() for one in (*roles.resolved, *roles.remove, *roles.hold, *single) if one is not None
    )


def standing_of(there: tuple[Proposal, ...], draft: Draft) -> Looked | None:
    """What to say where something was proposed from the branch before; None where nothing was. Pure."""
    running = next((one for one in there if one.open), None)
    if running is not None and running.ours:
        return Looked(text=promotion.going(draft.profile, running.number, running.url), done=True)
    if running is not None:
        why = f"{running.author} opened #{running.number} from {draft.branch}, which is kept for me"
        return Looked(text=promotion.in_the_way(why))
    past = next((one for one in there if one.ours), None)
    if past is None:
        return None
    text = promotion.decided(draft.profile, draft.pattern, past.number, past.url, merged=past.merged)
    return Looked(text=text)


async def _place(case: Case, draft: Draft) -> Looked:
    """Where it is written: a branch of its own, from the default one with the file as it was read."""
    base = await case.session.branch_view(None, [POLICY_PATH])
    trouble = blocked(base, draft)
    if trouble is not None:
        return Looked(text=trouble)
    view = await case.session.branch_view(draft.branch, [POLICY_PATH])
    if view.head is None:
        view = base
    else:
        others = await case.session.others_ahead(base.branch or "", draft.branch)
        if others:
            why = f"{others[0]} has commits on {draft.branch}, which is kept for me; rename or delete that branch"
            return Looked(text=promotion.in_the_way(why))
    ready = Ready(
        profile=draft.profile,
        branch=draft.branch,
        start=base.head or "",
        seen=view.paths[0].oid,
        base=base.branch or "",
        text=draft.text,
        body=promotion.body(draft.what, by=case.login, asked_in=case.request.comment.url),
        table=promotion.compared(draft.what),
    )
    return Looked(ready=ready)


def blocked(base: BranchView, draft: Draft) -> str | None:
    """Why nothing can be written, whatever the profile is; None where it can. Pure."""
    if base.archived:
        return refusals.archived()
    if base.head is None:
        return refusals.empty_repository()
    path = base.paths[0]
    if path.behind is not None or path.at not in {At.NOTHING, At.FILE}:
        stands = path.at if path.behind is None else f"a part of its path, {path.behind}, which is no folder"
        return promotion.in_the_way(f"at {POLICY_PATH} stands {stands}")
    if path.oid != (None if draft.before is None else blob_id(draft.before)):
        return promotion.in_the_way(f"{POLICY_PATH} is not as I read it: somebody changes it at this moment")
    return None
