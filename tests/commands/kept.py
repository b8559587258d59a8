"""Requests as an earlier version has left them in the database, by name: what `golden/requests` holds, read.

No field that this version wrote has its default here, and every kind of request and of its parts is among them.
"""

from datetime import UTC, datetime, timedelta

from bot.assessment.evidence import CriterionId
from bot.assessment.policy import (
    FollowUpLink,
    FollowUpMode,
    FollowUpPolicy,
    RecordFormat,
    RecordMode,
    RecordPolicy,
)
from bot.assessment.regression import Sighting
from bot.assessment.waiver import Waiver
from bot.assessment.watching import Subject
from bot.commands.request import (
    AftermathRequest,
    AgainRequest,
    Announced,
    AskedIn,
    AuditRequest,
    Awaiting,
    CommandRequest,
    Errand,
    ForgetRequest,
    GuardRequest,
    LinkedRequest,
    MergeRequest,
    Place,
    PromiseRequest,
    PushRequest,
    Request,
    Started,
    WaiverEndRequest,
    Watchable,
    WatchRequest,
    Wishes,
)

AT = datetime(2026, 11, 20, 14, 2, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLACE = Place(installation=9, repository_id=7, owner="acme", name="shop", number=3)

COMMAND = CommandRequest(
    place=PLACE,
    comment=AskedIn(
        id=41,
        node_id="IC_41",
        url="https://github.test/acme/shop/issues/3#issuecomment-41",
        body="/assess-resolution hotfix",
        login="ann",
        is_bot=True,
        at=AT,
        bot_account=True,
    ),
    issue_node="I_3",
    issue_author="carol",
    assignees=("dora", "bob"),
    is_pull=False,
)
LINKED = LinkedRequest(
    place=PLACE, pull=12, pull_url="https://github.test/acme/shop/pull/12", closes=True, joined=(10, 11), after=2
)
GUARD = GuardRequest(place=PLACE, by="bob", by_bot=True, closed_at=AT)
WAIVER_END = WaiverEndRequest(
    place=PLACE,
    issue_node="I_3",
    waiver=Waiver(
        criterion=CriterionId("documented"),
        reason="the page follows",
        by="mia",
        at=AT,
        until=AT + 24 * HOUR,
        policy="c77fdd65",
        asks="5d300586",
        url="https://github.test/acme/shop/issues/3#issuecomment-40",
    ),
)
ERRAND = Errand(
    root="comment:7:41",
    begun=AT,
    look=4,
    polls=2,
    poll_at=AT + HOUR,
    issue_node="I_3",
    comment="IC_42",
    told=("suite: the workflow `suite.yml`",),
    promised={"suite": AT + 9 * HOUR},
    rests=AT + timedelta(seconds=3),
    started=(Started(criterion="suite", at=AT, until=AT + 9 * HOUR, run=8841, by="ann", refused="no"),),
    awaits=(Awaiting(criterion="suite", what="the workflow `suite.yml`", until=AT + 9 * HOUR),),
    announced=Announced(until=AT + 24 * HOUR, at=AT, since=(AT, 41), comment="IC_42", reporter="carol"),
    since=(AT, 41),
)
SIGHTING = Sighting(criterion="suite", observed="98.7", place="main", url="https://x.test/1", sha="a" * 40, at=AT)
WATCHABLE = Watchable(
    subjects={"suite": Subject.BRANCH}, asks={"suite": "5d300586"}, fix=("a" * 40,), ladder=(HOUR, 24 * HOUR)
)
WATCH = WatchRequest(
    place=PLACE,
    root="comment:7:41:watch",
    issue_node="I_3",
    comment="IC_42",
    write="comment:7:41:comment",
    by=AT,
    due=AT + HOUR,
    ladder=(AT + HOUR, AT + 24 * HOUR),
    watchable=WATCHABLE,
    held=(SIGHTING,),
    asked=True,
    profile="hotfix",
    environment="production",
    look=3,
    tries=1,
    suspects=(SIGHTING,),
    told_apart=True,
    put_off=True,
    explained="IC_43",
)
AFTERMATH = AftermathRequest(
    place=PLACE,
    assessment="413d61516b2c33e0",
    issue_node="I_3",
    comment="IC_42",
    write="comment:7:41:comment",
    extra="One command was not understood.",
    acting=True,
    wishes=Wishes(
        acts=True,
        follow_ups=FollowUpPolicy(
            mode=FollowUpMode.FILE, link=FollowUpLink.REFERENCE, labels=("ops",), assignees=("dora",)
        ),
        record=RecordPolicy(
            mode=RecordMode.BRANCH,
            format=RecordFormat.MARKDOWN,
            learning="l/{slug}",
            summary="s/{number}",
            branch="docs",
        ),
        cross_reference=True,
        watch=WATCHABLE,
    ),
    part="tickets",
    told=2,
)
AUDIT = AuditRequest(
    place=PLACE,
    issue_node="I_3",
    root="comment:7:41:audit",
    by="ann",
    limit=50,
    since=AT,
    cut=True,
    comment="IC_42",
    batch=3,
    edits=2,
    shown=5,
    silent=1,
    wanted=900,
)
PROMISE = PromiseRequest(
    place=PLACE,
    pull=12,
    environments=("production",),
    due=AT + HOUR,
    look=2,
    rests=AT,
    held=True,
    note="IC_44",
    until=AT + 9 * HOUR,
)

KEPT: dict[str, Request] = {
    "command": COMMAND,
    "merge": MergeRequest(place=PLACE, merged_by="bob"),
    "linked": LINKED,
    "push": PushRequest(place=PLACE, head="a" * 40, look=1),
    "waiver-end": WAIVER_END,
    "forget": ForgetRequest(place=PLACE, at=AT),
    "guard": GUARD,
    "again-command": AgainRequest(errand=ERRAND, command=COMMAND),
    "again-linked": AgainRequest(errand=ERRAND, linked=LINKED),
    "again-waiver-end": AgainRequest(errand=ERRAND, waiver_end=WAIVER_END),
    "again-guard": AgainRequest(errand=ERRAND, guard=GUARD),
    "aftermath": AFTERMATH,
    "watch": WATCH,
    "audit": AUDIT,
    "promise": PROMISE,
}
