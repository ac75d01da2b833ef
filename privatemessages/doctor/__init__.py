"""`manage.py doctor`: the whole road of a message, gone once and told step by step."""

from .examination import Wanted, examine
from .report import Broken, Report, Step

__all__ = ["Broken", "Report", "Step", "Wanted", "examine"]
