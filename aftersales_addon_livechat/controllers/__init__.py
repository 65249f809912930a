from . import help
