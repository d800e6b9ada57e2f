"""Somebody with marked texts, and every page on which these could come to stand."""
