"""Git data for the simulator: always from a real repository, through git itself."""
