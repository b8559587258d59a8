"""Which labels a repository has, as far as one look shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelNames:
    """A repository's labels, the first 100; `complete` says whether that is all."""

    names: tuple[str, ...]
    complete: bool

    def has(self, name: str) -> bool | None:
        """Is there such a label? Names have no case. None: that is not known."""
        if name.lower() in {known.lower() for known in self.names}:
            return True
        return False if self.complete else None
