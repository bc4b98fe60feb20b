"""Values that nobody sends by a page, and some that people paste."""

NUMBERS = (
    "-1", "0", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "9" * 5000,
    "\u00b2", "\u0663", "\uff11", "1e3", "1.5", "0x10", "1_0", "NaN", "Infinity", "99999999999,99999",
)  # fmt: skip
DAYS = (
    "0001-01-01", "9999-12-31", "0001-01-01T00:00", "9999-12-31T23:59", "2020-02-30", "2020-W01-1", "10000-01-01",
    "2020-11-25T10:00+07:00",
)  # fmt: skip
TEXTS = (
    "", " ", "\x00", "Kebun\x00Gizi", "\x1b[31mmerah", "satu\x0bdua", "\ud800", "Kebun\udfffGizi", "\ufffe",
    "\U0010ffff", "panjang " * 2000, "x" * 201, "x" * 5000, "\U0001f331" * 121, "\u200b", "Nur\u2019aini",
    "<script>alert(1)</script>", "{{ 7*7 }}", "';--", "a\r\nb", "\u202egnorw", "%s%n", "../../x",
)  # fmt: skip
WORDS = ("tidak-ada", "None", "accepted ", "ADMIN", "admin\x00")
VALUES = tuple(dict.fromkeys((*NUMBERS, *DAYS, *TEXTS, *WORDS)))
FEW = ("1", "", "\u00b2", "9" * 5000, "2147483648", "9223372036854775808", "\x00", "\ud800")
"""The worst of them."""
NAMES = (
    "\u00b2",
    "9" * 5000,
    "\u0663",
    "2147483648",
    "9223372036854775808",
    "-1",
    "",
    "\x00",
    "\ud800",
    "x" * 300,
)
"""What stands behind the prefix of a field such as ``crit-*``."""
FILES = (
    "", "\x00.pdf", "x" * 400 + ".pdf", "../../etc/passwd", "a\r\nb.pdf", "\ufffe.xlsx", ".pdf", "nama.PDF.exe", "\u00b2.csv"
)  # fmt: skip
BODIES = (
    b"",
    b"\x00",
    b"%PDF-",
    b"\xff\xfe\xff",
    b"a;b\n1;2",
    b"PK\x03\x04",
    b"\x89PNG\r\n\x1a\n",
    b"[" * 3000,
)
CONTENT_TYPES = (
    "application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "x", "\u00b2/\u00b2",
    "application/x-www-form-urlencoded; charset=utf-16", "application/offset+octet-stream",
)  # fmt: skip
HEADERS = (
    ("Host", "x" * 300), ("Host", "["), ("Host", "\u00b2"), ("Host", "localhost:99999999"),
    ("X-Idempotency-Key", "x" * 400), ("X-Idempotency-Key", "\u00b2"), ("Referer", "http://["), ("Referer", "\u00b2"),
    ("Cookie", "remember_token=a|\u00e9"), ("Cookie", "lang=\u00e9"), ("Cookie", "perangkat=\u00b2.\u00b2"), ("Cookie", "imbas=a.b.c"),
    ("Accept", "\u00b2"), ("Accept-Language", "\u00b2;q=x"), ("User-Agent", "\u00b2" * 500),
    ("X-Forwarded-For", "\u00b2"), ("Authorization", "Bearer \u00b2"), ("X-HTTP-Method-Override", "\u00b2"),
    ("Upload-Length", "9" * 5000), ("Upload-Length", "\u00b2"), ("Upload-Offset", "9223372036854775808"),
    ("Upload-Metadata", "filename AA=="), ("Upload-Metadata", "filename \u00b2"), ("Upload-Checksum", "sha1 \u00b2"),
    ("Range", "bytes=9223372036854775808-"), ("Content-Length", "\u00b2"),
)  # fmt: skip
