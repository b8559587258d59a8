"""A comment's Markdown for a terminal: what GitHub hides or folds is taken out or unfolded, entities are read."""

import html
import re

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SUMMARY = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)
_TAG = re.compile(r"</?(?:details|sub|sup|br)\s*/?>")


def readable(markdown: str) -> str:
    """Markdown without HTML, for `rich.markdown`."""
    text = _COMMENT.sub("", markdown)
    text = _SUMMARY.sub(r"\n**\1**\n", text)
    return html.unescape(_TAG.sub("", text)).strip()
