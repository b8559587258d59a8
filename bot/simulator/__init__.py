"""A stateful GitHub over HTTP: test double, world of the demo, and a tool for users.

It speaks HTTP and JSON and shares no code with the rest of the project, so that a mistake in
our models cannot be hidden by the same mistake in the fake. Git data come from real repositories.
"""
