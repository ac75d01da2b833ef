"""What of an expression of Prometheus names a metric, as far as ours are written."""

import re
from dataclasses import dataclass

FUNCTIONS = {
    *("sum", "min", "max", "count", "rate", "increase", "histogram_quantile", "vector"),
    *("predict_linear", "and", "or", "unless", "by", "without", "on"),
}

STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
RANGE = re.compile(r"\[[^]]*\]")
GROUPING = re.compile(r"\b(?:by|without|on)\s*\(([^)]*)\)")
SELECTOR = re.compile(r"([A-Za-z_:][\w:]*)\s*\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*")')
NAME = re.compile(r"(?<![\w.])[A-Za-z_:][\w:]*")


@dataclass(frozen=True)
class Matcher:
    metric: str
    label: str
    operator: str
    value: str


def metrics(expression):
    bare = RANGE.sub("", GROUPING.sub("", STRING.sub('""', expression)))
    bare = re.sub(r"\{[^}]*\}", "", bare)
    return {name for name in NAME.findall(bare) if name not in FUNCTIONS}


def matchers(expression):
    return [
        Matcher(metric, label, operator, value.strip('"'))
        for metric, inside in SELECTOR.findall(expression)
        for label, operator, value in MATCHER.findall(inside)
    ]


def labels(expression):
    """Those that are grouped by."""
    return {label.strip() for inside in GROUPING.findall(expression) for label in inside.split(",")}
