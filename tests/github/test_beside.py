"""Readers of many issues that were seen at one head."""

import asyncio
from dataclasses import replace

import pytest

from bot.github.models import IssueNumber

from . import answers
from .stand_in import StandIn, session
from .test_reader import OLD, OTHER, Repository


async def test_they_share_what_they_read() -> None:
    """What they ask at the same moment is one request, and what one has read the other need not."""
    repository = Repository({OTHER: answers.commit(OTHER), 7: answers.pull()})
    async with session(StandIn().graphql(repository)) as shop:
        snapshot = await shop.snapshot(3)
        reader = shop.reader(snapshot)
        beside = reader.beside(replace(snapshot, issue=replace(snapshot.issue, number=IssueNumber(4))))
        async with asyncio.TaskGroup() as group:
            group.create_task(reader.commit(OTHER))
            group.create_task(beside.pull(7))
        await beside.commit(OTHER)
        assert len(repository.batches) == 1
        with pytest.raises(ValueError, match="not seen at the same commit"):
            reader.beside(replace(snapshot, head=OLD))
