"""What axe-core finds wrong with a page, for people who see, hear or move in other ways."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.services import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

# WCAG 2.2, levels A and AA, as axe-core names its parts; and what is merely good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# The message field is a combobox while there is something to choose from. HTML has that for inputs
# alone; a screen reader would not tell of the list otherwise.
ACCEPTED = {("aria-allowed-role", "#id_message")}

RUN = """async rules => {
    const { violations } = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
    return violations.map(({ id, impact, help, nodes }) => (
        { rule: id, impact, help, places: nodes.map((node) => [`${node.target}`, node.html]) }
    ));
}"""


@dataclass(frozen=True)
class Violation:
    """`impact` is minor, moderate, serious or critical; `places`: selectors with their elements."""

    rule: str
    impact: str
    help: str
    places: list[tuple[str, str]]

    def __str__(self) -> str:
        places = [f"{selector} {element}" for selector, element in self.places]
        return "\n    ".join([f"{self.rule} ({self.impact}): {self.help}", *places])


def axe(page: Page) -> list[Violation]:
    """No policy for contents keeps out what a test evaluates in a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = [Violation(**violation) for violation in page.evaluate(RUN, RULES)]
    return [violation for violation in found if not is_accepted(violation)]


def is_accepted(violation: Violation) -> bool:
    return {(violation.rule, selector) for selector, _ in violation.places} <= ACCEPTED
