"""One file a kind of question; each gathers evidence and never judges."""
