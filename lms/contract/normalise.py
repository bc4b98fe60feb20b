"""Text as people paste it, in one form: what is stored, and what is compared. Pure.

``clean_text`` is for what is stored: it changes nothing that can be seen. ``fold`` and ``fold_name`` are
for comparing and searching only: they leave out what one person writes and another does not.
"""

import re
import unicodedata

APOSTROPHES = "'’‘`´ʼʾʿʻ′＇‛ʹ"
"""Signs that keyboards put into Nur'aini and Ma'ruf."""
_LOOKS_EMPTY = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Hangul fillers and the blank of braille: letters by their category, nothing to the eye."""
_DROPPED = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
"""Soft hyphen, joiners, marks of direction, variation selectors, byte order mark."""
_ARABIC = str.maketrans(
    "\u0623\u0625\u0622\u0671\u0649\u06cc\u06a9\u0629",
    "\u0627\u0627\u0627\u0627\u064a\u064a\u0643\u0647",
    "\u0640",
)
"""Letters that Arabic, Persian and Jawi keyboards write differently; the tatweel only stretches a line."""
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})
FORMS_OF_ADDRESS = frozenset(
    [
        "h",
        "hj",
        "haji",
        "hajah",
        "hajjah",
        "k",
        "kh",
        "kyai",
        "kiai",
        "nyai",
        "prof",
        "dr",
        "drs",
        "dra",
        "ir",
        "ust",
        "ustd",
        "ustadz",
        "ustad",
        "ustadzah",
        "usth",
        "r",
        "rr",
        "rd",
        "ns",
        "apt",
        "bapak",
        "bpk",
        "pak",
        "ibu",
        "bu",
        "bpak",
        "sdr",
        "sdri",
        "sdra",
        "kak",
        "bunda",
    ]
)
"""Words in front of a name, as they are after folding."""
_DEGREES = [
    "S.Pd.",
    "S.Pd.I.",
    "S.Pd.SD.",
    "S.Pd.K.",
    "S.Pd.H.",
    "S.Pd.B.",
    "S.PdI.",
    "S.Ag.",
    "S.Th.",
    "S.Fil.",
    "S.H.",
    "S.H.I.",
    "S.E.",
    "S.E.I.",
    "S.Sos.",
    "S.Sos.I.",
    "S.IP.",
    "S.I.Kom.",
    "S.Kom.",
    "S.Si.",
    "S.S.",
    "S.T.",
    "S.TP.",
    "S.P.",
    "S.Pt.",
    "S.Hut.",
    "S.Sn.",
    "S.Psi.",
    "S.Kep.",
    "S.KM.",
    "S.Or.",
    "S.Hum.",
    "S.I.Pust.",
    "S.Tr.",
    "S.Ak.",
    "S.M.",
    "S.Farm.",
    "S.Ked.",
    "S.K.M.",
    "M.Pd.",
    "M.Pd.I.",
    "M.Pd.K.",
    "M.Pd.H.",
    "M.Ag.",
    "M.Si.",
    "M.Hum.",
    "M.M.",
    "M.H.",
    "M.Kom.",
    "M.T.",
    "M.Sc.",
    "M.A.",
    "M.E.",
    "M.Ed.",
    "M.Sos.",
    "M.Psi.",
    "M.Kes.",
    "M.Or.",
    "M.Sn.",
    "M.Th.",
    "M.P.",
    "M.IP.",
    "M.I.Kom.",
    "M.Ak.",
    "A.Ma.",
    "A.Ma.Pd.",
    "A.Ma.Pd.SD.",
    "A.Md.",
    "A.Md.Kom.",
    "A.Md.Pd.",
    "B.A.",
    "B.Sc.",
    "B.Ed.",
    "Ph.D.",
    "Gr.",
    "S.Pd.Gr.",
    "Sp.A.",
    "Ed.D.",
]
DEGREES = {degree.replace(".", "").casefold(): degree for degree in _DEGREES}
"""Degrees behind a name as they are written, by their letters alone."""
_AMBIGUOUS = frozenset(
    {
        "ma",
        "me",
        "mm",
        "mh",
        "mt",
        "mp",
        "sh",
        "se",
        "ss",
        "st",
        "sp",
        "sm",
        "ba",
        "gr",
        "sip",
        "sag",
        "spt",
        "sor",
        "sak",
        "mak",
        "mor",
        "mag",
        "med",
        "bed",
    }
)
"""Letters that may be a name or an initial as well: a degree only with a point or behind a comma."""


def clean_text(raw: str) -> str:
    """``raw`` on one line without signs that nobody sees, composed (NFC), with single spaces.

    Control characters other than blanks stay: whoever stores the text refuses them.
    """
    seen = _DROPPED.sub("", raw)
    if not seen.isascii():
        seen = "".join(" " if char in _LOOKS_EMPTY else char for char in seen if not _is_tag(char))
        seen = unicodedata.normalize("NFC", seen)
    return " ".join(seen.split())


def fold(text: str) -> str:
    """``text`` for comparing and searching: small letters and digits in words parted by one space.

    Case, accents, apostrophes, points, hyphens, invisible signs and the way an Arabic letter is
    encoded make no difference. Idempotent.
    """
    plain = re.sub(f"[{APOSTROPHES}]", "", clean_text(text))
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(char for char in plain if not unicodedata.combining(char))
        plain = plain.casefold().translate(_LETTERS).translate(_ARABIC)
    plain = plain.casefold()
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def fold_name(name: str) -> str:
    """``fold`` of a person's name without forms of address and degrees; all of it when nothing would be left.

    ``Hj. Nur’aini, S.Pd.`` and ``NURAINI`` are the same.
    """
    return fold(bare_name(name)) or fold(name)


def bare_name(name: str) -> str:
    """``name`` as written, without forms of address in front and degrees behind; may be empty."""
    before, _, behind = clean_text(name).partition(",")
    words = before.split()
    while words and (parts := fold(words[0]).split()) and FORMS_OF_ADDRESS.issuperset(parts):
        words.pop(0)
    while len(words) > 1 and is_degree(words[-1]):
        words.pop()
    more = [part for part in re.split(r"[,\s]+", behind) if part and not is_degree(part, behind_comma=True)]
    return " ".join((*words, *more))


def is_degree(word: str, *, behind_comma: bool = False) -> bool:
    """Whether ``word`` is a known degree: ``S.Pd.SD``, ``SPd``; ``ST`` and the like need a point or a comma."""
    letters = fold(word).replace(" ", "")
    if letters not in DEGREES:
        return behind_comma and bool(re.fullmatch(r"(?:[A-Za-z]{1,4}\.)+[A-Za-z]{0,4}\.?", word))
    return behind_comma or letters not in _AMBIGUOUS or "." in word.rstrip(".")


def _is_tag(char: str) -> bool:
    return "\U000e0000" <= char <= "\U000e0fff"
