"""Answers that cannot be lost: phones, tabs, a cut network, an ended sign-in, the clock (requirements K1-K7)."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Connection, DateTime, bindparam, create_engine, text

from tests.browser.conftest import PASSWORD, Demo, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.slow]
ESSAY = 'Baris satu: "kutipan" & tanda <b>.\n\n  Baris tiga menjorok, 12,5 % dari 24 siswa - ya.'
SAVED = re.compile(r"Tersimpan di server pukul \d\d\.\d\d WIB")
FLAGSHIP = "Kuis program unggulan"
OPEN = re.compile("Kuis (program unggulan|rencana pembelajaran)")
"""Quizzes of stage 2; one of stage 1 that was missed stands before them and cannot be begun any more."""


def begin(visitor: Visitor, title: str | re.Pattern[str] = FLAGSHIP) -> int:
    """Start the quiz; the attempt's number."""
    visitor.go("/")
    visitor.page.get_by_role("link", name=title).first.click()
    visitor.page.wait_for_load_state()
    visitor.press("Mulai kuis")
    return int(visitor.page.url.split("/")[-2])


def at(visitor: Visitor, attempt: int, position: int) -> Page:
    visitor.go(f"/kuis/kerja/{attempt}/{position}")
    return visitor.page


def position_of(visitor: Visitor, attempt: int, selector: str) -> int:
    """The first question that has such a field."""
    for position in range(1, 19):
        if at(visitor, attempt, position).locator(selector).count():
            return position
    raise AssertionError(selector)


def expect_saved(page: Page) -> None:
    expect(page.locator("[data-save-line]")).to_have_text(SAVED, timeout=8000)


@contextmanager
def rows(demo: Demo) -> Iterator[Connection]:
    """The demonstration's database, for what a browser cannot do: let time pass, end a sign-in."""
    engine = create_engine(demo.database_url or f"sqlite:///{demo.data}/imbas.sqlite3")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def end_sign_ins(demo: Demo, username: str) -> None:
    with rows(demo) as connection:
        connection.execute(
            text(
                "UPDATE user_session SET expires_at = created_at WHERE person_id ="
                " (SELECT person_id FROM account WHERE username = :name)"
            ),
            {"name": username},
        )


def let_time_run_out(demo: Demo, attempt: int, left: timedelta) -> None:
    """Bring the attempt's end so near that ``left`` is left of it, by the server's clock."""
    ends = datetime.now(UTC) + timedelta(seconds=demo.about()["clock_offset_seconds"]) + left
    statement = text("UPDATE attempt SET deadline_at = :ends WHERE id = :id").bindparams(
        bindparam("ends", type_=DateTime(timezone=True))
    )
    with rows(demo) as connection:
        connection.execute(statement, {"ends": ends, "id": attempt})


def stored(demo: Demo, attempt: int, position: int) -> Any:
    with rows(demo) as connection:
        value = connection.execute(
            text(
                "SELECT answer.value FROM answer JOIN item ON item.id = answer.item_id"
                " WHERE attempt_id = :attempt AND position = :position"
            ),
            {"attempt": attempt, "position": position},
        ).scalar()
    return json.loads(value) if isinstance(value, str) and demo.database_url == "" else value


def about_to_hand_in_without_signal(teacher: Any) -> tuple[int, Page]:
    """The first question is answered on the phone alone; the page before handing in is open."""
    attempt = begin(teacher)
    page = at(teacher, attempt, 1)
    _cut(page, "**/jawaban")
    page.locator("form[data-autosave] input:not([type=hidden])").first.check()
    expect(page.locator("[data-save-line]")).to_contain_text("Tersimpan di HP")
    teacher.go(f"/kuis/kerja/{attempt}/periksa")
    return attempt, page


def an_hour_passes(page: Page) -> None:
    """On the way home, for what waits on the phone."""
    page.evaluate(
        "for (const key of Object.keys(localStorage)) if (key.includes('attempt')) { const drafts ="
        " JSON.parse(localStorage[key]); for (const unit in drafts) drafts[unit].at -= 3600000;"
        " localStorage[key] = JSON.stringify(drafts); }"
    )


def test_an_answer_on_one_phone_is_on_the_other(visit: Any) -> None:
    """K1."""
    first = visit("sdn26.guru3")
    attempt = begin(first)
    at(first, attempt, 2).locator("input[type=radio]").nth(2).check()
    expect_saved(first.page)
    second = visit("sdn26.guru3")
    expect(at(second, attempt, 2).locator("input[type=radio]").nth(2)).to_be_checked()


def test_a_table_and_a_doubt_are_saved_whole(visit: Any) -> None:
    """Each row saves with the rows given before; marking a doubt keeps the answer."""
    teacher = visit("sdn26.guru2")
    attempt = begin(teacher)
    table = position_of(teacher, attempt, "fieldset input[type=radio][name*='-']")
    page = teacher.page
    groups = page.locator("form[data-autosave] fieldset")
    for number in range(groups.count()):
        groups.nth(number).locator("input[type=radio]").first.check()
        expect_saved(page)
    page.get_by_role("checkbox", name="Ragu-ragu").check()
    expect_saved(page)
    again = visit("sdn26.guru2")
    groups = at(again, attempt, table).locator("form[data-autosave] fieldset")
    for number in range(groups.count()):
        expect(groups.nth(number).locator("input[type=radio]").first).to_be_checked()
    expect(again.page.get_by_role("checkbox", name="Ragu-ragu")).to_be_checked()


def test_without_signal_the_phone_keeps_it_and_sends_it_later(visit: Any, demo: Demo) -> None:
    """The line never says "server" without an answer of the server."""
    teacher = visit("sdn27.guru2")
    attempt = begin(teacher)
    essay = position_of(teacher, attempt, "form[data-autosave] textarea")
    page = teacher.page
    page.context.set_offline(True)
    page.locator("textarea").fill(ESSAY)
    expect(page.locator("[data-save-line]")).to_have_text("Tersimpan di HP. Dikirim saat ada sinyal.")
    page.get_by_role("button", name="Sebelumnya").click()
    expect(page.get_by_role("alert")).to_contain_text("Tidak ada sinyal")
    expect(page.locator("textarea")).to_have_value(ESSAY)
    assert stored(demo, attempt, essay) is None
    page.context.set_offline(False)
    expect_saved(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert stored(demo, attempt, essay) == ESSAY


def test_without_signal_the_words_stand_where_the_press_was(visit: Any, demo: Demo) -> None:
    """The bar with "Berikutnya" stays in sight on a long question, and so must what it says."""
    teacher = visit("sdn27.guru1")
    attempt = begin(teacher)
    page = at(teacher, attempt, position_of(teacher, attempt, "form[data-autosave] fieldset"))
    page.set_viewport_size({"width": 360, "height": 400})
    page.evaluate("scrollTo(0, 0)")
    assert page.evaluate("document.documentElement.scrollHeight") > 800
    page.context.set_offline(True)
    page.locator(".foot").get_by_role("button", name="Berikutnya").click()
    expect(page.get_by_role("alert")).to_contain_text("Tidak ada sinyal")
    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_on_the_phone_is_sent_before_it_is_handed_in(visit: Any, demo: Demo) -> None:
    """A hand-in without the last answers would be a loss that nobody sees."""
    teacher = visit("sdn27.guru4")
    attempt, page = about_to_hand_in_without_signal(teacher)
    teacher.page.get_by_role("button", name="Kumpulkan").click()
    expect(page.locator("[data-save-line]")).to_contain_text("Kuis belum dikumpulkan")
    assert f"/kerja/{attempt}/periksa" in page.url
    page.unroute("**/jawaban")
    teacher.page.get_by_role("button", name="Kumpulkan").dblclick()
    expect(page.get_by_role("heading", name=re.compile("Hasil|terkumpul"))).to_be_visible()
    assert stored(demo, attempt, 1)


def test_a_tab_that_was_left_open_overwrites_nothing(visit: Any, demo: Demo) -> None:
    """K5: pressing "Berikutnya" on an old page, or coming back to it."""
    teacher = visit("sdn26.guru5")
    attempt = begin(teacher)
    old = at(teacher, attempt, 2)
    new = old.context.new_page()
    new.goto(old.url)
    new.locator("input[type=radio]").nth(1).check()
    expect_saved(new)
    old.get_by_role("button", name="Berikutnya").click()  # only looked at
    old.wait_for_load_state()
    expect(at(teacher, attempt, 2).locator("input[type=radio]").nth(1)).to_be_checked()
    new.locator("input[type=radio]").nth(0).check()
    expect_saved(new)
    old.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # back to the first tab
    expect(old.locator("input[type=radio]").nth(0)).to_be_checked()
    expect(old.locator("[data-save-line]")).to_contain_text("terbaru")
    old.locator("input[type=radio]").nth(2).check()  # an edit here is the newest, and wins
    expect_saved(old)
    new.reload()
    expect(new.locator("input[type=radio]").nth(2)).to_be_checked()


def test_an_answer_that_waited_yields_to_a_later_one(visit: Any, demo: Demo) -> None:
    """K5 on two phones: the person is told, and what was written is shown."""
    first = visit("sdn27.guru3")
    attempt = begin(first)
    essay = position_of(first, attempt, "form[data-autosave] textarea")
    page = first.page
    page.context.set_offline(True)
    page.locator("textarea").fill("Ditulis di desa tanpa sinyal.")
    expect(page.locator("[data-save-line]")).to_contain_text("Tersimpan di HP")
    an_hour_passes(page)
    second = visit("sdn27.guru3")
    at(second, attempt, essay).locator("textarea").fill("Ditulis kemudian di sekolah.")
    expect_saved(second.page)
    page.context.set_offline(False)
    expect(page.locator("details.notice")).to_contain_text("lebih lama")
    expect(page.locator("details.notice p")).to_have_text("Ditulis di desa tanpa sinyal.")
    assert stored(demo, attempt, essay) == "Ditulis kemudian di sekolah."


def test_the_sign_in_ends_in_the_middle_of_an_essay(visit: Any, demo: Demo) -> None:
    """K6: sign in on the spot; the text is the same, byte for byte."""
    teacher = visit("sdn27.guru5")
    attempt = begin(teacher)
    essay = position_of(teacher, attempt, "form[data-autosave] textarea")
    page = teacher.page
    end_sign_ins(demo, "sdn27.guru5")
    page.locator("textarea").fill(ESSAY)
    expect(page.locator("[data-save-line]")).to_contain_text("Sesi masuk sudah berakhir")
    page.get_by_role("link", name="Masuk lagi agar terkirim").click()
    page.fill("input[name=username]", "sdn27.guru5")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(page.locator("textarea")).to_have_value(ESSAY)
    expect_saved(page)
    assert stored(demo, attempt, essay) == ESSAY


def test_a_shared_phone_keeps_drafts_apart(visit: Any, demo: Demo) -> None:
    """What one teacher typed without signal is never shown to, or sent as, another teacher."""
    teacher = visit("sdn04.guru2")
    attempt = begin(teacher)
    essay = position_of(teacher, attempt, "form[data-autosave] textarea")
    page = teacher.page
    end_sign_ins(demo, "sdn04.guru2")
    page.locator("textarea").fill(ESSAY)
    expect(page.locator("[data-save-line]")).to_contain_text("Sesi masuk sudah berakhir")
    page.get_by_role("link", name="Masuk lagi").click()
    page.fill("input[name=username]", "sdn04.guru4")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_load_state()
    assert ESSAY.splitlines()[0] not in page.content()
    other = Visitor(page, demo.url, [])
    others = begin(other)
    at(other, others, essay)
    expect(page.locator("form[data-autosave]")).to_be_attached()
    assert ESSAY not in page.locator("form[data-autosave]").inner_text()
    page.wait_for_timeout(1500)
    assert stored(demo, others, essay) is None
    assert stored(demo, attempt, essay) is None  # it waits on the phone for its owner


def test_saving_never_touches_what_is_being_typed(visit: Any, demo: Demo) -> None:
    """K7: three seconds of latency while typing."""
    teacher = visit("sdn38.guru4")
    attempt = begin(teacher)
    essay = position_of(teacher, attempt, "form[data-autosave] textarea")
    page = teacher.page

    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 3000, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    words = " ".join(f"kata{number}" for number in range(40))
    page.locator("textarea").press_sequentially(words, delay=30, timeout=60_000)
    expect(page.locator("textarea")).to_have_value(words)
    expect(page.locator("[data-save-line]")).to_have_text(SAVED, timeout=20_000)
    expect(page.locator("textarea")).to_have_value(words)
    assert stored(demo, attempt, essay) == words


def test_the_time_runs_out_while_typing(visit: Any, demo: Demo) -> None:
    """K2: what was typed before the end counts, though the phone's clock is wrong by a year."""
    teacher = visit("sdn38.guru2")
    attempt = begin(teacher)
    essay = position_of(teacher, attempt, "form[data-autosave] textarea")
    let_time_run_out(demo, attempt, timedelta(seconds=4))
    page = teacher.page
    page.add_init_script("const real = Date.now; Date.now = () => real() + 31536000000;")
    at(teacher, attempt, essay).locator("textarea").fill(ESSAY[:40])
    page.locator("textarea").press_sequentially(" sampai akhir", delay=10)
    expect(page.get_by_role("heading", name="Waktu kuis sudah habis")).to_be_visible(timeout=9000)
    assert stored(demo, attempt, essay) == ESSAY[:40] + " sampai akhir"
    page.get_by_role("button", name="Kumpulkan").click()
    expect(page.get_by_role("heading", name=re.compile("Hasil|terkumpul"))).to_be_visible()


def test_answers_under_way_at_the_end_count_and_later_ones_do_not(visit: Any, demo: Demo) -> None:
    """K2: the grace is for the network, ten seconds, then no more; and the rule hands in by itself."""
    teacher = visit("sdn38.guru1")
    attempt = begin(teacher)
    page = at(teacher, attempt, 2)
    token = page.locator("form[data-autosave] input[name=csrf_token]").input_value()
    option = page.locator("input[type=radio]").first.input_value()

    def send() -> int:
        return page.request.post(
            f"{demo.url}/kuis/kerja/{attempt}/jawaban",
            form={"csrf_token": token, "q2": option},
            headers={"Accept": "application/json"},
        ).status

    let_time_run_out(demo, attempt, timedelta(seconds=-3))
    assert send() == 200
    let_time_run_out(demo, attempt, timedelta(seconds=-12))
    assert send() == 409
    teacher.go(f"/kuis/kerja/{attempt}/2")
    expect(page.get_by_role("heading", name="Waktu kuis sudah habis")).to_be_visible()
    expect(page.get_by_role("heading", name="Hasil")).to_be_visible(timeout=30_000)
    assert stored(demo, attempt, 2) == option


def test_what_the_server_no_longer_takes_is_shown_and_stops_nobody(visit: Any, demo: Demo) -> None:
    """An answer kept on the phone until after the grace: said plainly, and a press hands in."""
    attempt, page = about_to_hand_in_without_signal(visit("sdn08.guru3"))
    let_time_run_out(demo, attempt, timedelta(seconds=-12))
    page.unroute("**/jawaban")
    # the phone tries again by itself
    expect(page.locator("details.notice")).to_contain_text(re.compile("habis|dikumpulkan"), timeout=20_000)
    page.wait_for_timeout(2100)  # to read it: a press that can only come from before stops once
    page.get_by_role("button", name="Kumpulkan").click()
    expect(page.get_by_role("heading", name=re.compile("Hasil|terkumpul"))).to_be_visible()


def test_what_was_refused_is_sent_again_when_there_is_time_again(visit: Any, demo: Demo) -> None:
    """Minutes given after the end: the waiting page goes on by itself, and with it what the phone still holds."""
    teacher = visit("sdn04.guru6")
    attempt = begin(teacher)
    page = at(teacher, attempt, 1)
    over = {"message": "Waktu kuis sudah habis."}
    page.route("**/jawaban", lambda route: route.fulfill(status=409, json=over))
    choice = page.locator("form[data-autosave] input:not([type=hidden])").first
    choice.check()
    expect(page.locator("[data-save-line]")).to_contain_text("habis")
    page.unroute("**/jawaban")
    let_time_run_out(demo, attempt, timedelta(seconds=-1))
    teacher.go(f"/kuis/kerja/{attempt}/1")
    expect(page.get_by_role("heading", name="Waktu kuis sudah habis")).to_be_visible()
    let_time_run_out(demo, attempt, timedelta(minutes=10))
    expect(choice).to_be_checked(timeout=8000)
    expect_saved(page)
    assert stored(demo, attempt, 1) not in (None, "", [])


def test_an_older_answer_is_shown_before_it_is_left_out_of_a_hand_in(visit: Any, demo: Demo) -> None:
    first = visit("sdn08.guru4")
    attempt = begin(first)
    essay = position_of(first, attempt, "form[data-autosave] textarea")
    page = first.page
    _cut(page, "**/jawaban")
    page.locator("textarea").fill("Ditulis di desa tanpa sinyal.")
    expect(page.locator("[data-save-line]")).to_contain_text("Tersimpan di HP")
    an_hour_passes(page)
    second = visit("sdn08.guru4")
    at(second, attempt, essay).locator("textarea").fill("Ditulis kemudian di sekolah.")
    expect_saved(second.page)
    first.go(f"/kuis/kerja/{attempt}/periksa")
    _signal_returns_with_a_press(page)
    page.get_by_role("button", name="Kumpulkan").click()
    expect(page.locator("details.notice p")).to_have_text("Ditulis di desa tanpa sinyal.")
    expect(page.locator("[data-save-line]")).to_contain_text("Kuis belum dikumpulkan")
    assert f"/kerja/{attempt}/periksa" in page.url
    page.get_by_role("button", name="Kumpulkan").click()
    expect(page.get_by_role("heading", name=re.compile("Hasil|terkumpul"))).to_be_visible()
    assert stored(demo, attempt, essay) == "Ditulis kemudian di sekolah."


def test_the_back_button_shows_the_newest(visit: Any) -> None:
    """K5: the browser must not put old values back."""
    teacher = visit("sdn38.guru6")
    attempt = begin(teacher, OPEN)
    page = at(teacher, attempt, 2)
    count, here = page.locator("[data-count]"), page.locator("[data-question-list] [aria-current]")
    answered, questions = map(int, count.inner_text().split("/"))
    expect(here).to_have_attribute("aria-label", "Soal 2, belum dijawab")
    page.locator("input[type=radio]").nth(0).check()
    expect(count).to_have_text(f"{answered + 1}/{questions}")  # not only on the next page
    expect(here).to_have_attribute("aria-label", "Soal 2, terjawab")
    expect_saved(page)
    teacher.press("Berikutnya")
    other = page.context.new_page()
    other.goto(f"{teacher.url}/kuis/kerja/{attempt}/2")
    other.locator("input[type=radio]").nth(3).check()
    expect_saved(other)
    page.go_back()
    expect(page.locator("input[type=radio]").nth(3)).to_be_checked()
    teacher.press("Berikutnya")
    other.reload()
    expect(other.locator("input[type=radio]").nth(3)).to_be_checked()


def _signal_returns_with_a_press(page: Page) -> None:
    """What the phone tries again by itself meanwhile still fails."""
    page.evaluate(
        "const sent = window.fetch; let cut = true;"
        " window.fetch = (...given) => cut ? Promise.reject(new TypeError('no signal')) : sent(...given);"
        " addEventListener('click', () => { cut = false; }, true);"
    )
    page.unroute("**/jawaban")


def _cut(page: Page, pattern: str) -> None:
    page.route(pattern, lambda route: route.abort("connectionfailed"))
