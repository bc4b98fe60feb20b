"""Static files under names that carry their hash, joined with what they import, compressed once, cached for ever.

WhiteNoise serves them from memory-mapped copies in the data folder; the core's files lie under
``/static/`` and a plugin's under ``/static/<plugin>/``.
"""

import gzip
import hashlib
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import brotli
from flask import Flask
from whitenoise import WhiteNoise

from lms.web.bundles import bundled

COMPRESSED = frozenset({".css", ".js", ".svg", ".json", ".html", ".txt", ".webmanifest"})


def init_assets(app: Flask, folders: Mapping[str, Path], target: Path) -> None:
    """Publish each folder under its name ("" is the core's) and install ``asset()``."""
    target.mkdir(parents=True, exist_ok=True)
    names = publish(folders, target)

    def asset(name: str) -> str:
        return f"/static/{names[name]}"

    app.jinja_env.globals["asset"] = asset
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(target),
        prefix="static/",
        max_age=31536000,
        add_headers_function=_headers,
        immutable_file_test=lambda path, url: True,
    )


def publish(folders: Mapping[str, Path], target: Path) -> dict[str, str]:
    """Copy files whose hashed copy is not there yet; logical name -> hashed name."""
    names: dict[str, str] = {}
    for owner, folder in folders.items():
        for path, content in bundled(folder):
            logical = "/".join(part for part in (owner, path.relative_to(folder).as_posix()) if part)
            stem, dot, ending = logical.rpartition(".")
            hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{dot}{ending}"
            names[logical] = hashed
            _write(target / hashed, content)
    return names


def forget(target: Path) -> None:
    """Remove all published copies; they come back at the next start."""
    shutil.rmtree(target, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    small = _compressed(content) if path.suffix in COMPRESSED else {}
    for ending, body in (*small.items(), ("", content)):
        part = path.with_name(f"{path.name}{ending}.part")
        part.write_bytes(body)
        part.replace(path.with_name(path.name + ending))


@cache  # tests make hundreds of applications in one process
def _compressed(content: bytes) -> dict[str, bytes]:
    return {".br": brotli.compress(content), ".gz": gzip.compress(content, 9, mtime=0)}


def _headers(headers: Any, path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if not path.endswith(".js"):  # a script's own policy would bind a service worker
        headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
