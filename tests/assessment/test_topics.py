"""Topics: probes and incoming events must spell them alike."""

import pytest

from bot.assessment import topics
from bot.assessment.evidence import Sha


@pytest.mark.parametrize(
    ("topic", "spelled"),
    [
        pytest.param(topics.workflow_run(8841), "workflow_run:8841", id="run"),
        pytest.param(topics.workflow_of(7, "suite.yml"), "workflow:7:suite.yml", id="workflow"),
        pytest.param(topics.check_suite(7, Sha("a" * 40)), f"check_suite:7:{'a' * 40}", id="suite"),
        pytest.param(topics.deployment(7, "staging"), "deployment:7:staging", id="deployment"),
        pytest.param(topics.deployed(7, "Staging"), "deployed:7:staging", id="deployed"),
        pytest.param(topics.issue_closed(7, 12), "issue_closed:7:12", id="issue"),
        pytest.param(topics.set_aside(7, 12), "set_aside:7:12", id="set-aside"),
        pytest.param(topics.issue_closed_at("Acme/Shop", 12), "issue_closed:acme/shop:12", id="issue-elsewhere"),
        pytest.param(topics.waiver(7, 12, "ci"), "waiver:7:12:ci", id="waiver"),
        pytest.param(topics.watch(7, 12), "watch:7:12", id="watch"),
        pytest.param(topics.announced(7, 12), "announced:7:12", id="announced"),
        pytest.param(topics.issue_closed_at("Acme/shop", 12), "issue_closed:acme/shop:12", id="issue-elsewhere"),
        pytest.param(topics.answered(7, 12), "answered:7:12", id="answered"),
        pytest.param(topics.confirmed(7, 12), "confirmed:7:12", id="confirmed"),
    ],
)
def test_spelled(topic: str, spelled: str) -> None:
    """Topics are stored with waiting assessments, so their spelling never changes."""
    assert topic == spelled
