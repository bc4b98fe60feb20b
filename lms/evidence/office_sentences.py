"""Why an Office file is refused, and what to do about it."""

from lms.contract.errors import Invalid
from lms.contract.text import message
from lms.evidence.refusals import refused


def not_whole(kind: str, name: str) -> Invalid:
    """It does not open as what its name says."""
    return refused(
        name,
        message("bukan berkas %(kind)s yang utuh. Buka, simpan ulang, lalu unggah lagi", kind=kind),
    )


def dangerous(name: str) -> Invalid:
    """No program writes such a file."""
    return refused(name, message("rusak atau berbahaya. Buat ulang berkasnya"))


def macros(name: str) -> Invalid:
    """It brings something that runs."""
    return refused(
        name,
        message("memuat makro atau program. Simpan tanpa makro, lalu unggah lagi"),
    )


def embeds(name: str) -> Invalid:
    """Another file lies in it, which nobody has looked into."""
    return refused(
        name,
        message(
            "membawa berkas lain di dalamnya. Hapus objek yang disematkan atau jadikan gambar, lalu unggah lagi"
        ),
    )


def fetches(name: str) -> Invalid:
    """It calls somebody as soon as it is opened."""
    return refused(
        name,
        message(
            "mengambil isi dari alamat lain saat dibuka. Simpan ulang tanpa tautan templat, lalu unggah lagi"
        ),
    )


def locked(name: str) -> Invalid:
    """It asks for a password."""
    return refused(
        name,
        message(
            "memakai kata sandi, jadi penilai tidak dapat membukanya. Buka berkasnya, pilih File, Info, Protect Document, "
            "Encrypt with Password, kosongkan kata sandinya, simpan, lalu unggah lagi"
        ),
    )


def old_format(kind: str, name: str) -> Invalid:
    """A file of Office 97-2003 under a new name."""
    return refused(
        name,
        message(
            "masih berformat Office lama. Buka, pilih Simpan sebagai, jenis .%(kind)s, lalu unggah lagi",
            kind=kind,
        ),
    )
