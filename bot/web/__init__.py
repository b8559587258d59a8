"""HTTP in: webhook, health and pages. It decides nothing."""
