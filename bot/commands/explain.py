"""`/resolution explain`: what would be asked here and why, without asking it; of one criterion, or of the policy."""

from collections.abc import Iterator
from dataclasses import replace

from bot.assessment import explained_policy, explanation
from bot.assessment.document import BUILT_IN, Assessment, PolicyRef
from bot.assessment.explained_policy import CriteriaSet, Explained, Permitted
from bot.assessment.explanation import Ask, Flaw, Last, Overview, Spot
from bot.assessment.promise import unseen
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.waiver import Waiver, WaiverState, state_of
from bot.commands.asks import asks_of, flaw_of, head_of, in_other_profiles, spot_of
from bot.commands.case import Case
from bot.commands.catalog import CATALOG
from bot.commands.denials import again_of
from bot.commands.entitled import with_people
from bot.commands.glance import Glance, newest, told
from bot.commands.grammar import Explain
from bot.commands.hearing import prepared_of
from bot.commands.measure import Asking, Prepared, broken, terms_of
from bot.commands.policy_words import for_whom
from bot.commands.promise_look import context_of, never_deployed_to
from bot.commands.questions import remaining
from bot.commands.replies import Reply
from bot.commands.rights import RIGHTS, needed, who
from bot.commands.saying import Asker
from bot.commands.tools import assessment_id
from bot.config.faults import nearest
from bot.config.lint import warnings_of
from bot.config.load import Broken, Loaded
from bot.config.origins import PolicyPlace
from bot.github.answers import Reaction
from bot.github.models import Snapshot
from bot.github.session import POLICY_PATH

_POLICY = "policy"


async def explain(case: Case, asked: Explain) -> Reply:
    """The answer. Nothing is measured for it."""
    return await told(case, asked, lambda glance: _tell(case, asked, glance))


async def _tell(case: Case, asked: Explain, glance: Glance) -> Reply:
    rules, snapshot = glance.rules, glance.snapshot
    if isinstance(rules, Broken):
        return Reply(text=broken(rules, snapshot, again=again_of(asked)))
    if asked.subject == _POLICY:
        parts = explained(rules, snapshot)
        parts = replace(parts, notes=(*parts.notes, *await _unseen(case, glance, rules)))
        return _answer(explained_policy.policy(parts, limit=case.room))
    prepared = await _prepared(case, glance, rules)
    if asked.subject is None:
        return _answer(explanation.overview(overview_of(prepared, rules), limit=case.room))
    prepared = await with_people(prepared, case.session)
    last = await newest(case.tools, snapshot)
    url = None if last is None else case.tools.evidence_url(last.id, glance.now)
    return one_criterion(asked.subject, prepared, rules, last, evidence_url=url)


async def _unseen(case: Case, glance: Glance, rules: Loaded) -> tuple[Flaw, ...]:
    """Environments that fixes are promised in, and that nothing was ever deployed to. Raises as `_prepared` does."""
    deployed = rules.policy.deployed
    if deployed is None:
        return ()
    context = context_of(glance.snapshot, case.session, case.tools, glance.now)
    names = await never_deployed_to(context, deployed.environments)
    origin = explained_policy.origin_of(rules.origins, "deployed.environment") or _first(rules)
    return (Flaw(spot=spot_of(origin, glance.snapshot), text=unseen(names)),) if names else ()


def _answer(text: str) -> Reply:
    return Reply(text=text, reaction=Reaction.THUMBS_UP)


async def _prepared(case: Case, glance: Glance, rules: Loaded) -> Prepared:
    """What would be asked, claims included. Raises `bot.github.errors.GitHubError`."""
    comment, tools = case.request.comment, case.tools
    asking = Asking(
        id=assessment_id(case.turn.job, tools.key),
        trigger=Trigger(kind=TriggerKind.COMMAND, by=case.login, url=comment.url),
        role=case.role,
        key=tools.key,
        now=glance.now,
        policy=rules,
    )
    asker = Asker(login=case.login, role=case.role)
    prepared = await prepared_of(
        glance.snapshot, asking, asker=asker, command=comment, session=case.session, notes=tools.notes
    )
    assert isinstance(prepared, Prepared)  # it is declined for a broken policy and for flags, and there are none
    return prepared


def overview_of(prepared: Prepared, rules: Loaded) -> Overview:
    """All that would be asked. Pure."""
    asks, claims = asks_of(prepared, rules)
    return Overview(
        policy=PolicyRef(digest=rules.policy.digest, source=rules.policy.source),
        source=source_of(rules, prepared.snapshot),
        rules=rules.policy,
        at=head_of(prepared.snapshot),
        profile=prepared.profile,
        profiles=tuple(profile.name for profile in rules.profiles),
        asks=asks,
        claims=claims,
        remains=remaining(prepared.extraction, rules.policy.claims),
        notes=prepared.notes,
    )


def one_criterion(
    name: str, prepared: Prepared, rules: Loaded, last: Assessment | None, *, evidence_url: str | None
) -> Reply:
    """One criterion by its id, also of another profile, and also one that is not asked any more. Pure."""
    asks = [ask for group in asks_of(prepared, rules) for ask in group]
    ask = next((ask for ask in asks if ask.criterion.id == name), None) or in_other_profiles(name, rules, prepared)
    outcome, now = _last(name, last, evidence_url), prepared.asking.now
    if ask is not None:
        looked = None if last is None else last.finished_at
        waived = _waived(name, prepared) if ask in asks else None
        return _answer(explanation.criterion(ask, outcome, looked=looked, now=now, waived=waived))
    if outcome is not None:
        return _answer(explanation.gone(outcome, now=now))
    known = names_of(asks)
    return Reply(text=explanation.unknown(name, nearest=nearest(name, known), known=known))


def _waived(name: str, prepared: Prepared) -> tuple[Waiver, WaiverState] | None:
    """The waiver of a criterion that is asked here, and whether it counts."""
    waiver = next((one for one in prepared.asking.waivers if one.criterion == name), None)
    return None if waiver is None else (waiver, state_of(waiver, terms_of(prepared, prepared.asking.now)))


def names_of(asks: list[Ask]) -> tuple[str, ...]:
    """What can be explained."""
    return tuple(ask.criterion.id for ask in asks)


def _last(name: str, last: Assessment | None, evidence_url: str | None) -> Last | None:
    findings = () if last is None else last.findings
    finding = next((one for one in findings if one.criterion.id == name), None)
    if last is None or finding is None:
        return None
    return Last(finding=finding, at=last.finished_at, commit=last.commit, evidence_url=evidence_url)


def explained(rules: Loaded, snapshot: Snapshot) -> Explained:
    """The policy with where each part was given, and whose each command is. Pure."""
    source = source_of(rules, snapshot)
    warnings = warnings_of(rules, path=_first(rules).path)
    return Explained(
        policy=rules.policy,
        source=source,
        asked=CriteriaSet(name="criteria", criteria=len(rules.questions) + len(rules.faulty), faulty=len(rules.faulty)),
        profiles=tuple(
            CriteriaSet(
                name=profile.name,
                criteria=len(profile.questions) + len(profile.faulty),
                faulty=len(profile.faulty),
                for_whom=None if profile.when is None else for_whom(profile.when),
            )
            for profile in rules.profiles
        ),
        permitted=tuple(_permitted(rules)),
        origins={key: spot_of(origin, snapshot) for key, origin in rules.origins.items()},
        notes=tuple(flaw_of(fault, snapshot) for fault in (*rules.faults, *warnings)),
        left_out=rules.left_out,
    )


def source_of(rules: Loaded, snapshot: Snapshot) -> Spot:
    """The file that the policy stands in."""
    source = rules.policy.source
    return Spot(text=source, url=None if source == BUILT_IN else spot_of(_first(rules), snapshot).url)


def _first(rules: Loaded) -> PolicyPlace:
    """Where the file begins; the policy that is built in begins nowhere."""
    return rules.origins.get("version", PolicyPlace(path=POLICY_PATH, line=1))


def _permitted(rules: Loaded) -> Iterator[Permitted]:
    """Each command, and who may give it by this policy."""
    permissions = rules.policy.permissions
    for entry in CATALOG:
        right = RIGHTS[entry.deed]
        stronger = needed(entry.deed, permissions) is not right.role
        asked_by = right.permission if stronger else None
        yield Permitted(command=entry.usage, who=who(entry.deed, permissions), asked_by=asked_by)
