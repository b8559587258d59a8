"""Claim rules for the bodies of pull requests, which say what they do in the present tense and as orders.

"Add `x.py`" in a comment is something to do; in the body of a merged pull request it is done.
"""

from bot.assessment.claim_wording import ClaimKind, Rule

_SUBJECT = (
    r"(?:<start>|\b(?:this|the) (?:PR|pull request|commit|change|patch|branch)\s+(?:also )?|\b(?:this|it)\s+(?:also )?)"
)
_ADJECTIVES = (
    r"(?:(?:the|a|an|new|old|unused|obsolete|dead|deprecated|legacy|file|module|script|now-unused|whole)\s+){0,4}"
)
_TO = r"(?:\u2192|->|=>|\bto\b|\binto\b|\bwith\b|\bby\b)"

BODY_RULES: tuple[Rule, ...] = (
    Rule(
        id="body-adds-file",
        only_in_pulls=True,
        kind=ClaimKind.FILE_PRESENT,
        wording=rf"{_SUBJECT}(?P<v>adds?|creates?|introduces?)\s+{_ADJECTIVES}<paths>(?!\s+(?:to|into|in)\s)",
        example="- Add `src/tax.py` with the rules",
        yields=("src/tax.py",),
        counter_example="- Add `dist/` to the ignore list",
        why="what a merged pull request says it adds must be there",
    ),
    Rule(
        id="body-removes-file",
        only_in_pulls=True,
        kind=ClaimKind.FILE_ABSENT,
        wording=rf"{_SUBJECT}(?P<v>removes?|deletes?|drops?)\s+{_ADJECTIVES}<paths>(?=\s*(?:[.,;)|(\u2013\u2014-]|\Z))",
        example="This PR removes `src/legacy.py`.",
        yields=("src/legacy.py",),
        counter_example="This PR removes `src/legacy.py` imports.",
        why="what a merged pull request says it removes must be gone",
    ),
    Rule(
        id="body-removes-all",
        only_in_pulls=True,
        kind=ClaimKind.PATTERN_GONE,
        wording=(
            rf"{_SUBJECT}(?P<v>(?:removes?|eliminates?|replaces?|drops?|purges?|migrates?)\s+(?:all|every|any|the last)"
            r"(?:\s+(?:remaining|existing|legacy|old|direct|of the|of|the|other|our)){0,4}"
            r"(?:\s+<uses>(?:\s+(?:of|to))?)?)\s+(?:(?:the|old|deprecated|legacy)\s+){0,3}<things>"
        ),
        example="Removes all usages of `legacy_client`",
        yields=("legacy_client",),
        counter_example="Removes one usage of `legacy_client`",
        why="what a merged pull request says it removes everywhere must be gone",
    ),
    Rule(
        id="body-renames",
        only_in_pulls=True,
        kind=ClaimKind.PATTERN_GONE,
        wording=(
            rf"{_SUBJECT}(?P<v>renames?)\s+(?:(?:the|old|our|legacy|deprecated)\s+){{0,3}}"
            rf"(?P<a><thing>)\s*{_TO}\s*(?:(?:the|new|our)\s+){{0,2}}(?P<b><thing>)"
        ),
        example="- Rename `calculateTax` to `computeTax`",
        yields=("calculateTax",),
        counter_example="- Rename `calculateTax` to `computeTax` in the cart",
        why="a renaming names the old and the new; the old must be gone, unless only a part was meant",
    ),
    Rule(
        id="body-renames-file",
        only_in_pulls=True,
        kind=ClaimKind.FILE_ABSENT,
        wording=rf"{_SUBJECT}(?P<v>renames?|moves?|replaces?)\s+{_ADJECTIVES}(?P<a><path>)\s*{_TO}\s*<path>",
        example="- Rename `conf.ini` to `settings.toml`",
        yields=("conf.ini",),
        counter_example="- Move the parser from `conf.ini` to `settings.toml`",
        why="a renamed file is not where it was",
    ),
)
