"""The web side as one ASGI application: deliveries in, pages out. Decides nothing."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.pages import PageDeps, pages
from bot.web.webhook import Intake, webhook

WEBHOOK_PATH = "/webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDeps:
    """Everything that the web side gets from outside."""

    intake: Intake
    pages: PageDeps


def create_web(deps: WebDeps) -> ASGIApp:
    """The application. The webhook stands before the framework's routing, which would cost more than its work."""
    deliveries = webhook(deps.intake)
    others = pages(deps.pages)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == WEBHOOK_PATH:
            await deliveries(scope, receive, send)
        else:
            await others(scope, receive, send)

    return app
