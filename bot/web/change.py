"""The change behind an assessment as rows for its page: what was measured, apart from what the policy states."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.assessment.amounts import amounts
from bot.assessment.document import Assessment, Metrics
from bot.assessment.lead_times import in_words

Row = tuple[str, str]


def measured(assessment: Assessment) -> tuple[Row, ...]:
    """What GitHub shows of the change; only what was measured."""
    metrics = assessment.metrics
    return () if metrics is None else (*_size(metrics), *_times(metrics))


def stated(assessment: Assessment) -> tuple[Row, ...]:
    """What the maintainers state about the business."""
    impact = assessment.impact
    if impact is None:
        return ()
    said = (("Segment", impact.segment), ("Goal", impact.goal), ("Revenue", impact.revenue), ("Value", impact.value))
    return tuple((word, text) for word, text in said if text and text.strip())


def _size(metrics: Metrics) -> Iterator[Row]:
    said = amounts(metrics)
    if metrics.pull_requests:
        yield "Pull requests", " ".join(f"#{number}" for number in metrics.pull_requests)
    if said.commits is not None:
        yield "Commits", said.commits.words
    if said.files is not None:
        yield "Files", said.files.words
    if metrics.additions is not None and metrics.deletions is not None:
        yield "Lines", f"+{metrics.additions:,} −{metrics.deletions:,}"
    if said.breaking is not None:
        markers = f": {' · '.join(metrics.breaking)}" if metrics.breaking else ""
        yield "Breaking-change markers", f"{said.breaking.words}{markers}"


def _times(metrics: Metrics) -> Iterator[Row]:
    environment = metrics.environment or "an environment"
    moments = (
        ("Opened", metrics.opened_at),
        ("First commit", metrics.first_commit_at),
        ("Merged", metrics.merged_at),
        (f"First deployed to {environment}", metrics.first_deployed_at),
        (f"Runs in {environment} since", metrics.deployed_at),
        ("Closed", metrics.closed_at),
    )
    for word, at in moments:
        if at is not None:
            yield word, _moment(at)
    if metrics.deployed_at is None and metrics.environment:
        yield "Runs in", metrics.environment
    for took in in_words(metrics, environment):
        yield "Took", took


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
