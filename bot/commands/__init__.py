"""One file a use case, readable from top to bottom as a recipe."""
