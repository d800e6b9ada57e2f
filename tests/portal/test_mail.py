from io import StringIO

from django.core.mail import EmailMessage

from portal.mail import TerminalBackend


def test_long_line_is_printed_whole():
    link = "https://portal.example.org/" + "x" * 200
    out = StringIO()
    letter = EmailMessage("Grüße", f"Öffne\n{link}", to=["anna@example.org"])
    TerminalBackend(stream=out, alias="default").send_messages([letter])

    printed = out.getvalue().splitlines()
    assert link in printed
    assert "To: anna@example.org" in printed and "Subject: Grüße" in printed
