"""Letters over SMTP (RFC 5321): sent, certainly not sent, or nobody knows."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

SECONDS = 20
"""Longer than this the mail server is not waited for."""


class NotSent(Exception):
    """The server has said that it does not take the letter; ``for_good``: it never will (5xx for this address)."""

    def __init__(self, why: str, *, for_good: bool) -> None:
        super().__init__(why)
        self.for_good = for_good


class Unknown(Exception):
    """The connection ended before the server's answer: it may have taken the letter."""


@dataclass(frozen=True, slots=True)
class Mailer:
    """A mail server by its address: ``smtp://user:password@host:587`` (STARTTLS where offered), ``smtps://...:465``."""

    url: str
    sender: str

    @contextmanager
    def connection(self) -> Iterator["Connection"]:
        """An open connection; raises NotSent when there is none to be had."""
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
        try:
            if secure:
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, parts.port or 465, timeout=SECONDS, context=ssl.create_default_context()
                )
            else:
                smtp = smtplib.SMTP(host, parts.port or 587, timeout=SECONDS)
                smtp.ehlo()
                if smtp.has_extn("starttls"):
                    smtp.starttls(context=ssl.create_default_context())
            if parts.username:
                smtp.login(unquote(parts.username), unquote(parts.password or ""))
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(
                f"{type(error).__name__}: no connection to the mail server", for_good=False
            ) from None
        try:
            yield Connection(smtp, self.sender)
        finally:
            smtp.close()


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection to the mail server, for one letter after the other."""

    smtp: smtplib.SMTP
    sender: str

    def send(self, message: EmailMessage) -> None:
        """Hand over a letter; returns when the server has taken it. Raises NotSent, Unknown."""
        message["From"] = self.sender
        try:
            self.smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise NotSent(f"the recipient was refused ({code})", for_good=500 <= code < 600) from None
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"the letter was refused ({error.smtp_code})", for_good=False) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unknown(type(error).__name__) from None
