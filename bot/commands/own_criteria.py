"""Criteria for one issue: what a command's comment and the issue's text add to what the policy asks.

Rules:
1. They are added. What the policy asks stays as it is; an id that is taken is a fault of whoever came later: the policy
   comes first, then the issue's text, then the command.
2. Bringing them is a right of its own. The issue's text counts for as much as its last editor (the author, where nobody
   edited it) may do at the time of asking; where it does not count the answer says so.
3. A fault below a command refuses the run, since its author is there and corrects it. A fault in the issue's text makes
   what it is in misconfigured, which keeps the issue open.
4. Nobody starts a workflow by way of the issue's text that he may not start himself.
5. What asks beyond GitHub goes by way of what the operator granted to the repository. That is for those who could write
   it into the policy as well: it takes the role write of whoever brings it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.assessment import refusals
from bot.assessment.evidence import NO_CATEGORY, Criterion, CriterionId, Origin
from bot.assessment.openlines import Block, open_blocks
from bot.assessment.policy import Permissions, Role
from bot.assessment.refusals import Fault
from bot.commands.rights import Deed, may, needed
from bot.config.criteria import FaultyCriterion, Read
from bot.config.own_criteria import MOST, faults_of_block, read_block
from bot.github.errors import Forbidden
from bot.github.models import Issue
from bot.probes.contract import Question

LANGUAGE = "resolution"
"""The language of blocks in an issue's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Whose words the issue's text is; `login` None: an account that is gone. `role` None: GitHub would not tell.

    `stranger`: a bot that the policy does not trust.
    """

    login: str | None
    role: Role | None
    edited: bool = False
    stranger: bool = False

    @property
    def name(self) -> str:
        """Who it is, in words."""
        return self.login or "somebody whose account is gone"

    def may(self, deed: Deed, permissions: Permissions = Permissions()) -> bool:
        """Is a deed open to him by his role alone?"""
        return self.role is not None and may(deed, role=self.role, ties=frozenset(), permissions=permissions)


async def writer_of(
    issue: Issue, *, trusts: Callable[[str], bool], role_of: Callable[[str], Awaitable[Role]]
) -> Writer | None:
    """Whose words the issue's text is, if it brings criteria; else None, and nothing is asked of GitHub.

    Raises `bot.github.errors.GitHubError`.
    """
    if not open_blocks(issue.body, LANGUAGE):
        return None
    edited = issue.editor is not None or issue.body_edited_at is not None
    account = issue.editor if edited else issue.author
    if account is None:
        return Writer(login=None, role=Role.NONE, edited=edited)
    if account.is_bot:
        trusted = trusts(account.login)
        role = Role.TRIAGE if trusted else Role.NONE
        return Writer(login=account.login, role=role, edited=edited, stranger=not trusted)
    try:
        return Writer(login=account.login, role=await role_of(account.login), edited=edited)
    except Forbidden:  # a person's token may not ask; an app's always may
        return Writer(login=account.login, role=None, edited=edited)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Who brings criteria to one issue: the command's blocks with the asker, the issue's text with its writer."""

    blocks: tuple[Block, ...]
    asker: str | None
    role: Role
    text: str
    writer: Writer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What comes to the policy's questions. `notes` are for the answer, a `refusal` says why nothing is asked.

    `no_right`: it is said to somebody who may not.
    """

    questions: tuple[Question, ...] = ()
    faulty: tuple[FaultyCriterion, ...] = ()
    notes: tuple[str, ...] = ()
    refusal: str | None = None
    no_right: bool = False


def added(brought: Brought, *, taken: frozenset[str], permissions: Permissions, again: str) -> Added:
    """What is asked of this issue beside the policy's criteria, whose ids are `taken`. Pure.

    `again` is the command that was asked.
    """
    text = _of_text(brought, taken, permissions)
    if not brought.blocks:
        return text
    if not may(Deed.OWN_CRITERIA, role=brought.role, ties=frozenset(), permissions=permissions):
        need = needed(Deed.OWN_CRITERIA, permissions)
        said = refusals.no_own_criteria(brought.asker or "", held=brought.role, needed=need, instead=again)
        return Added(refusal=said, no_right=True)
    ids = _ids(text.questions, text.faulty)
    reads = _read_all(brought.blocks, "the block", taken.union(ids), room=MOST - len(ids))
    faults = tuple(
        (fault, block.line + fault.line - 1)
        for block, read in zip(brought.blocks, reads, strict=True)
        for fault in faults_of_block(read)
    )
    if faults:
        lines = tuple(line for _, line in faults)
        return Added(refusal=refusals.block_broken(tuple(fault for fault, _ in faults), lines=lines, again=again))
    questions = tuple(_from(question, Origin.COMMENT) for read in reads for question in read.questions)
    outside = tuple(question.criterion.id for question in questions if question.params.asks_outside)
    if outside and not may(Deed.OUTSIDE_CRITERIA, role=brought.role, ties=frozenset()):
        login, held, need = brought.asker or "", brought.role, needed(Deed.OUTSIDE_CRITERIA)
        said = refusals.no_own_outside(login, held=held, needed=need, named=outside, instead=again)
        return Added(refusal=said, no_right=True)
    return replace(text, questions=(*text.questions, *questions))


def _of_text(brought: Brought, taken: frozenset[str], permissions: Permissions) -> Added:
    writer = brought.writer
    if writer is None:
        return Added()
    if not writer.may(Deed.OWN_CRITERIA, permissions):
        return Added(notes=(_why_not(writer, needed(Deed.OWN_CRITERIA, permissions)),))
    blocks = open_blocks(brought.text, LANGUAGE)
    reads = _read_all(blocks, "the block in the issue's text", taken)
    asked = [_from(question, Origin.ISSUE) for read in reads for question in read.questions]
    faulty = [
        replace(one, criterion=replace(one.criterion, origin=Origin.ISSUE)) for read in reads for one in read.faulty
    ]
    if not writer.may(Deed.OUTSIDE_CRITERIA):
        faulty += [_outside(one, writer) for one in asked if one.params.asks_outside]
        asked = [one for one in asked if not one.params.asks_outside]
    questions = tuple(asked)
    used = {*taken, *_ids(questions, tuple(faulty))}
    faulty += [_whole(read.faults, number, used) for number, read in enumerate(reads, 1) if read.faults]
    return Added(questions=questions, faulty=tuple(faulty))


def _read_all(blocks: tuple[Block, ...], name: str, taken: frozenset[str], room: int = MOST) -> list[Read]:
    """The blocks, one after another: what one of them has the next cannot have again."""
    reads: list[Read] = []
    for number, block in enumerate(blocks, 1):
        path = name if len(blocks) == 1 else name.replace("the block", f"block {number}", 1)
        read = read_block(block.text, path=path, taken=taken, room=max(room, 0))
        ids = _ids(read.questions, read.faulty)
        taken, room = taken.union(ids), room - len(ids)
        reads.append(read)
    return reads


def _ids(questions: tuple[Question, ...], faulty: tuple[FaultyCriterion, ...]) -> tuple[CriterionId, ...]:
    return (*(one.criterion.id for one in questions), *(one.criterion.id for one in faulty))


def _from(question: Question, origin: Origin) -> Question:
    return replace(question, criterion=replace(question.criterion, origin=origin))


def _outside(question: Question, writer: Writer) -> FaultyCriterion:
    held = "no role" if writer.role in {None, Role.NONE} else writer.role
    need = needed(Deed.OUTSIDE_CRITERIA)
    text = f"what asks beyond GitHub takes the role {need}, and {writer.name}, whose text it is, holds {held}"
    fault = Fault(path="the block in the issue's text", line=1, column=1, text=text)
    return FaultyCriterion(criterion=question.criterion, faults=(fault,))


def _whole(faults: tuple[Fault, ...], number: int, used: set[str]) -> FaultyCriterion:
    """A block that is faulty as a whole, as the one criterion that stands for it."""
    stem, tried = f"block-{number}", 1
    identity = stem
    while identity in used:
        tried += 1
        identity = f"{stem}-{tried}"
    used.add(identity)
    criterion = Criterion(
        id=CriterionId(identity),
        title="The criteria in the issue's text can be read",
        category=NO_CATEGORY,
        kind="criterion",
        origin=Origin.ISSUE,
    )
    return FaultyCriterion(criterion=criterion, faults=faults)


def _why_not(writer: Writer, need: Role) -> str:
    """Whose edit it was, and what would make it count: a plain sentence."""
    wrote = f"{writer.name} {'edited it last' if writer.edited else 'wrote it'}"
    if writer.stranger:
        why = f"{wrote}, a bot that the policy does not trust"
    elif writer.role is None:
        why = f"{wrote}, and GitHub did not tell which role that account holds"
    else:
        why = f"{wrote}, and holds {'no role' if writer.role is Role.NONE else writer.role} here"
    return (
        f"The `{LANGUAGE}` block in the issue's text was left out: {why}."
        f" It counts once somebody with the role {need} was the last to edit the text."
    )
