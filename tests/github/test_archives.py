"""Logs as GitHub packs them: the wanted job's, bounded, and nothing for what is broken."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from bot.github.archives import LARGEST_LOG, goes_by, unpacked
from bot.github.errors import Unavailable
from bot.github.models import Unknown


def packed(**files: bytes) -> bytes:
    """An archive; `__` stands for `/` and `_txt` for the ending."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_txt", ".txt"), text)
    return made.getvalue()


ARCHIVE = packed(**{"0_build_txt": b"b\n", "1_test  a_txt": b"t\n", "build__1_Set up_txt": b"step\n"})


@pytest.mark.parametrize(
    ("job", "found"),
    [
        pytest.param(None, ["b\n", "t\n"], id="all"),
        pytest.param("build", ["b\n"], id="by name"),
        pytest.param("test / a", ["t\n"], id="a slash is lost in file names"),
        pytest.param("test*", ["t\n"], id="star"),
        pytest.param("buil", [], id="names are whole"),
    ],
)
async def test_logs_by_job(job: str | None, found: list[str]) -> None:
    """One log a job; the folders of steps hold the same again."""
    logs = await unpacked(ARCHIVE, job)
    assert isinstance(logs, tuple)
    assert [log.text.decode() for log in logs] == found


async def test_steps_where_there_is_no_whole_log() -> None:
    """In the order of the steps, not of their names."""
    logs = await unpacked(packed(job__10_b_txt=b"2", job__9_a_txt=b"1"), None)
    assert isinstance(logs, tuple)
    assert [(log.job, log.text) for log in logs] == [("job", b"12")]


async def test_the_end_of_a_long_log_is_kept() -> None:
    """Programs print their result last."""
    logs = await unpacked(packed(**{"0_build_txt": b"x" * (LARGEST_LOG + 5) + b"end"}), None)
    assert isinstance(logs, tuple)
    assert (len(logs[0].text), logs[0].text[-3:], logs[0].cut) == (LARGEST_LOG, b"end", True)


async def test_logs_too_large_to_keep() -> None:
    """A bomb is not unpacked to its end."""
    bomb = packed(**{f"{n}_job {n}_txt": bytes(12 << 20) for n in range(8)})
    assert isinstance(await unpacked(bomb, None), Unknown)
    assert isinstance(await unpacked(bomb, "job 3"), tuple)


@pytest.mark.parametrize(
    "broken",
    [b"", b"PK nonsense", ARCHIVE[:40], ARCHIVE[:60] + ARCHIVE[90:]],
    ids=["empty", "nonsense", "cut", "a-hole"],  # an archive holds the time: as an id, it would change
)
async def test_broken_archives(broken: bytes) -> None:
    """Not the bytes that an archive has."""
    with pytest.raises(Unavailable):
        await unpacked(broken, None)


@pytest.mark.parametrize(
    ("spelled", "job", "same"),
    [
        ("Build (3.11, linux)", "build (3.11, linux)", True),
        ("a" * 90, "a" * 100, True),
        ("a" * 20, "a" * 30, False),
        ("build", "test", False),
    ],
)
def test_names(spelled: str, job: str, same: bool) -> None:
    """Letters and digits count; what was cut is known by its beginning."""
    assert goes_by(spelled, job) is same
