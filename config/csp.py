"""The style elements that the pages may hold, by the hashes of their texts.

A test compares them with what the theme draws, and says which hash is missing.
"""

STYLE_ELEMENTS = [
    # The colours of config/unfold.py, written into each page by the theme.
    "'sha256-pUaKWRsr2Jxqui/C9WPWk5cf04q5d+qNBFPD4wOuhVQ='",
    # Hides htmx's indicators; htmx adds it when it starts.
    "'sha256-bsV5JivYxvGywDAZ22EZJKBFip65Ng9xoJVLbBg7bdo='",
]
