"""What is asked where a repository has no policy, or one without criteria: what every repository can answer.

The claims in the closing statement are asked beside these; they are found, not written down.
"""

from bot.assessment.evidence import Criterion, CriterionId
from bot.probes.check import CheckParams
from bot.probes.contract import Question
from bot.probes.issue import IssueParams
from bot.probes.pull import PullParams
from bot.probes.tasks import TasksParams

QUESTIONS: tuple[Question, ...] = (
    Question(
        criterion=Criterion(
            id=CriterionId("pulls"),
            title="The closing pull requests are merged and stand",
            category="Delivery",
            kind="pull",
        ),
        params=PullParams(if_any=True),
    ),
    Question(
        criterion=Criterion(
            id=CriterionId("ci"),
            title="CI is green at the head of the default branch",
            category="Tests",
            kind="check",
        ),
        params=CheckParams(),
    ),
    Question(
        criterion=Criterion(
            id=CriterionId("tasks"),
            title="The task list is complete",
            category="Scope",
            kind="tasks",
        ),
        params=TasksParams(),
    ),
    Question(
        criterion=Criterion(
            id=CriterionId("sub-issues"),
            title="The sub-issues are closed",
            category="Scope",
            kind="issue",
        ),
        params=IssueParams(sub_issues=True),
    ),
    Question(
        criterion=Criterion(
            id=CriterionId("blockers"),
            title="No issue blocks this one",
            category="Scope",
            kind="issue",
        ),
        params=IssueParams(blockers=True),
    ),
)
