"""The only code that changes GitHub: look, compare, write the difference."""
