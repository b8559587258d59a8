"""The guarded way out to the network: the only place where a probe's socket is opened."""
