"""A field for files in a plugin's form: what it takes, how it looks, and what was sent with it."""

from dataclasses import dataclass

from flask import Response, current_app, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid
from lms.contract.files import FILE_KINDS
from lms.contract.text import Text
from lms.evidence import form_files
from lms.evidence.form_files import Wanted
from lms.evidence.models import FormFile
from lms.evidence.partial_uploads import parts
from lms.evidence.submissions import nowhere
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.web.autosave_messages import upload_texts
from lms.web.routing import current_actor
from lms.web.stored_files import serve_file

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that no form has taken yet; ``here`` bytes of it have arrived."""

    id: str
    name: str
    kind: str
    size: int
    here: int
    whole: bool


@dataclass(frozen=True, slots=True)
class SentFiles:
    """What came with a form: who sent it, which files were ticked off, and why one cannot be used (None: all can)."""

    field: "FileField"
    person_id: int
    left_out: frozenset[str]
    fault: Text | None


@dataclass(frozen=True, slots=True)
class FileField:
    """A field for files: ``name`` in the form, ``key`` as ``<plugin>.<what for>``, ``subject`` the object as text (``"3.12"``).

    ``kinds`` are names of media types (``photo``, ``pdf``, ``docx``, ``xlsx``, ``pptx``, ``csv``, ``mp4``); ``megabytes`` bounds
    one file, ``most`` their number. The same values stand in the page and in the command, so make it in one function.
    """

    name: str
    key: str
    subject: str
    kinds: frozenset[str]
    megabytes: int = 20
    most: int = 1

    @property
    def wanted(self) -> Wanted:
        """The same without its name in the form."""
        return Wanted(self.key, self.subject, self.kinds, self.megabytes * MEGABYTE, self.most)

    @property
    def accept(self) -> str:
        """For the attribute of an ``<input>``."""
        return ",".join(f".{ending}" for kind in sorted(self.kinds) for ending in FILE_KINDS[kind].extensions)

    @property
    def endings(self) -> str:
        """What people read of the kinds."""
        return ", ".join(sorted(FILE_KINDS[kind].extensions[0] for kind in self.kinds))

    @property
    def attributes(self) -> dict[str, str]:
        """For ``form_open(..., multipart=true, attributes=field.attributes)``: the files travel by themselves (``upload.js``)."""
        address = url_for("form_files.create", token=sealed(self.wanted))
        return upload_texts(address, self.wanted.max_bytes)

    def waiting(self) -> list[WaitingFile]:
        """The reader's files that no form has taken yet; one statement."""
        rows = form_files.waiting_files(db.session(), self.wanted, current_actor().person_id, now())
        return [
            WaitingFile(
                row.id,
                row.name,
                FILE_KINDS[row.kind].extensions[0],
                row.size,
                row.size if row.whole else parts().size(row.id),
                row.whole,
            )
            for row in rows
        ]

    def sent(self) -> SentFiles:
        """Check and store what came with this request; for ``prepare`` of a command, since it takes seconds.

        A file that is refused is told by ``keep_files``, so that the form is shown again with what was typed. Raises ServerBusy.
        """
        person_id, fault = current_actor().person_id, None
        for upload in request.files.getlist(self.name):
            if not upload.filename:
                continue
            try:
                stored = form_files.check_sent(self.wanted, name=upload.filename, stream=upload.stream)  # type: ignore[arg-type]
                with write() as session:
                    form_files.take_in(
                        session,
                        self.wanted,
                        person_id=person_id,
                        name=upload.filename,
                        stored=stored,
                        now=now(),
                    )
            except Invalid as error:
                fault = error.text
        left_out = frozenset(request.form.getlist(f"{self.name}-drop"))
        return SentFiles(self, person_id, left_out, fault)


def keep_files(session: Session, sent: SentFiles) -> list[FormFile]:
    """The files that came with a form, oldest first; from now on a row of the plugin names each (``ForeignKey("form_file.id")``).

    Without a file the list is empty. Raises Invalid at the field for one that was refused, Conflict while one is on its
    way; the others wait until the form is sent again.
    """
    if sent.fault:
        raise Invalid.at(sent.field.name, sent.fault)
    return form_files.claim(
        session, sent.field.wanted, person_id=sent.person_id, but=sent.left_out, now=now()
    )


def serve_kept(session: Session, file_id: str, *, preview: bool = False) -> Response:
    """A kept file as an answer; ``preview`` is the small picture of a photo. Raises NotFound, LostFile.

    The route decides who may see it: its ``place`` is where the row stands that names the file.
    """
    row = form_files.files_by_id(session, [file_id]).get(file_id)
    if row is None:
        raise nowhere()
    key = row.preview_key if preview and row.preview_key else row.storage_key
    return serve_file(key, media_type=row.media_type, name=row.name, inline=row.kind == "photo")


def sealed(wanted: Wanted) -> str:
    """What a field takes, for the address that a phone sends to: signed for the one who reads the page."""
    values = [wanted.key, wanted.subject, sorted(wanted.kinds), wanted.max_bytes, wanted.most]
    return str(_signer().dumps(values))


def opened(token: str) -> Wanted:
    """What ``sealed`` has signed for this person; raises NotFound."""
    try:
        key, subject, kinds, max_bytes, most = _signer().loads(token)
    except BadSignature:
        raise nowhere() from None
    return Wanted(key, subject, frozenset(kinds), max_bytes, most)


def _signer() -> URLSafeSerializer:
    salt = f"imbas-form-file-{current_actor().person_id}"
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=salt)
