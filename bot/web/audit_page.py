"""An audit as one page that stands alone: no script, nothing from elsewhere, in light and dark, on paper too."""

from bot.assessment.audit import Audit, Standing
from bot.assessment.audit_text import closers, headline, left_out, notes, nothing, percent, rate_of, reason
from bot.web.audit_plot import described, plot
from bot.web.pages import templates

_WORDS = {
    Standing.HOLDS: "holds",
    Standing.HOLDS_NOT: "does not hold",
    Standing.UNCHECKED: "cannot be checked",
}


def audit_page(audit: Audit) -> str:
    """The page as HTML."""
    return (
        templates()
        .get_template("audit.html")
        .render(
            audit=audit,
            words=_WORDS,
            headline=headline(audit),
            rate=rate_of(audit.truth),
            percent=percent,
            reason=reason,
            nothing=nothing(audit),
            left_out=left_out(audit),
            notes=(*notes(audit), *((left_out(audit),) if left_out(audit) else ())),
            closers=closers(audit),
            plot=plot(audit.months),
            described=described(audit.months),
        )
    )
