"""Malformed files: seeds made by hand, their mutations, and who judges the answers."""
