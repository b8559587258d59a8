"""Claim rules about the state of things: checks, releases, deployments, and strong statements nothing here measures."""

from bot.assessment.claim_wording import ClaimKind, Rule

_PASS = r"(?:pass(?:ed|es|ing)?|green|succeed(?:ed|s|ing)?|successful)\b(?!\s+(?:locally|on my|for me|in my))"
_SUITE = r"(?:tests?(?: suites?| cases?)?|suites?|specs?|checks?|jobs?|pipelines?|builds?|workflows?)"
_GOOD = (
    r"(?:configured|working|operational|passing|migrated|fixed|resolved|verified|validated|functional|green"
    r"|healthy|implemented"
    r"|updated|covered|restored|available)"
)
_ENVIRONMENT = (
    r"(?P<env>production|prod|staging|pre-?prod|uat|canary|live|qa)\b"
    r"(?!\s+(?:deployment|readiness|release|code|data|traffic|database|mode|builds?|config\w*))"
)

STATE_RULES: tuple[Rule, ...] = (
    Rule(
        id="tests-pass",
        needs=("pass", "green", "succe"),
        kind=ClaimKind.CHECK_PASSING,
        wording=(
            rf"\b(?P<v>(?:all|the full|the whole|the entire|every|full|entire)(?: of)?(?: the"
            rf"| our)?)\s+(?P<name>(?:(?!but\b|except\b|these\b|those\b"
            rf"|of\b)[\w/+-]{{1,30}}\s+){{0,4}}?{_SUITE})\s+(?:(?:are|is|were|have|has|now|all|still|been|run"
            rf"|runs)\s+){{0,3}}{_PASS}"
        ),
        example="Test Coverage: All mission-critical tests passing",
        yields=("mission-critical tests",),
        counter_example="All but two tests are passing.",
        why="every test of a kind is said to pass: a check of that name must be green",
    ),
    Rule(
        id="ci-green",
        needs=("pass", "green", "succe", "clean"),
        kind=ClaimKind.CHECK_PASSING,
        wording=(
            rf"(?:<start>|\b(?:the|our|and|with|that)\s|[,:]\s)(?P<v>(?P<name>CI(?:/CD)?|(?:CI )?builds?"
            rf"|(?:CI )?pipelines?|checks|tests|(?:unit |integration |e2e )?tests?(?: suite)?"
            rf"|github actions))\s+(?:(?:is|are|was|were|has|have|been|now|all|fully|again"
            rf"|runs?)\s+){{0,4}}(?:{_PASS}|clean\b)"
        ),
        example="CI is green.",
        yields=("CI",),
        counter_example="CI is red.",
        why="the build as a whole is said to pass",
    ),
    Rule(
        id="named-check-passes",
        needs=("pass", "green", "succe"),
        kind=ClaimKind.CHECK_PASSING,
        wording=(
            rf"(?P<a>[<code><path>])(?:\s+(?:check|job|workflow|suite|tests?|run|pipeline))?\s+(?:(?:is|are|now|all"
            rf"|still|also|has|have)\s+){{0,3}}(?P<v>{_PASS})(?!\s+(?:a|an|the|it|its|in|to|through|as|by|on)\b)"
        ),
        example="`websocket-events` is green.",
        yields=("websocket-events",),
        counter_example="`websocket-events` passes the token to the server.",
        why="a check named in code is said to pass",
    ),
    Rule(
        id="figure-reached",
        needs=("%",),
        kind=ClaimKind.CHECK_PASSING,
        wording=(
            r"\b(?P<name>(?:[\w-]{1,30}\s){0,2}(?P<v>compliance|coverage|(?:quality |health )?score))"
            r"(?:\s+(?:achievement|rate|level|is|at|of|now|reached|up|to|stands|currently|increased|rose|improved|score"
            r"|from \d[\d.]{0,5} ?%)){0,5}\s*[:(=|]?\s*(?:at |of )?"
            r"(?:\d{1,3}(?:\.\d{1,3})?\s?%\s*(?:\u2192|->|=>|\||to)\s*)?(?P<n>\d{1,3}(?:\.\d{1,3})?)\s?%"
            r"(?!\s?(?:\w{1,30}\s)?(?:compliance|patterns?|coverage))"
        ),
        example="SSOT Compliance Achievement (98.7%)",
        yields=("SSOT Compliance",),
        counter_example="100% SSOT compliance preserved",
        why="a figure that a check or a workflow's log can confirm",
    ),
    Rule(
        id="released-in",
        kind=ClaimKind.RELEASED,
        wording=(
            r"\b(?P<v>released|shipped|published|available|included|fixed|resolved|landed|tagged|out"
            r"|live)\s+(?:(?:in|as|with|under|since|on)\s+)?(?:the\s+)?(?:(?:new|latest|patch)\s+)?(?:(?:version"
            r"|release|tag)\s+)?<versions>(?! (?:of|rows|items))"
        ),
        example="Released in v1.4.2.",
        yields=("v1.4.2",),
        counter_example="Will be released in v1.4.2.",
        why="a version of this project is said to contain the fix",
    ),
    Rule(
        id="version-is-out",
        kind=ClaimKind.RELEASED,
        wording=r"<versions>\s+<is>(?P<v>released|published|out|tagged|live)\b(?! of)",
        example="v1.4.2 is out.",
        yields=("v1.4.2",),
        counter_example="v1.4.2 is out of date.",
        why="the version is the subject",
    ),
    Rule(
        id="deployed-to",
        needs=("prod", "staging", "uat", "canary", "live", "qa"),
        kind=ClaimKind.DEPLOYED,
        wording=(
            r"\b(?P<v>deployed|rolled out|shipped|released|live|promoted|pushed|running)\s+"
            r"(?:(?:it|this|them|and|verified|successfully|everything|the fix|already|now|version|release|in|as|with"
            r"|[<version><sha><number>])\s+){0,4}"
            rf"(?:to|on|in|into|onto)\s+(?:(?:the|our)\s+)?{_ENVIRONMENT}"
        ),
        example="Deployed to production.",
        yields=("production",),
        counter_example="Ready to be deployed to production.",
        why="the fix is said to run somewhere",
    ),
    Rule(
        id="no-more-errors",
        needs=("no more", "zero", "no new", "no remaining", "0 "),
        kind=ClaimKind.UNCHECKED,
        wording=(
            r"\b(?P<v>(?:no more|zero|no new|no remaining|0)\s+(?:[\w<quoted><code>'/-]{1,40}\s+){0,4}?(?:errors?"
            r"|warnings?|exceptions?|crashes|failures?|timeouts?|alerts?|violations?|regressions?|downtime|data loss"
            r"|breaking changes?|vulnerabilities))\b"
        ),
        example="No more `ImportError` errors",
        yields=("No more `ImportError` errors",),
        counter_example="More `ImportError` errors",
        why="what happens at run time is measured by a check or a probe, not by the code",
    ),
    Rule(
        id="none-label",
        needs=("zero", "none", "0"),
        kind=ClaimKind.UNCHECKED,
        wording=(
            r"\b(?P<v>(?:breaking changes?|regressions?|violations?|errors?|downtime|data loss"
            r"|vulnerabilities)\s?[:|]\s?(?:zero|none|0))\b"
        ),
        example="**Breaking Changes**: Zero",
        yields=("Breaking Changes: Zero",),
        counter_example="Breaking changes: see below",
        why="a figure of nought with its label",
    ),
    Rule(
        id="all-n",
        needs=("all ",),
        kind=ClaimKind.UNCHECKED,
        wording=(
            rf"\b(?P<v>all\s+(?:\d{{1,5}}|two|three|four|five|six|seven|eight|nine"
            rf"|ten)\s+(?:[\w-]{{1,30}}\s+){{1,4}}?(?:(?:are|is|were|have been|now|properly|correctly|successfully"
            rf"|fully)\s+){{0,3}}{_GOOD})\b"
        ),
        example="All 5 critical events properly configured",
        yields=("All 5 critical events properly configured",),
        counter_example="All critical events properly configured",
        why="a number of things that are all well: countable, but not by us",
    ),
    Rule(
        id="percent",
        needs=("%",),
        kind=ClaimKind.UNCHECKED,
        wording=(
            r"(?<![\d.])(?P<v>\d{1,3}(?:\.\d{1,3})?\s?%\s+(?:[\w/-]{1,30}\s+){0,5}?(?:operational|uptime|healthy"
            r"|health|restored|availab\w+|success\w*|functional|compatib\w+|complian\w+|preserved|reliab\w+"
            r"|accura\w+|covered|coverage|migrated|pass(?:ing|ed)?|faster|fewer|reduction))\b"
        ),
        example="Current system status: 99% operational",
        yields=("99% operational",),
        counter_example="Scaled the icons to 99% of their width",
        why="a figure with nothing said about where it was measured",
    ),
)
