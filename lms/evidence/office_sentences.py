"""Why an Office file is refused, and what to do about it."""

from lms.contract.errors import Invalid
from lms.evidence.refusals import refused


def not_whole(kind: str, name: str) -> Invalid:
    """It does not open as what its name says."""
    return refused(
        name,
        f"bukan berkas {kind} yang utuh. Buka, simpan ulang, lalu unggah lagi",
        f"is not a whole {kind}. Open it, save it again, upload again",
    )


def dangerous(name: str) -> Invalid:
    """No program writes such a file."""
    return refused(
        name, "rusak atau berbahaya. Buat ulang berkasnya", "is damaged or dangerous. Make it anew"
    )


def macros(name: str) -> Invalid:
    """It brings something that runs."""
    return refused(
        name,
        "memuat makro atau program. Simpan tanpa makro, lalu unggah lagi",
        "carries macros or a program. Save it without them and upload again",
    )


def embeds(name: str) -> Invalid:
    """Another file lies in it, which nobody has looked into."""
    return refused(
        name,
        "membawa berkas lain di dalamnya. Hapus objek yang disematkan atau jadikan gambar, lalu unggah lagi",
        "carries another file inside. Remove the embedded object or make it a picture, and upload again",
    )


def fetches(name: str) -> Invalid:
    """It calls somebody as soon as it is opened."""
    return refused(
        name,
        "mengambil isi dari alamat lain saat dibuka. Simpan ulang tanpa tautan templat, lalu unggah lagi",
        "fetches content from elsewhere when opened. Save it again without a linked template and upload again",
    )


def locked(name: str) -> Invalid:
    """It asks for a password."""
    return refused(
        name,
        "memakai kata sandi, jadi penilai tidak dapat membukanya. Buka berkasnya, pilih File, Info, Protect Document, "
        "Encrypt with Password, kosongkan kata sandinya, simpan, lalu unggah lagi",
        "has a password, so a grader cannot open it. Open it, choose File, Info, Protect Document, Encrypt with Password, "
        "clear the password, save, and upload again",
    )


def old_format(kind: str, name: str) -> Invalid:
    """A file of Office 97-2003 under a new name."""
    return refused(
        name,
        f"masih berformat Office lama. Buka, pilih Simpan sebagai, jenis .{kind}, lalu unggah lagi",
        f"is still in the old Office format. Open it, choose Save as, type .{kind}, and upload again",
    )
