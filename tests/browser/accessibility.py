"""What axe-core finds wrong with a page, for people who see, hear or move in other ways."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.services import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

# WCAG 2.2, levels A and AA, as axe-core names its parts; and what is merely good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN = """async rules => {
    const { violations } = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
    return violations.map(({ id, impact, help, nodes }) => (
        { rule: id, impact, help, places: nodes.map((node) => `${node.target} ${node.html}`) }
    ));
}"""


@dataclass(frozen=True)
class Violation:
    """`impact` is minor, moderate, serious or critical; `places` are elements."""

    rule: str
    impact: str
    help: str
    places: list[str]

    def __str__(self) -> str:
        return "\n    ".join([f"{self.rule} ({self.impact}): {self.help}", *self.places])


def axe(page: Page) -> list[Violation]:
    """No policy for contents keeps out what a test evaluates in a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    return [Violation(**found) for found in page.evaluate(RUN, RULES)]
