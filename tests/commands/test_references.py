"""When notes on related issues are owed."""

import pytest

from bot.assessment.document import Related
from bot.commands.references import is_owed
from bot.commands.request import AftermathRequest, Place, Wishes
from tests.assessment.samples import assess, finding


@pytest.mark.parametrize(
    ("wanted", "related", "owed"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_when_they_are_owed(wanted: bool, related: bool, owed: bool) -> None:
    """Where the policy wants them, and there is an issue for one."""
    request = AftermathRequest(
        assessment="a",
        place=Place(installation=1, repository_id=7, owner="octo", name="shop", number=12),
        issue_node="I",
        comment="C",
        write="w",
        extra="",
        acting=False,
        wishes=Wishes(cross_reference=wanted),
    )
    found = (Related(issue=3, shares="x"),) if related else ()
    assert is_owed(request, assess((finding(),), related=found)) is owed
