"""Errors a user can do something about. Anything else is a defect and may show a traceback."""


class UserError(Exception):
    """One sentence that says what is wrong and what to do; shown as it is (exit code 2, or a
    banner).
    """


class Cancelled(Exception):
    """The user asked a long operation to end; nobody has to be told."""
