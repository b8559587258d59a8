"""The page of an audit: it stands alone, escapes everything, and draws what the numbers say."""

import re
from html.parser import HTMLParser

import pytest

from bot.assessment.audit import LeftOut, Named, Standing
from bot.web.audit_page import audit_page
from bot.web.audit_plot import HEIGHT, WIDTH, Plot, described, plot
from tests.assessment.audits import CARRIED, HOLDS, HOLDS_NOT, UNCHECKED, audit, closing, entry

FAILED = entry(2, HOLDS_NOT, day=40, reasons=(CARRIED,), remains=("ann says that work remains",), failing=1.0)
SILENT = entry(3, UNCHECKED, day=80, why="nothing speaks for it")
HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}\u202e'


class Elements(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_it_stands_alone() -> None:
    """Nothing is loaded from anywhere, and no script runs."""
    page = audit_page(audit(entry(1), FAILED, SILENT))
    elements = Elements(page).found
    assert not {tag for tag, _ in elements} & {"script", "link", "img", "iframe", "object", "embed"}
    assert not re.search(r"url\(|@import", page)
    outside = [attrs for tag, attrs in elements if tag != "a" and (attrs.get("href") or attrs.get("src"))]
    assert outside == []


def test_everything_is_on_it() -> None:
    """The numbers, the plot, the worst, every issue with its reasons, who closed, how to read it."""
    page = audit_page(audit(entry(1), FAILED, SILENT, left_out=LeftOut(duplicate=(9,))))
    for said in ("50.0 %", "<svg", "The worst", "no such commit", "nothing speaks for it", "work remains", "by people"):
        assert said in page
    assert "1 as duplicates (#9)" in page
    assert len([tag for tag, _ in Elements(page).found if tag == "tr"]) == 4


def test_a_page_of_nothing_says_so() -> None:
    """Without numbers, and without a policy that was not read."""
    page = audit_page(audit(policy=None, policy_source=None))
    assert "No issue was closed as completed there" in page
    assert not any(said in page for said in ("closure truth rate", "Who closed", "None"))


def test_it_filters_by_standing_without_a_script() -> None:
    """A choice for each standing hides the rows of the others."""
    page = audit_page(audit(entry(1), FAILED, SILENT))
    choices = {attrs.get("id") for tag, attrs in Elements(page).found if tag == "input"}
    assert choices == {"only-all", *(f"only-{one}" for one in Standing)}
    assert all(f"#only-{one}:checked ~ table tbody tr:not(.{one})" in page for one in Standing)


def test_nothing_foreign_comes_alive() -> None:
    """Titles, logins, quotes, reasons and links are text."""
    named = Named(number=1, title=HOSTILE, url="javascript:alert(1)")
    one = entry(1, HOLDS_NOT, issue=named, closing=closing(by=HOSTILE), why=HOSTILE, remains=(HOSTILE,))
    page = audit_page(audit(one, repository=HOSTILE, policy_source=HOSTILE, not_asked=(HOSTILE,)))
    assert not {tag for tag, _ in Elements(page).found} & {"script", "a"}
    assert "javascript:" not in page
    assert ("49" in page, "\u202e" in page) == (False, False)


def drawn(*days: tuple[int, Standing]) -> Plot:
    """Entries by day."""
    return plot(audit(*(entry(at, one, day=day) for at, (day, one) in enumerate(days))).months)


def test_a_month_without_a_share_breaks_the_line() -> None:
    """Two runs; the months between are there, with what could not be checked as a bar."""
    made = drawn((0, HOLDS), (31, HOLDS_NOT), (59, UNCHECKED), (90, HOLDS))
    assert [len(run.dots) for run in made.runs] == [2, 1]
    assert [bar.standing for bar in made.bars] == [HOLDS, HOLDS_NOT, UNCHECKED, HOLDS]
    assert [one.text for one in made.months] == ["2026-01", "2026-02", "2026-03", "2026-04"]


def test_heights_are_shares() -> None:
    """All is at the top, none at the bottom; a band is as high as its interval, also over one month."""
    made = drawn((0, HOLDS), (31, HOLDS_NOT))
    high, low = (one.y for one in made.runs[0].dots)
    assert (high, low) == (made.grid[2].y, made.grid[0].y)
    assert len(drawn((0, HOLDS)).runs[0].band.split()) == 4


@pytest.mark.parametrize("months", [1, 2, 13, 40, 200])
def test_all_of_it_fits(months: int) -> None:
    """However many months there are, nothing leaves the drawing, and not more labels than can be read."""
    made = drawn((0, HOLDS), (30 * months, HOLDS_NOT))
    assert len(made.months) <= 12
    assert all(0 <= bar.x <= bar.x + bar.width <= WIDTH and 0 <= bar.y <= HEIGHT for bar in made.bars)
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for run in made.runs for dot in run.dots)


def test_it_is_told_in_words_as_well() -> None:
    """For whoever does not see it."""
    assert "2026-01 100.0 % (1 of 1" in described(audit(entry(1)).months)
    assert described(audit(entry(1, UNCHECKED)).months).endswith("nothing checked")
    assert drawn().runs == ()
