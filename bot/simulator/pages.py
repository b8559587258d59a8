"""What a person sees at the address of an issue: enough of a page to read an answer on.

Comments may hold HTML, as on GitHub; a strict content security policy keeps scripts, images and
requests out, since nobody cleans it here.
"""

import re
from html import escape

from markdown_it import MarkdownIt

from bot.simulator.clock import stamp
from bot.simulator.entities import Comment, Issue
from bot.simulator.rest.call import Answer
from bot.simulator.world import World

PATH = re.compile(r"^/([^/]+/[^/]+)/(?:issues|pull)/(\d+)$")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
article { border: 1px solid #d0d7de; border-radius: 6px; margin: 1rem 0; padding: 0 1rem }
header { color: #59636e; padding: .6rem 0; border-bottom: 1px solid #d0d7de }
table { border-collapse: collapse } td, th { border: 1px solid #d0d7de; padding: .3rem .6rem }
code { background: #f0f2f4; padding: .1rem .3rem } .state { font-weight: 600 }
"""
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def page(world: World, path: str) -> Answer | None:
    """The page of an issue or pull request; the list of all at ``/``; None for any other path."""
    if path == "/":
        return _html("Simulated GitHub", _list(world))
    match = PATH.match(path)
    home = world.repository(match[1]) if match else None
    one = home.issues.get(int(match[2])) if match and home else None
    if one is None or one.deleted:
        return None
    return _html(f"{one.title} · {one.repository.full_name}#{one.number}", _issue(one))


def _list(world: World) -> str:
    rows = (
        f'<li><a href="/{escape(one.path)}">{escape(one.repository.full_name)}#{one.number}</a> '
        f'{escape(one.title)} · <span class="state">{_state(one)}</span></li>'
        for one in world.issues()
        if not one.deleted
    )
    return f"<ul>{''.join(rows)}</ul>"


def _issue(one: Issue) -> str:
    labels = " ".join(f"<code>{escape(name)}</code>" for name in one.label_names())
    head = f'<p><span class="state">{_state(one)}</span> {labels}</p>'
    own = _article(one.author.login, stamp(one.created_at), one.body)
    return head + own + "".join(_comment(each) for each in one.comments)


def _state(one: Issue) -> str:
    return escape(f"{one.state} as {one.state_reason}" if one.state_reason else one.state)


def _comment(one: Comment) -> str:
    reactions = " ".join(f"{each.content} by {each.author.login}" for each in one.reactions)
    when = " · ".join(each for each in (stamp(one.created_at), reactions) if each)
    whole = _article(one.author.login, when, one.body)
    return (
        f"<details><summary>{escape(one.author.login)}: outdated</summary>{whole}</details>" if one.minimized else whole
    )


def _article(author: str, when: str, body: str) -> str:
    return f"<article><header>{escape(author)} · {escape(when)}</header>{_MARKDOWN.render(body)}</article>"


def _html(title: str, body: str) -> Answer:
    head = f'<!doctype html><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    text = f"{head}<h1>{escape(title)}</h1>{body}"
    headers = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}
    return Answer(body=text.encode(), headers=headers, media_type="text/html; charset=utf-8")
