"""A pull request was opened, or its head moved: what is to be done about the new head."""

from dataclasses import replace

from bot.commands.lint import lint
from bot.commands.merge import Settling
from bot.commands.request import PushRequest, unpack
from bot.commands.route import preview_job
from bot.commands.tools import Tools
from bot.engine import Turn


async def pushed(turn: Turn, tools: Tools, *, settling: Settling) -> None:
    """The handler of `pull.v1`. The preview is a job of its own, and waits until GitHub has tried the merge."""
    job = preview_job(f"{turn.job.id}:preview", unpack(turn.job.payload, PushRequest))
    await turn.submit(replace(job, delay=settling.pause))
    await lint(turn, tools)
