"""We have opened an issue again, for it came back: the answer that had closed it does not keep saying that it did.

Rules:
1. It is written anew from its document, which says so from then on; a line leads to what was found.
2. An answer without a document that can be read only gets that line.
"""

from dataclasses import replace

from bot.assessment import codec
from bot.assessment.document import Assessment, Done
from bot.assessment.report import render
from bot.commands.added import instead_of_looks
from bot.commands.amending import answer_of, write_over
from bot.commands.below import below
from bot.commands.calling_off import document_of
from bot.commands.outlived import fold_promise
from bot.commands.request import WatchRequest
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
    body = instead_of_looks(answer.body, line) or answer.body
    told = await document_of(tools, request.place, answer)
    if told is None:
        return await write_over(tools, request.place, answer, body) or trouble
    undone = told if done in told.actions else replace(told, actions=(*told.actions, done))
    await tools.archive.save(undone.id, undone.repository, undone.issue, codec.encode(undone), undone.finished_at)
    rest = below(body, _text(tools, told, marker="").rpartition("\n")[2])
    return await write_over(tools, request.place, answer, _text(tools, undone, marker=rest)) or trouble


def _text(tools: Tools, told: Assessment, *, marker: str) -> str:
    return render(told, evidence_url=tools.evidence_url(told.id, told.finished_at), marker=marker)
