# What the notebooks share: arguments, and how a notebook fails. The database handler puts its own code before this file: it imports
# `sys`, defines `eprint`, and opens `connection` and `cursor` with the first four arguments of the process.
import json
import re


def fail(message):
    """Ends the notebook. The handler answers what stands on standard error, which is how a caller knows that this is no result."""
    eprint("error: " + message)
    sys.exit(1)


# Only the first "=" ends the name: values may have others.
arguments = {name: value for name, _, value in (argument.partition("=") for argument in sys.argv[5:])}


def text(name, default=None):
    """An argument. Without default it must be given: an empty one would select, or store, something else than was asked for."""
    value = arguments.get(name, "")
    if value != "":
        return value
    if default is None:
        fail(f"argument {name} is missing")
    return default


def identifier(name):
    """A table or column. It becomes part of SQL text, where nothing but a name may stand."""
    value = text(name)
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*", value) is None:
        fail(f"argument {name} is no name of letters, digits, underscores and dots")
    return value


def whole(name, least, default=None):
    """A whole number, at least so great."""
    value = text(name, default)
    if re.fullmatch(r"[0-9]{1,15}", value) is None or int(value) < least:
        fail(f"argument {name} is no whole number from {least}")
    return int(value)


def choice(name, allowed):
    """One of several words, the first of them where nothing is said."""
    value = text(name, allowed[0])
    if value not in allowed:
        fail(f"argument {name} is none of {', '.join(allowed)}")
    return value


def finite(value):
    """A cell as number; None where there is none, which JSON writes as null. NaN and infinity have no place in JSON."""
    if value is None:
        return None
    number = float(value)
    return number if abs(number) != float("inf") and number == number else None


