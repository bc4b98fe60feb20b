"""Texts, numbers and words of a request are checked before a view sees them."""

from urllib.parse import quote

import pytest
from flask import Blueprint, Flask, jsonify, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, IntegrityError

from lms.contract.parsing import whole
from lms.web.routing import public

ODD_NUMBERS = [
    "2147483648",
    "9223372036854775808",
    "9" * 5000,
    "\u00b2",
    "\u0663",
    "\uff11",
    "-1",
    "1.0",
    "+1",
]


@pytest.fixture
def shop(app: Flask) -> Flask:
    bp = Blueprint("shop", __name__)

    @bp.route("/n/<int:number>", methods=["GET", "POST"])
    @public
    def numbered(number: int) -> ResponseReturnValue:
        return f"number {number}"

    @bp.get("/w/<word>")
    @public
    def worded(word: str) -> ResponseReturnValue:
        return f"word {word}"

    @bp.route("/say", methods=["GET", "POST"])
    @public
    def say() -> ResponseReturnValue:
        return jsonify(request.values.to_dict())

    @bp.get("/count")
    @public
    def count() -> ResponseReturnValue:
        return str(request.args.get("n", 7, type=whole))

    @bp.post("/break/<kind>")
    @public
    def broken(kind: str) -> ResponseReturnValue:
        raise {
            "long": DataError("INSERT", {}, Exception("value too long")),
            "key": IntegrityError("INSERT", {}, Exception("foreign key")),
            "large": OverflowError("Python int too large to convert to SQLite INTEGER"),
        }[kind]

    app.register_blueprint(bp)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def browser(shop: Flask) -> FlaskClient:
    return shop.test_client()


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_a_number_that_no_key_has_is_no_address(browser: FlaskClient, number: str) -> None:
    assert browser.get(f"/n/{quote(number)}").status_code == 404
    assert browser.get("/n/2147483647").text == "number 2147483647"


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_a_number_of_a_query_is_plain_or_none(browser: FlaskClient, number: str) -> None:
    assert browser.get("/count", query_string={"n": number}).text == "7"


@pytest.mark.parametrize("word", ["%00", "a%00b", "%0a", "%1b", "%EF%BF%BE", "x" * 201])
def test_a_word_that_cannot_be_looked_up_is_no_address(browser: FlaskClient, word: str) -> None:
    assert browser.get(f"/w/{word}").status_code == 404


@pytest.mark.parametrize("sign", ["%00", "%EF%BF%BE", "%EF%BF%BF", "%F4%8F%BF%BF"])
@pytest.mark.parametrize("where", ["value", "name"])
def test_what_no_page_sends_is_refused_with_a_sentence(browser: FlaskClient, sign: str, where: str) -> None:
    pair = f"satu=dua{sign}" if where == "value" else f"satu{sign}=dua"
    asked = browser.get(f"/say?{pair}")
    sent = browser.post("/say", data=pair, content_type="application/x-www-form-urlencoded")
    assert (asked.status_code, sent.status_code) == (400, 400)
    assert "tidak dapat disimpan" in asked.text
    assert "Ke beranda" in sent.text


def test_names_of_files_are_texts_too(browser: FlaskClient) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a\x00.pdf"\r\n\r\nx\r\n--b--\r\n'
    assert browser.post("/say", data=body, content_type="multipart/form-data; boundary=b").status_code == 400


def test_what_a_slide_brings_along_is_cleaned(browser: FlaskClient) -> None:
    answer = browser.post("/say", data={"teks": "satu\x0bdua\x07\ttiga\r\nempat"})
    assert answer.json["teks"] == "satu\ndua\ttiga\r\nempat"
    assert browser.get("/say", query_string={"cari": "ke\x1bbun"}).json["cari"] == "kebun"


@pytest.mark.parametrize("key", ["x" * 81, "\u00b2", "a b", "a\x00"])
def test_a_key_is_one_that_its_column_takes(browser: FlaskClient, key: str) -> None:
    assert browser.post("/say", data={"_key": key}).status_code == 400
    assert browser.post("/say", data={"_key": "x" * 80}).status_code == 200


@pytest.mark.parametrize(
    "cookie", ["remember_token=a|\u00e9", "lang=\u00e9", "imbas=\u00e9", "perangkat=\u00b2.\u00b2"]
)
def test_a_cookie_that_is_not_ours_counts_as_absent(browser: FlaskClient, cookie: str) -> None:
    answer = browser.get("/akun/saya", headers={"Cookie": cookie.encode().decode("latin-1")})
    assert answer.status_code == 303  # to the sign-in page, as without


@pytest.mark.parametrize(("kind", "status"), [("long", 422), ("key", 409), ("large", 422)])
def test_what_every_check_has_missed_is_still_no_fault_of_the_server(
    browser: FlaskClient, kind: str, status: int
) -> None:
    answer = browser.post(
        f"/break/{kind}",
        data={"catatan": "Kebun sekolah dirawat."},
        headers={"Referer": "http://localhost/say?a=1"},
    )
    assert answer.status_code == status
    assert "Tidak ada yang diubah" in answer.text
    assert "Kebun sekolah dirawat." in answer.text  # to be copied
    assert 'href="/say?a=1"' in answer.text  # and back to it


@pytest.mark.parametrize(
    "referrer",
    [
        "http://elsewhere/say",
        "http://[",
        "http://localhost//elsewhere",
        "http://localhost/tidak-ada",
        "\u00b2",
    ],
)
def test_the_way_back_leads_to_a_page_of_ours(browser: FlaskClient, referrer: str) -> None:
    answer = browser.post("/break/long", headers={"Referer": referrer.encode().decode("latin-1")})
    assert answer.status_code == 422
    assert "Kembali ke halaman tadi" not in answer.text


def test_a_host_that_has_no_name_gets_a_sentence(browser: FlaskClient) -> None:
    for host in ("x" * 300, "a..b", "["):
        answer = browser.post("/say", headers={"Host": host})
        assert answer.status_code in {200, 400}
        assert answer.text


def test_a_secret_is_not_shown_again(browser: FlaskClient) -> None:
    answer = browser.post(
        "/break/long", data={"password": "tiga kata acak", "catatan": "Kebun sekolah dirawat."}
    )
    assert "tiga kata acak" not in answer.text
    assert "Kebun sekolah" not in answer.text
