from io import StringIO

from django.core.mail import EmailMessage

from portal.mail import FolderBackend, TerminalBackend


def test_long_line_is_printed_whole():
    link = "https://portal.example.org/" + "x" * 200
    out = StringIO()
    letter = EmailMessage("Grüße", f"Öffne\n{link}", to=["anna@example.org"])
    TerminalBackend(stream=out, alias="default").send_messages([letter])

    printed = out.getvalue().splitlines()
    assert link in printed
    assert "To: anna@example.org" in printed and "Subject: Grüße" in printed


def test_letters_in_a_folder_are_for_nobody_elses_eyes(tmp_path):
    folder = tmp_path / "letters"
    letter = EmailMessage("Hi", "https://p.org/secret", to=["anna@example.org"])
    FolderBackend(file_path=str(folder), alias="default").send_messages([letter])

    [file] = folder.iterdir()
    assert "https://p.org/secret" in file.read_text()
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )


def test_several_letters_of_one_connection_are_one_file(tmp_path):
    letter = EmailMessage("Hi", "Hello", to=["anna@example.org"])
    mail = FolderBackend(file_path=str(tmp_path), alias="default")
    mail.open()
    mail.send_messages([letter])
    mail.send_messages([letter])
    mail.close()

    [file] = tmp_path.iterdir()
    assert file.read_text().count("Subject: Hi") == 2
