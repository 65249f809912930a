"""Somebody at a screen: sees, clicks, types. Every click is a real one, and counted."""

import contextlib
import json
import time

from ..screenshots import server
from ..screenshots.chromium import Chromium, PageError
from ..screenshots.images import compress
from ..screenshots.still import STILL

SIZE = (1366, 768)
PATIENCE = 60  # seconds, on a busy machine
# What can be seen, in the page and in the windows that live in it (the chat).
SEEN = """
    const roots = [document];
    for (const root of roots) {
        for (const e of root.querySelectorAll('*')) {
            if (e.shadowRoot) roots.push(e.shadowRoot);
        }
    }
    const seen = roots.flatMap(root => [...root.querySelectorAll(%s)]).filter(
        e => e.checkVisibility({visibilityProperty: true})
            && %s.every(t => e.textContent.replace(/\\s+/g, ' ').includes(t))
    );
"""
# Where to click: the middle of the first that is not covered by something else.
POINT = """
(() => {
    if (window.storyBusy) return null;
    %s
    // Nearest leaves the page as it is; what sticks to its top may cover it then.
    for (const block of ['nearest', 'center']) for (const e of seen) {
        e.scrollIntoView({block, inline: 'nearest', behavior: 'instant'});
        const box = [...e.getClientRects()].find(b => b.width && b.height);
        if (!box) continue;
        const x = box.x + box.width / 2, y = box.y + box.height / 2;
        let top = document.elementFromPoint(x, y);
        while (top && top.shadowRoot) top = top.shadowRoot.elementFromPoint(x, y);
        if (top && (e.contains(top) || top.contains(e))) return [x, y];
    }
    return null;
})()
"""
# How many questions to the server are not answered yet: what they bring moves things.
BUSY = """
    window.storyBusy = 0;
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function () {
        window.storyBusy++;
        this.addEventListener('loadend', () => window.storyBusy--);
        return send.apply(this, arguments);
    };
"""
COUNT = "(() => { %s return seen.length; })()"
TEXT = "(() => { %s return seen.map(e => e.innerText).join('\\n'); })()"
VALUE = "(() => { %s return seen[0]?.value; })()"
SELECT_ALL = "document.activeElement?.select?.(); 0"
TROUBLE = "document.querySelector('.o_error_dialog')?.innerText"
QUIET = """{
    const style = document.createElement('style');
    style.textContent = '*{caret-color:transparent!important}';
    document.head.append(style);
} 0
"""


def _find(selector: str, *texts: str) -> str:
    """Return the script that finds what can be seen and has all these texts in it."""
    return SEEN % (json.dumps(selector), json.dumps(texts))


class Person:
    """One of the people: a browser of their own, logged in or not."""

    def __init__(self, tab: Chromium, address: str, login: str | None):
        self.tab = tab
        self.address = address
        self.login = login
        self.clicks = 0
        tab.resize(*SIZE)
        tab.call("Emulation.setFocusEmulationEnabled", enabled=True)
        tab.call("Page.addScriptToEvaluateOnNewDocument", source=BUSY)
        if login:
            # Not into the web client: who leaves that too early finds a store of the
            # browser locked for good.
            server.log_in(tab, address, login, "/my")

    # --- Looking ---

    def open(self, path: str, ready: str) -> None:
        """Go to a page and wait for what has to be there."""
        url = path if "://" in path else f"{self.address}{path}"
        # The first who comes waits until the server has made its scripts and styles.
        self.tab.open(url, seconds=240)
        try:
            self.see(ready)
        except PageError:
            # A page that stays white is asked for once more, as people do.
            self.tab.open(url, seconds=240)
            self.see(ready)

    def see(self, selector: str, text: str = "", seconds: float = PATIENCE) -> str:
        """Wait for something that can be seen; return its text."""
        seen = _find(selector, text)
        try:
            self.tab.wait(COUNT % seen, seconds)
        except PageError as error:
            raise PageError(self._explain(selector, text)) from error
        return self.tab.evaluate(TEXT % seen)

    def gone(self, selector: str, text: str = "") -> None:
        """Wait until something cannot be seen any more."""
        seen = _find(selector, text)
        self.tab.wait(f"!({COUNT % seen})")

    def shows(self, selector: str, text: str = "") -> bool:
        """Tell whether something can be seen right now."""
        seen = _find(selector, text)
        return bool(self.tab.evaluate(COUNT % seen))

    def value(self, selector: str) -> str:
        """Return what stands in an input."""
        self.see(selector)
        return self.tab.evaluate(VALUE % _find(selector))

    def path(self) -> str:
        """Return where they are."""
        return self.tab.evaluate("location.pathname + location.search")

    def picture(self) -> bytes:
        """Return what they see, once it stands still."""
        self.tab.wait(STILL)
        self.tab.evaluate(QUIET)
        time.sleep(0.4)
        if trouble := self.tab.evaluate(TROUBLE):
            raise PageError(trouble)
        return compress(self.tab.picture())

    def read(self, letter) -> None:
        """Look at an e-mail."""
        self.tab.call("Page.navigate", url="about:blank")
        self.tab.wait("location.href == 'about:blank'")
        names = ", ".join(letter.attachments)
        files = f"Attached: {names}" if names else ""
        page = (
            f"<base href='{self.address}'>"
            "<body style='margin:0;font-family:sans-serif'>"
            "<header style='background:#eee;padding:12px 24px;line-height:1.6'>"
            f"<b>{letter.subject}</b><br>{letter.sender.replace('<', '&lt;')}<br>"
            f"{files}</header><div style='padding:8px 24px'>{letter.html}</div>"
        )
        self.tab.evaluate(f"document.write({json.dumps(page)}); document.close(); 0")

    def follow(self, letter, part: str, ready: str) -> None:
        """Click a link in an e-mail."""
        self.clicks += 1
        self.open(letter.link(part), ready)

    # --- Doing ---

    def click(self, selector: str, *texts: str) -> None:
        """Click something that can be seen and has all these texts in it."""
        point = POINT % _find(selector, *texts)
        until = time.monotonic() + PATIENCE
        found = last = None
        # What still moves is clicked where it ends up.
        while not found or found != last:
            if time.monotonic() > until:
                raise PageError(self._explain(selector, *texts))
            time.sleep(0.15)
            last = found
            with contextlib.suppress(PageError):
                found = self.tab.evaluate(point)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.tab.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=found[0],
                y=found[1],
                button="none" if kind == "mouseMoved" else "left",
                clickCount=0 if kind == "mouseMoved" else 1,
            )
        self.clicks += 1

    def type(self, selector: str, text: str) -> None:
        """Type into a field, in place of what stands there."""
        self.click(selector)
        self.tab.evaluate(SELECT_ALL)
        self.tab.call("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Press Enter, Tab or Escape."""
        code = {"Enter": 13, "Tab": 9, "Escape": 27}[key]
        options = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        if key == "Enter":
            options["text"] = "\r"
        self.tab.call("Input.dispatchKeyEvent", type="keyDown", **options)
        options.pop("text", None)
        self.tab.call("Input.dispatchKeyEvent", type="keyUp", **options)

    def choose(self, field: str, words: str, option: str = "") -> None:
        """Choose a record in a field of a form by the first words of its name."""
        self.type(f"{field} input", words)
        # The list opens at once, and again with what was found.
        time.sleep(0.6)
        self.click(".o-autocomplete--dropdown-item", option or words)
        self.gone(".o-autocomplete--dropdown-item")

    def save(self) -> None:
        """Save what was filled in."""
        self.click(".o_form_button_save")
        self.gone(".o_form_button_save")

    def upload(self, selector: str, *files: str) -> None:
        """Give files to a field that asks for them."""
        self.tab.call("DOM.enable")
        root = self.tab.call("DOM.getDocument")["root"]["nodeId"]
        node = self.tab.call("DOM.querySelector", nodeId=root, selector=selector)
        self.tab.call("DOM.setFileInputFiles", files=files, nodeId=node["nodeId"])

    def _explain(self, selector: str, *texts: str) -> str:
        """Say what was looked for, by whom and where."""
        shown = self.tab.evaluate("document.body?.innerText.slice(0, 1500)")
        return f"{self.login}: no {selector} {texts} on {self.path()}:\n{shown}"
