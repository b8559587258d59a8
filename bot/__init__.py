"""A GitHub App that closes issues on evidence."""
