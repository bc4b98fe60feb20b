"""A phone without script: it opens pages and presses the buttons that it finds there."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests

PASSWORD = "tiga kata acak"


class Phone:
    """One person's browser."""

    def __init__(self, base: str, username: str) -> None:
        self.base, self.web = base, requests.Session()
        self.press("/masuk", "masuk", username=username, password=PASSWORD)

    def get(self, path: str) -> requests.Response:
        return self.web.get(urljoin(self.base, path), timeout=30)

    def press(self, path: str, action: str, *, files: Any = None, **fields: Any) -> requests.Response:
        """On the page ``path`` send the form whose address contains ``action``."""
        page = self.get(path)
        assert page.status_code == 200, (path, page.status_code, page.text[-800:])
        forms = [form for form in _forms(page.text) if action in form["action"]]
        form = next((form for form in forms if form["action"] == action), next(iter(forms), None))
        assert form, f"{path} has no form for {action}: {[form['action'] for form in _forms(page.text)]}"
        address = urljoin(page.url, form["action"])
        answer = self.web.post(address, data={**form["fields"], **fields}, files=files, timeout=30)
        assert answer.status_code == 200, (path, action, answer.status_code, answer.text[-800:])
        return answer

    def send_later(self, path: str, key: str, *, proof: Any = None, **fields: str) -> requests.Response:
        """As the service worker sends a form that waited: with a fresh token, under the phone's key, asking for words."""
        here = self.web.get(urljoin(self.base, "/tanpa-sinyal/siapa"), timeout=30).json()
        return self.web.post(
            urljoin(self.base, path),
            data=fields | {"_key": key, "csrf_token": here["token"]},
            files={"proof": proof} if proof else None,
            headers={"Accept": "application/json"},
            timeout=30,
        )


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        if tag == "form":
            self.forms.append({"action": named.get("action") or "", "fields": {}, "choices": {}})
        elif tag == "input" and self.forms and named.get("name"):
            last, name, value = self.forms[-1], named["name"], named.get("value") or ""
            if named.get("type") == "hidden":
                last["fields"][name] = value
            elif named.get("type") == "radio":
                last["choices"].setdefault(name, []).append(value)


def choices(page: str, action: str) -> dict[str, list[str]]:
    """The radio buttons of a form."""
    return next(form["choices"] for form in _forms(page) if action in form["action"])


def _forms(page: str) -> list[dict[str, Any]]:
    parser = _Forms()
    parser.feed(page)
    return parser.forms
