"""Typed settings from the environment or a file; every fault is reported at once."""

import itertools
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET = frozenset({"secret_key", "old_secret_keys", "metrics_token"})
"""Fields whose values are never shown."""
_WITH_PASSWORD = frozenset({"smtp_url", "database_url", "broker_url", "storage_url", "s3_endpoint"})
_KEY_LENGTH, _KEY_VARIETY, _TOKEN_LENGTH = 32, 10, 16
_PLACEHOLDERS = (
    "change",
    "secret",
    "example",
    "random",
    "password",
    "placeholder",
    "rahasia",
    "contoh",
    "ganti",
)
"""What guides write where a key belongs."""


class SettingsFault(Exception):
    """The settings are wrong; ``faults`` has one sentence for each, naming the variable."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """Where Imbas keeps its data and how it runs. Each field is ``LMS_<NAME>`` in the environment.

    The embedded defaults need no server: SQLite and a folder; the worker is woken by a broker in
    the data folder when there is one, and otherwise looks every few seconds.
    """

    model_config = SettingsConfigDict(
        env_prefix="LMS_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data: Path = Path("var")
    """Folder of the database, files, static copies and the secret key."""
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in the data folder."""
    database_prepared: bool | Literal["auto"] = "auto"
    """Whether PostgreSQL keeps statements prepared between transactions; auto: unless a pooler stands in between."""
    broker_url: str = ""
    """Redis URL; empty means that the worker polls the database."""
    storage_url: str = ""
    """``file:///folder`` or ``s3://bucket/prefix``; empty means ``files/`` in the data folder."""
    s3_endpoint: str = ""
    """Address of an S3-compatible server; empty means Amazon's."""
    secret_key: str = ""
    """Signs cookies and seals secrets; empty means one made on first use and kept in the data folder."""
    old_secret_keys: str = ""
    """Former secret keys, separated by commas: they open what they sealed, and nothing new."""
    public_url: str = "http://127.0.0.1:8000"
    """The address people type; QR codes and sign-in cards carry it."""
    smtp_url: str = ""
    """The mail server for daily letters, ``smtp://user:password@host:587`` or ``smtps://...``; empty: none are sent."""
    mail_from: str = "Imbas <imbas@localhost>"
    """Who the letters are from."""
    environment: Literal["production", "demo", "development", "test"] = "production"
    clock_offset_seconds: int = 0
    """Shifts the application's clock; only a demonstration or a test does that."""
    require_totp: bool = True
    """Agency staff must use a second factor."""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    """How many proxies in front set ``X-Forwarded-For``."""
    max_upload_bytes: int = Field(default=64 * 1024 * 1024, ge=1024 * 1024)
    disk_reserve_bytes: int = Field(default=500 * 1024 * 1024, ge=0)
    """Disk that files leave alone: the database and its backup need it."""
    session_days: int = Field(default=14, ge=1, le=90)
    session_most_days: int = Field(default=90, ge=1, le=366)
    keep_answers_days: int = Field(default=7, ge=1, le=90)
    """How long answers to forms are kept, with which a form that is sent again is answered."""
    keep_sign_ins_days: int = Field(default=90, ge=1, le=366)
    """How long sign-ins are remembered after their end."""
    translations: Path | None = None
    """Folder with further languages, ``<package>/<language>/LC_MESSAGES/messages.mo``; empty means none."""
    plugins_off: str = ""
    """Names of installed plugins to leave out, separated by commas."""
    trace_hooks: bool = False
    """Log every hook call."""
    metrics_token: str = ""
    """Bearer token for ``/metrics``; empty means loopback only."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme = value.split(":", 1)[0]
        if value and scheme not in {"sqlite", "postgresql", "postgresql+psycopg"}:
            raise ValueError("must start with sqlite:/// or postgresql://")
        return value.replace("postgresql://", "postgresql+psycopg://", 1)

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"redis", "rediss", "redis+socket", "memory"}:
            raise ValueError("must start with redis://, rediss:// or redis+socket://")
        return value

    @field_validator("storage_url")
    @classmethod
    def _known_storage(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"file", "s3"}:
            raise ValueError("must start with file:/// or s3://")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_mail_server(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            raise ValueError("must start with smtp://host or smtps://host")
        return value

    @field_validator("public_url")
    @classmethod
    def _known_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("must be a whole address such as https://lms.example.go.id")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        faults = list(self._production_faults()) if self.environment == "production" else []
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _production_faults(self) -> Iterator[str]:
        if self.clock_offset_seconds:
            yield "LMS_CLOCK_OFFSET_SECONDS is for demonstrations, not for production"
        if self.secret_key and (fault := _key_fault(self.secret_key)):
            yield f"LMS_SECRET_KEY: {fault}; leave it empty, or set it to what this prints: {_MAKE_KEY}"
        if self.metrics_token and len(self.metrics_token) < _TOKEN_LENGTH:
            yield f"LMS_METRICS_TOKEN: must have at least {_TOKEN_LENGTH} characters; this makes one: {_MAKE_KEY}"

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What ``repr``, ``str`` and tracebacks show: no key and no password."""
        for name, value in super().__repr_args__():
            yield name, shown(name or "", value)

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{(self.data / 'imbas.sqlite3').resolve()}"

    @property
    def files(self) -> str:
        """The storage URL in force."""
        return self.storage_url or (self.data / "files").resolve().as_uri()

    @property
    def plugins_left_out(self) -> frozenset[str]:
        """Names of installed plugins that are not loaded."""
        return frozenset(filter(None, self.plugins_off.replace(" ", "").split(",")))

    @property
    def is_secure(self) -> bool:
        """Whether people come over TLS, so that cookies may insist on it."""
        return self.public_url.startswith("https://")

    def key(self) -> str:
        """The secret key; made and kept with mode 600 when none is set. Raises SettingsFault for a damaged file."""
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret_key"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            _write_once(path, secrets.token_urlsafe(48))
        key = path.read_text(errors="replace").strip()
        if len(key) < _KEY_LENGTH:
            raise SettingsFault(
                (
                    f"LMS_SECRET_KEY: {path} is empty or cut; put the former key back, or remove it for a new one",
                )
            )
        return key

    def keys(self) -> tuple[str, ...]:
        """The secret key, then the former ones: the first seals, each opens."""
        former = (key.strip() for key in self.old_secret_keys.split(","))
        return (self.key(), *filter(None, former))


def load_settings(file: Path | None = None) -> Settings:
    """Settings from ``file`` (``NAME=value`` lines) and the environment, which wins.

    Raises SettingsFault with every fault.
    """
    path = file or (Path(os.environ["LMS_SETTINGS_FILE"]) if "LMS_SETTINGS_FILE" in os.environ else None)
    if path is not None and not path.is_file():
        raise SettingsFault((f"LMS_SETTINGS_FILE: {path} does not exist",))
    try:
        return Settings(_env_file=path)  # type: ignore[call-arg]
    except ValidationError as error:
        sentences = "\n".join(_sentence(fault) for fault in error.errors())
        raise SettingsFault(tuple(sentences.splitlines())) from None


def shown(name: str, value: Any) -> Any:
    """The value of setting ``name`` as it may stand in logs and messages: without keys and passwords."""
    if name in SECRET:
        return "***" if value else value
    if name not in _WITH_PASSWORD or not isinstance(value, str) or "://" not in value:
        return value
    scheme, _, rest = value.partition("://")
    before, at, place = rest.partition("?")[0].rpartition("@")
    return f"{scheme}://{'***@' if at else before}{place}"


def _sentence(fault: object) -> str:
    assert isinstance(fault, dict)
    name = "LMS_" + "_".join(str(part) for part in fault["loc"]).upper() if fault["loc"] else "settings"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return (
        f"{name}: {message} (got {shown(str(fault['loc'][0]), fault['input'])!r})"
        if fault["loc"]
        else message
    )


_MAKE_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


def _key_fault(key: str) -> str:
    """Why ``key`` could be guessed, or an empty text. A key that a program made has none of these."""
    if len(key) < _KEY_LENGTH:
        return f"must have at least {_KEY_LENGTH} characters"
    steps = [abs(ord(after) - ord(before)) for before, after in itertools.pairwise(key)]
    in_a_row = sum(step <= 1 for step in steps) > len(steps) // 2
    repeats = key in (key + key)[1:-1]
    if len(set(key)) < _KEY_VARIETY or in_a_row or repeats:
        return "is too regular to be a random key"
    if any(word in key.lower() for word in _PLACEHOLDERS):
        return "still reads like the example of a guide"
    return ""


def _write_once(path: Path, text: str) -> None:
    """Write ``path`` unless it is there already; who reads it meanwhile sees all of it or nothing."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)  # a temporary file has mode 600
