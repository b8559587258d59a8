"""What waits hears a `/reopen` at an open issue."""

from datetime import timedelta

import pytest
from msgspec import structs

from bot.commands.reopen import hears
from bot.commands.request import AgainRequest, LinkedRequest
from tests.commands.test_precedence import CLOSES, ENDS, GUARD, PERSON, asks, command, waits
from tests.probes.world import NOW


@pytest.mark.parametrize(
    ("there", "minutes", "heard"),
    [
        pytest.param(asks(PERSON), 1, True, id="a-command"),
        pytest.param(asks(PERSON), -1, False, id="said-before"),
        pytest.param(asks(CLOSES), 1, True, id="a-merge"),
        pytest.param(asks(ENDS), 1, True, id="a-waivers-end"),
        pytest.param(asks(GUARD), 1, False, id="a-guard"),
        pytest.param(asks(command("/assess-resolution --only=ci")), 1, False, id="a-mere-look"),
        pytest.param(CLOSES, 1, False, id="a-merge-that-settles"),
    ],
)
def test_what_hears_it(there: AgainRequest | LinkedRequest, minutes: int, *, heard: bool) -> None:
    """An answer that waits and may close, if it is said after that was asked for."""
    said = structs.replace(command("/reopen").comment, at=NOW + timedelta(minutes=minutes))
    assert hears((waits(there),), said) is heard
