"""Stored payloads: texts that want to become markup or code, and where they are put."""

from tests.security.sizes import size

# What an element made from one of them would have.
PROBE = "data-probe"
# What a template that was taken in would show for the sum in it.
SUM, RESULT = "1234321*3", "3702963"
ALL = [
    f"<script {PROBE}>alert(1)</script>",
    f"<img {PROBE} src=x onerror=alert(1)>",
    f'"><svg {PROBE} onload=alert(1)>',
    f"'><a {PROBE} href='javascript:alert(1)'>x</a>",
    f'" autofocus onfocus=alert(1) {PROBE}="',
    f"';alert(1);//{PROBE}",
    f'<div {PROBE} x-data x-init="alert(1)"></div>',
    f'" x-data x-html="alert(1)" {PROBE}="',
    f'<b {PROBE} hx-get="/admin/" hx-trigger="load">x</b>',
    f"javascript:alert(1)//{PROBE}",
    f'<iframe {PROBE} srcdoc="<script>alert(1)</script>"></iframe>',
    f"</textarea><input {PROBE} autofocus onfocus=alert(1)>",
    f"</title></script><script {PROBE}>alert(1)</script>",
    f"{{{{ {SUM} }}}}{{% debug %}} {PROBE}",
    f"${{{SUM}}} #{{{SUM}}} <%= {SUM} %> {PROBE}",
    f'=HYPERLINK("javascript:alert(1)","{PROBE}")',
    f"<style {PROBE}>*{{display:none}}</style>",
    f'<base {PROBE} href="https://evil.example/">',
    f"\u202e<form {PROBE} action=//evil.example>\u2066",
    f'<template {PROBE} x-if="alert(1)"></template><!--',
]
CHOSEN = ALL[: size("payloads")]
# For fields that are too short for one of them.
SHORT = f"<b {PROBE}>"
