"""The policy files that hold for a repository, without an issue and without its history: one small request."""

from dataclasses import replace

from bot.assessment.evidence import Sha
from bot.github import organisation, parse, wire
from bot.github.answers import PolicyFiles
from bot.github.lines import decoded
from bot.github.queries import POLICIES
from bot.github.scopes import Scope


class _Repository(wire.Wire, frozen=True, kw_only=True):
    name_with_owner: str
    default_branch_ref: wire.WireTip | None = None
    policy: wire.WireObject | None = None
    owner: wire.WireOwner | None = None


class _Query(wire.Wire, frozen=True):
    repository: _Repository | None = None


async def policy_files(scope: Scope, path: str, above: organisation.Ask) -> PolicyFiles:
    """The repository's own file at its head and the organisation's, as a snapshot has them.

    `above` asks for a private organisation's file. Raises where the repository's own is withheld.
    """
    told = await scope.ask(POLICIES, policy=f"HEAD:{path}")
    data = decoded(told, _Query)
    repository = data.repository if data is not None else None
    if repository is None:
        raise told.faults.error(f"the repository {scope.repository.full_name}")
    faults = told.faults.under("repository")
    withheld = faults.under("policy")
    if repository.policy is None and withheld.faults:
        raise withheld.error(f"the file {path}")
    own, branch = parse.policy_file(repository.policy, path), repository.default_branch_ref
    head = branch.target if branch is not None else None
    return PolicyFiles(
        own=None if own is None else replace(own, commit=None if head is None else Sha(head.oid)),
        above=await organisation.above(repository.name_with_owner, repository.owner, faults, above),
    )
