"""What the pages may load and run."""

from django.utils.csp import CSP

# By the hashes of their texts. A test compares them with what the theme draws, and says
# which hash is missing.
STYLE_ELEMENTS = [
    # The colours of config/unfold.py, written into each page by the theme.
    "'sha256-pUaKWRsr2Jxqui/C9WPWk5cf04q5d+qNBFPD4wOuhVQ='",
    # Hides htmx's indicators; htmx adds it when it starts.
    "'sha256-bsV5JivYxvGywDAZ22EZJKBFip65Ng9xoJVLbBg7bdo='",
]

# The theme's Alpine needs unsafe-eval, and it writes style attributes; no inline script
# runs, and no style element but those named here.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF],
    "style-src-elem": [CSP.SELF, *STYLE_ELEMENTS],
    "style-src-attr": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
