"""Kinds of files that people hand in. The name is a promise that the content was parsed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileKind:
    """``extensions`` without dot, first one canonical; ``media_type`` is what we serve.

    Pictures of every kind are stored as JPEG, films as they were sent.
    """

    name: str
    extensions: tuple[str, ...]
    media_type: str


FILE_KINDS = {
    kind.name: kind
    for kind in (
        FileKind("pdf", ("pdf",), "application/pdf"),
        FileKind(
            "photo",
            ("jpg", "jpeg", "jfif", "jpe", "png", "webp", "heic", "heif", "avif", "gif"),
            "image/jpeg",
        ),
        FileKind(
            "docx", ("docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        ),
        FileKind("xlsx", ("xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        FileKind(
            "pptx", ("pptx",), "application/vnd.openxmlformats-officedocument.presentationml.presentation"
        ),
        FileKind("csv", ("csv",), "text/csv"),
        FileKind("mp4", ("mp4", "m4v", "mov", "3gp"), "video/mp4"),
    )
}
