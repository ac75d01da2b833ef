"""What the site is told by its environment: declared in `variables`, read by `read`."""

from myproject.environment.reading import WrongEnvironment, read
from myproject.environment.variables import VARIABLES, Variable

__all__ = ["VARIABLES", "Variable", "WrongEnvironment", "read"]
