"""Looking for people and schools by what somebody typed: one way for every list with a search field."""

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, or_

from lms.contract.normalise import bare_name, clean_text, fold
from lms.people.directory.models import Person, School

_MOST_WORDS = 5


def search_words(search: str) -> list[str]:
    """The first words of a search, without forms of address and degrees: nobody's stored name has them."""
    return (bare_name(search) or clean_text(search)).split()[:_MOST_WORDS]


def person_has(word: str) -> ColumnElement[bool]:
    """That a person's name has ``word``, however both are written (``Nur’aini``, ``nuraini``)."""
    return _has(Person.name_key, word)


def school_has(word: str) -> ColumnElement[bool]:
    """That a school's name or short name has ``word``."""
    return _has(School.name_key, word)


def person_or_school_has(word: str) -> ColumnElement[bool]:
    """That a person's name or the name of the school beside it has ``word``."""
    return or_(person_has(word), school_has(word))


def _has(key: SQLColumnExpression[str], word: str) -> ColumnElement[bool]:
    parts = fold(word).split()
    return and_(*(key.contains(part, autoescape=True) for part in parts)) if parts else false()
