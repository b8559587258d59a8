"""How things look in REST answers and webhooks; each function turns one entity into JSON."""
