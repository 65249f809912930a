"""A headless Chromium, told what to do through its DevTools protocol."""

import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import websocket

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--lang=en-GB",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)


class PageError(Exception):
    """The page answered with an error, or never became what was waited for."""


class Chromium:
    """One tab of one browser; a private one has cookies of its own."""

    def __init__(self, port: int, path: str, private: bool = False):
        self.socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}{path}", timeout=60
        )
        self.number = 0
        options = self.call("Target.createBrowserContext") if private else {}
        target = self.call("Target.createTarget", url="about:blank", **options)
        target = target["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")

    session = None

    def call(self, method: str, **params) -> dict:
        """Send one command and wait for its answer; events are passed over."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            try:
                answer = json.loads(self.socket.recv())
            except websocket.WebSocketTimeoutException as error:
                raise PageError(f"{method}: the browser does not answer") from error
            if answer.get("method") == "Page.javascriptDialogOpening":
                self._accept_dialog()
            elif answer.get("id") == self.number:
                if "error" in answer:
                    raise PageError(f"{method}: {answer['error'].get('message')}")
                return answer["result"]

    def _accept_dialog(self) -> None:
        """Leave a page that asks whether to leave; nothing else would go on."""
        message = {"id": 0, "method": "Page.handleJavaScriptDialog"}
        message.update(params={"accept": True}, sessionId=self.session)
        self.socket.send(json.dumps(message))

    def resize(self, width: int, height: int, phone: bool = False) -> None:
        """Show pages at a size; as a phone, with touch and its own pixel ratio."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)

    def evaluate(self, script: str):
        """Return the value of a script in the page; promises are waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details["text"]
            raise PageError(text)
        return answer["result"].get("value")

    def open(self, url: str, seconds: float = 40) -> None:
        """Go to a page and wait until it is loaded."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)
        self.wait(
            "location.href !== 'about:blank' && document.readyState == 'complete'",
            seconds,
        )

    def wait(self, condition: str, seconds: float = 40) -> None:
        """Wait until a condition in the page holds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            # While the page changes there is no context to ask.
            with contextlib.suppress(PageError):
                if self.evaluate(f"!!({condition})"):
                    return
            time.sleep(0.15)
        raise PageError(f"waited {seconds:.0f} s in vain for: {condition}")

    def picture(self, transparent: bool = False, full: bool = False) -> bytes:
        """Return a PNG of what the page shows, or of the whole page."""
        if transparent:
            self.call(
                "Emulation.setDefaultBackgroundColorOverride",
                color={"r": 0, "g": 0, "b": 0, "a": 0},
            )
        answer = self.call(
            "Page.captureScreenshot", format="png", captureBeyondViewport=full
        )
        return base64.b64decode(answer["data"])

    def forget_login(self) -> None:
        """Drop the session, so that the next log-in is somebody else's."""
        self.call("Network.clearBrowserCookies")


def find() -> str:
    """Return the browser's program."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise SystemExit("No Chromium. On Debian: apt-get install chromium")


@contextlib.contextmanager
def chromium():
    """Run a browser with a profile of its own, gone afterwards; give its tab."""
    with browser() as open_tab:
        yield open_tab(private=False)


@contextlib.contextmanager
def browser():
    """Run a browser; give a function that opens tabs, each as if it were another."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [find(), *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = _address(process, Path(profile) / "DevToolsActivePort")
            yield lambda private=True: Chromium(*address, private)
        finally:
            process.terminate()
            process.wait()


def _address(process: subprocess.Popen, file: Path) -> tuple[int, str]:
    """Wait for the port that the browser has chosen."""
    for _attempt in range(300):
        if process.poll() is not None:
            raise SystemExit(f"{process.args[0]} ended with {process.returncode}.")
        lines = file.read_text().splitlines() if file.is_file() else []
        if len(lines) == 2:
            return int(lines[0]), lines[1]
        time.sleep(0.1)
    raise SystemExit(f"{process.args[0]} did not start within 30 s.")
