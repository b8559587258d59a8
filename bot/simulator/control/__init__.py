"""The control API under ``/_sim``: people and machines act, state and records are read."""
