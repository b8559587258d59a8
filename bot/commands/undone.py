"""We have opened an issue again, for it came back: the answer that had closed it does not keep saying that it did.

Rules:
1. It is written anew from its document, which says so from then on; a line leads to what was found.
2. An answer without a document that can be read only gets that line.
"""

from dataclasses import replace

from bot.assessment.document import Done
from bot.commands.added import instead_of_looks
from bot.commands.amending import answer_of, write_over
from bot.commands.calling_off import document_of
from bot.commands.outlived import fold_promise
from bot.commands.request import WatchRequest
from bot.commands.rewriting import rewrite
from bot.commands.tools import Tools
from bot.commands.watch_end import remember_end
from bot.engine import Json


async def say_undone(tools: Tools, request: WatchRequest, done: Done, line: str) -> Json:
    """The watch has ended with this, as the line (Markdown of ours) says: None, or why the answer does not say so.

    Raises `StoreUnavailable`.
    """
    await remember_end(tools, request, line)
    trouble = await fold_promise(tools, request)
    answer = await answer_of(tools, request)
    if isinstance(answer, str):
        return answer
    told = await document_of(tools, request.place, answer)
    body = instead_of_looks(answer.body, line)
    if told is None:
        return await write_over(tools, request.place, answer, body) or trouble
    undone = told if done in told.actions else replace(told, actions=(*told.actions, done))
    return await rewrite(tools, request.place, replace(answer, body=body or answer.body), told, undone) or trouble
