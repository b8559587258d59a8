"""The flags that an assessment was asked for with."""

import pytest

from bot.assessment.evidence import CriterionId
from bot.assessment.trigger import Flags
from bot.commands.flags import flags_again, flags_in
from tests.commands.test_precedence import CLOSES, asks, command


@pytest.mark.parametrize(
    ("body", "flags"),
    [
        ("/assess-resolution", Flags()),
        ("Done.\n\n/assess-resolution one --no-close", Flags(profile="one", no_close=True)),
        ("/assess-resolution --only=ci", Flags(only=(CriterionId("ci"),))),
        ("/assess-resolution --dry-run", Flags(dry_run=True)),
        ("nothing", Flags()),
    ],
)
def test_the_flags_of_a_comment(body: str, flags: Flags) -> None:
    """Whether it is asked now or goes on."""
    assert (flags_in(command(body)), flags_again(asks(command(body)))) == (flags, flags)


def test_a_merge_has_no_flags() -> None:
    """Only commands have."""
    assert flags_again(asks(CLOSES)) == Flags()
