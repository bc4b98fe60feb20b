"""The path of a request as logs may know it: without the tokens that some addresses carry."""

from flask import current_app, request


def logged_path() -> str:
    """The path of this request; of an address with a ``<token>`` only what stands before it, and ``<token>``.

    Whoever has the address of a calendar or of a confirmation may use it, so it must not stand in a log. Looked for by
    what stands before the token, not by the rule that matched: a wrong method or a mistyped ending matches none.
    """
    path = request.path
    for rule in current_app.url_map.iter_rules():
        if "token" in rule.arguments:
            before, found, _rest = path.partition(rule.rule.partition("<")[0])
            if found:
                return f"{before}{found}<token>"
    return path
