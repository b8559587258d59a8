"""An issue was closed as not planned, or as a duplicate, while its answer waited: that ends it, without a word.

Rules:
1. A person decided that: nothing is measured, and nothing is said in a comment of its own, now or later.
2. What stands there is written anew, so that it promises nothing any more; the label of what is on its way comes off.
"""

from bot.assessment.markdown import prose
from bot.commands.calling_off import CallingOff, call_off, unlabel
from bot.commands.looked import SetAside
from bot.commands.request import AgainRequest, Errand
from bot.commands.tools import Tools
from bot.commands.traces import SLACK
from bot.engine import Turn


async def end_silently(turn: Turn, tools: Tools, request: AgainRequest, aside: SetAside) -> None:
    """Nothing goes on. Raises `bot.engine.Later` and `bot.github.errors.Unavailable`."""
    place, errand = request.place, request.errand
    off = await turn.step("unlabel", lambda: unlabel(tools, place))
    calling = CallingOff(
        answers=_answers(errand),
        since=errand.begun - SLACK,
        why=f"{aside.text}, so the closing that I had announced is called off",
        line=f"**No longer waited for** · {prose(aside.text, 200)}.",
        ended=aside.text,
        unlabelled=None if off is None else str(off),
    )
    await turn.step("call off", lambda: call_off(tools, place, calling))


def _answers(errand: Errand) -> tuple[str, ...]:
    """Our answer, and the one that had announced the closing (node ids)."""
    announced = () if errand.announced is None else (errand.announced.comment,)
    return tuple(dict.fromkeys((errand.comment, *announced)))
