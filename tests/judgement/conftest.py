"""One court for a whole run, so that a history is made once."""

import pytest

from tests.judgement.court import Court


@pytest.fixture(scope="session")
def court(tmp_path_factory: pytest.TempPathFactory) -> Court:
    """The court."""
    return Court(tmp_path_factory.mktemp("histories"))
