"""Why GitHub would refuse: one error that REST and GraphQL each tell in their own way."""

from dataclasses import dataclass, field

Detail = dict[str, object]

NOT_ALLOWED = "Resource not accessible by integration"


@dataclass(eq=False)
class Refusal(Exception):
    """A request that GitHub answers with an error; ``status`` is REST's, ``kind`` GraphQL's."""

    status: int
    message: str
    kind: str = "UNPROCESSABLE"
    errors: tuple[Detail | str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """The message, as GitHub words it."""
        return self.message


def not_found(message: str = "Not Found") -> Refusal:
    """The thing is absent, or the asker may not see it: GitHub does not tell which."""
    return Refusal(404, message, "NOT_FOUND")


def forbidden(message: str = NOT_ALLOWED, accepted: str = "") -> Refusal:
    """The asker may see the thing but not do this to it."""
    headers = {"X-Accepted-GitHub-Permissions": accepted} if accepted else {}
    return Refusal(403, message, "FORBIDDEN", headers=headers)


def invalid(resource: str, name: str, code: str, message: str = "") -> Refusal:
    """A field that does not hold (422)."""
    detail: Detail = {"resource": resource, "field": name, "code": code}
    if message:
        detail["message"] = message
    return Refusal(422, "Validation Failed", errors=(detail,))


def unprocessable(message: str) -> Refusal:
    """A request that makes no sense here (422), told in one sentence."""
    return Refusal(422, message)
