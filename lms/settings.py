"""Typed settings from the environment or a file; every fault is reported at once."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


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

    model_config = SettingsConfigDict(env_prefix="LMS_", frozen=True, extra="ignore")

    data: Path = Path("var")
    """Folder of the database, files, static copies and the secret key."""
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in the data folder."""
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

    @field_validator("public_url")
    @classmethod
    def _known_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("must be a whole address such as https://lms.example.go.id")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _clock_is_honest(self) -> Self:
        if self.environment == "production" and self.clock_offset_seconds:
            raise ValueError("LMS_CLOCK_OFFSET_SECONDS is for demonstrations, not for production")
        return self

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{(self.data / 'imbas.sqlite3').resolve()}"

    @property
    def files(self) -> str:
        """The storage URL in force."""
        return self.storage_url or (self.data / "files").resolve().as_uri()

    @property
    def is_secure(self) -> bool:
        """Whether people come over TLS, so that cookies may insist on it."""
        return self.public_url.startswith("https://")

    def key(self) -> str:
        """The secret key; made and kept with mode 600 when none is set. Raises SettingsFault for an empty file."""
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret_key"
        self.data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
            try:
                handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w") as file:
                    file.write(secrets.token_urlsafe(48))
                    file.flush()
                    os.fsync(file.fileno())
                with suppress(FileExistsError):  # another process was first: its key counts
                    os.link(part, path)
            finally:
                part.unlink(missing_ok=True)
        key = path.read_text(errors="replace").strip()
        if not key:
            raise SettingsFault(
                (f"LMS_SECRET_KEY: {path} is empty; put the former key back, or remove it for a new one",)
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
        raise SettingsFault(tuple(_sentence(fault) for fault in error.errors())) from None


def _sentence(fault: object) -> str:
    assert isinstance(fault, dict)
    name = "LMS_" + "_".join(str(part) for part in fault["loc"]).upper() if fault["loc"] else "settings"
    message = str(fault["msg"]).removeprefix("Value error, ")
    given = re.sub(r"//[^/@]*@", "//***@", repr(fault["input"]))  # passwords stay out of logs
    return f"{name}: {message} (got {given})" if fault["loc"] else message
