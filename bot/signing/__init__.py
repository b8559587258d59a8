"""The operator's signature under what leaves: ed25519 keys, and envelopes that carry a statement with its signatures.

The only part of the program that signs for others to check without asking us. It has no I/O: keys come in as text.
"""
