"""Everything that a chapter of the story has at hand."""

import contextlib
from pathlib import Path

from ..screenshots import server
from ..screenshots.chromium import browser
from . import dates, shop
from .album import Album
from .person import Person
from .postbox import Letter, Postbox, postbox
from .rpc import Rpc

MAIL_QUEUE = "mail.ir_cron_mail_scheduler_action"


class Scene:
    """One shop with its people, their post, and the calendar."""

    def __init__(self, database: str, address: str, box: Postbox, album: Album, tabs):
        self.database = database
        self.address = address
        self.postbox = box
        self.album = album
        self.open_tab = tabs
        self.rpc = Rpc(address, database, "admin")
        self.people: dict[str, Person] = {}
        # What a later chapter and the test have to know: numbers and ids.
        self.facts: dict = {}

    def who(self, login: str | None) -> Person:
        """Return somebody at their screen; they log in the first time."""
        if login not in self.people:
            self.people[login] = Person(self.open_tab(), self.address, login)
        return self.people[login]

    def picture(self, person: Person, name: str, caption: str) -> None:
        """Put what somebody sees into the album."""
        self.album.add(person.picture(), name, caption)

    def leave_traces(self) -> None:
        """Keep what everybody sees, for whoever looks into a failure."""
        for login, person in self.people.items():
            path = self.album.folder / f"failed-{login}.png"
            path.write_bytes(person.tab.picture())

    def pass_days(self, days: int) -> None:
        """Let days go by."""
        dates.pass_days(self.database, days)

    def letter(self, address: str, subject: str = "") -> Letter:
        """Return the latest e-mail to somebody, once the waiting ones have left."""
        if not self.postbox.of(address, subject):
            self.run_jobs(MAIL_QUEUE)
        return self.postbox.wait(address, subject)

    def run_jobs(self, *names: str) -> None:
        """Let the scheduled actions run that run by themselves in between."""
        for name in names:
            self.rpc.run_job(name)


@contextlib.contextmanager
def stage(database: str, folder: Path):
    """Set the scene: a server on a database, a browser, a mail server and a shop."""
    with contextlib.ExitStack() as stack:
        box = stack.enter_context(postbox())
        options = (f"--smtp-port={box.port}", "--smtp=127.0.0.1")
        address = stack.enter_context(server.running(database, *options))
        tabs = stack.enter_context(browser())
        scene = Scene(database, address, box, Album(folder), tabs)
        shop.open_shop(scene)
        yield scene


def play(database: str, folder: Path, chapters, after=None) -> Path:
    """Play chapters in a browser; return the page that tells them by pictures.

    :param database: with the addons, and nothing else in it
    :param after: called with each chapter and the scene, once it has been played
    """
    with stage(database, folder) as scene:
        for chapter in chapters:
            scene.album.begin(chapter)
            try:
                chapter.play(scene)
            except Exception:
                scene.leave_traces()
                raise
            if after:
                after(chapter, scene)
        return scene.album.close()
