"""`/resolution audit`: lets an audit of the closed issues begin, one at a time in a repository.

The audit is a job of its own, which writes a comment of its own: the issue's turn is free at once.
"""

from datetime import timedelta

import msgspec

from bot.assessment import audit_post
from bot.commands.audit_kept import Kept, Running
from bot.commands.audit_words import Audit
from bot.commands.case import Case
from bot.commands.replies import Reply
from bot.commands.request import AuditRequest, pack
from bot.commands.route import AUDIT_JOB
from bot.engine import Job, Json
from bot.github.answers import Reaction

AUDITS = "audits"
"""The key of every audit's jobs: one of them works at a time, whatever waits. What people wait for comes first."""


async def begin(case: Case, asked: Audit) -> Reply:
    """What to answer: nothing but the receipt where it begins, since the audit speaks for itself."""
    request = audit_request(case, asked)
    kept = await case.turn.step(case.step("audit"), lambda: _begin(case, request))
    other = msgspec.convert(kept, Running)
    if other.root != request.root:
        text = audit_post.already(other.by, other.url, other.at, now=case.request.comment.at)
        return Reply(text=text)
    await case.turn.submit(job_of(request))
    return Reply(text="", reaction=Reaction.THUMBS_UP)


def audit_request(case: Case, asked: Audit) -> AuditRequest:
    """The audit that is asked for, within the operator's bounds. Pure."""
    most = case.tools.audit_limit
    return AuditRequest(
        place=case.request.place,
        issue_node=case.request.issue_node,
        root=f"{case.turn.job.id}:audit:{case.number}",
        by=case.login,
        since=asked.begins(case.request.comment.at),
        limit=min(asked.limit, most),
        cut=asked.limit > most,
        wanted=asked.limit,
    )


def job_of(request: AuditRequest, delay: timedelta = timedelta(0)) -> Job:
    """The job that does the next part of it."""
    identity = f"{request.root}:{request.batch}"
    return Job(id=identity, kind=AUDIT_JOB, key=AUDITS, payload=pack(request), delay=delay)


async def _begin(case: Case, request: AuditRequest) -> Json:
    comment = case.request.comment
    mine = Running(root=request.root, by=case.login, url=comment.url, at=comment.at)
    running: Json = msgspec.to_builtins(await Kept(case.tools.notes, request).begin(mine, case.tools.clock()))
    return running
