"""Policy file to frozen Policy: every fault with path, line, column and a suggestion."""
