"""The REST side: one function an operation, one table of all operations."""
