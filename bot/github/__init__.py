"""The typed gateway to GitHub: the only importer of gidgethub."""
