"""Times that a page takes itself: what Python measures has the way to the browser and back in it.

Moments are milliseconds since 1970, the same for all pages of this machine.
"""

from playwright.sync_api import Page

# A row counts as shown in the frame that draws it.
WATCH = """() => {
    for (const name of ["keydown", "click", "online"]) {
        const begin = ({ timeStamp }) => { window.began = performance.timeOrigin + timeStamp; };
        addEventListener(name, begin, true);
    }
    const isLast = (text) => (
        document.querySelector("#pm-log > :last-child .pm-text")?.textContent === text
    );
    window.awaitText = (text) => {
        window.shown = new Promise((resolve) => {
            const look = () => {
                if (!isLast(text)) return;
                observer.disconnect();
                requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
            };
            const observer = new MutationObserver(look);
            const all = { subtree: true, childList: true, characterData: true };
            observer.observe(document.body, all);
        });
    };
}"""


class Stopwatch:
    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate(WATCH)

    def wait_for(self, text: str) -> None:
        """From now on, for a message that is not there yet."""
        self.page.evaluate("text => awaitText(text)", text)

    @property
    def began(self) -> float:
        """When the person last pressed a key or clicked, or the network was back."""
        moment: float = self.page.evaluate("began")
        return moment

    @property
    def shown(self) -> float:
        """When the message that was waited for was the last one on the page."""
        moment: float = self.page.evaluate("shown")
        return moment
