"""The post of everybody in the story: a mail server that keeps what it is given."""

import contextlib
import email
import email.policy
import re
import socketserver
import threading
import time
from dataclasses import dataclass

HREF = re.compile(r'href="([^"]+)"')


@dataclass(frozen=True)
class Letter:
    """An e-mail as the one who gets it sees it."""

    sender: str
    to: str
    subject: str
    html: str
    attachments: tuple[str, ...]

    def link(self, part: str) -> str:
        """Return the first link whose address has a part in it."""
        found = [url.replace("&amp;", "&") for url in HREF.findall(self.html)]
        fitting = [url for url in found if part in url]
        assert fitting, f"no link with {part} in “{self.subject}”: {found}"
        return fitting[0]


class Postbox:
    """All letters, in the order in which they came."""

    def __init__(self):
        self.letters: list[Letter] = []
        self.port = 0

    def keep(self, content: bytes) -> None:
        """Keep a message as it came over the wire."""
        message = email.message_from_bytes(content, policy=email.policy.default)
        html = message.get_body(("html", "plain"))
        names = [part.get_filename() or "" for part in message.iter_attachments()]
        self.letters.append(
            Letter(
                str(message["From"]),
                str(message["To"]),
                str(message["Subject"]),
                html.get_content() if html else "",
                tuple(names),
            )
        )

    def of(self, address: str, subject: str = "") -> list[Letter]:
        """Return the letters to an address, with words in the subject."""
        return [x for x in self.letters if address in x.to and subject in x.subject]

    def wait(self, address: str, subject: str, seconds: float = 30) -> Letter:
        """Return the latest letter to an address, with words in the subject."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := self.of(address, subject):
                return found[-1]
            time.sleep(0.1)
        known = [(x.to, x.subject) for x in self.letters]
        raise AssertionError(f"no letter “{subject}” to {address}: {known}")


class Carrier(socketserver.StreamRequestHandler):
    """One delivery: as much of SMTP as Odoo speaks."""

    def handle(self) -> None:
        """Take letters until the other side says good-bye."""
        self.say("220 story")
        while line := self.rfile.readline():
            word = line[:4].strip().upper()
            if word == b"DATA":
                self.say("354 go on")
                self.server.postbox.keep(self.take())
                self.say("250 kept")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def take(self) -> bytes:
        """Return a message, to the line with a lone dot."""
        lines = []
        while (line := self.rfile.readline()) and line != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, text: str) -> None:
        """Answer."""
        self.wfile.write(f"{text}\r\n".encode())


class PostOffice(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine."""

    allow_reuse_address = True
    daemon_threads = True


@contextlib.contextmanager
def postbox():
    """Keep a mail server running; give the box that its letters fall into."""
    box = Postbox()
    with PostOffice(("127.0.0.1", 0), Carrier) as office:
        office.postbox = box
        box.port = office.server_address[1]
        thread = threading.Thread(target=office.serve_forever, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            office.shutdown()
