"""Looking for patterns in a whole repository at a commit, read as a stream: nothing is unpacked, nothing is run."""
