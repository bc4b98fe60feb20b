"""Zoom's reports: shapes, clipping, and whose name it is."""

import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.contract.errors import Invalid
from lms.people.directory.spreadsheet_parser import read_sheets
from lms.programmes.attendance.name_matching import Directory, Participant, words_of
from lms.programmes.attendance.zoom_import import named
from lms.programmes.attendance.zoom_report import Report, better_zone, read_report

WIB = ZoneInfo("Asia/Jakarta")
SESSION = (datetime(2020, 10, 6, 9, 0, tzinfo=WIB), datetime(2020, 10, 6, 11, 15, tzinfo=WIB))

HEAD = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room"
LEGACY = f"""Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,
812 3456,IN 2,10/06/2020 08:50:00 AM,10/06/2020 11:20:00 AM,tuan@contoh.example,150,4,

{HEAD}
Ani Lestari (HP Ani),,10/06/2020 09:02:00 AM,10/06/2020 09:49:00 AM,47,Yes,,No
Ani Lestari,,10/06/2020 10:11:00 AM,10/06/2020 11:13:00 AM,62,Yes,,No
SDN 19,,10/06/2020 10:30:00 AM,10/06/2020 11:13:00 AM,43,Yes,,No
Galaxy A12,,10/06/2020 09:10:00 AM,10/06/2020 10:00:00 AM,50,Yes,,Yes
"""

NEWER = """Topic,ID,Host,Duration (minutes),Start time,End time,Participants
IN 2,812345,LPMP (tuan@contoh.example),150,10/06/2020 08:50:00 AM,10/06/2020 11:20:00 AM,3

Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,Recording disclaimer response,In waiting room
Ani Lestari,,10/06/2020 09:02:00 AM,10/06/2020 09:49:00 AM,47,Yes,,No
"Budi, S.Pd.",,10/06/2020 09:05:00 AM,10/06/2020 11:00:00 AM,115,Yes,,No
Galaxy A12,,10/06/2020 09:10:00 AM,10/06/2020 10:00:00 AM,50,Yes,,Yes
"""


def report(text: str, zone: str = "Asia/Jakarta") -> Report:
    return read_report(table(text.encode()), zone=zone, session=SESSION)


def table(data: bytes) -> list[list[str]]:
    return read_sheets(io.BytesIO(data))[0][1]


def minutes(found: Report, name: str) -> float:
    guest = next(guest for guest in found.guests if guest.name == name)
    return sum(((end - start) for start, end in guest.stays), timedelta()) / timedelta(minutes=1)


def test_rows_of_one_person_are_one_guest_and_the_waiting_room_does_not_count() -> None:
    found = report(LEGACY)
    assert [guest.name for guest in found.guests] == ["Ani Lestari", "SDN 19"]
    assert found.guests[0].original == "HP Ani"
    assert (found.waited, found.timed) == (1, True)
    assert minutes(found, "Ani Lestari") == 109


@pytest.mark.parametrize(
    ("join", "leave"),
    [
        ("10/06/2020 09:00:00 AM", "10/06/2020 10:00:00 AM"),
        ("06/10/2020 09:00:00 AM", "06/10/2020 10:00:00 AM"),
        ("06/10/2020 09.00.00", "06/10/2020 10.00.00"),
        ("06/10/2020 9:00", "06/10/2020 10:00"),
        ("2020-10-06 09:00:00", "2020-10-06 10:00:00"),
        ("2020-10-06T09:00:00", "2020-10-06T10:00:00"),
        ("10/06/20 09:00 AM", "10/06/20 10:00 AM"),
        ("Oct 06, 2020 09:00:00", "Oct 06, 2020 10:00:00"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_dates_of_any_make(join: str, leave: str, delimiter: str) -> None:
    cells = ["Ani", "", join, leave, "60"]
    head = ["Name (original name)", "Email", "Join time", "Leave time", "Duration (minutes)"]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in (head, cells))
    assert report(text).guests[0].stays == ((SESSION[0], SESSION[0] + timedelta(hours=1)),)


@pytest.mark.parametrize(
    ("join", "leave"),
    [
        ("6 Okt 2020 09.00.00", "6 Okt 2020 10.00.00"),
        ("2020-10-06T02:00:00Z", "2020-10-06T03:00:00Z"),
        ("2020-10-06T10:00:00+08:00", "2020-10-06T11:00:00+08:00"),
        ("6 Oktober 2020 9:00", "6 Oktober 2020 10:00"),
        ("44110,375", "44110,4166666667"),
        ("09.00", "10.00"),
    ],
)
def test_dates_in_words_with_a_zone_or_as_numbers(join: str, leave: str) -> None:
    text = f"Nama;Email;Waktu bergabung;Waktu keluar;Durasi (menit)\nAni;;{join};{leave};60\n"
    assert report(text).guests[0].stays == ((SESSION[0], SESSION[0] + timedelta(hours=1)),)
    assert better_zone(report(text), zone="Asia/Jakarta", others=("UTC",), session=SESSION) == ""


def test_a_cell_that_cannot_be_read_is_named_and_nobody_is_absent_by_it() -> None:
    found = report(f"{HEAD}\nAni,,10/06/2020 09:00,10/06/2020 10:00,60,,,\nBudi,,tadi,10/06/2020 10:00,,,,\n")
    budi = next(guest for guest in found.guests if guest.name == "Budi")
    assert (budi.stays, budi.minutes) == ((), None)
    assert budi.unread[0].in_("id") == "Baris 3: jam tidak terbaca (\u201ctadi - 10/06/2020 10:00\u201d)."


def test_a_row_of_another_order_of_day_and_month_is_of_the_same_day() -> None:
    found = report(
        f"{HEAD}\nAni,,10/06/2020 09:00:00 AM,10/06/2020 10:00:00 AM,60,,,\n"
        "Budi,,06/10/2020 09:00,06/10/2020 10:30,90,,,\nSiti,,09/20/2020 09:00,09/20/2020 10:00,60,,,\n"
    )
    assert [minutes(found, name) for name in ("Ani", "Budi")] == [60, 90]
    siti = next(guest for guest in found.guests if guest.name == "Siti")
    assert siti.stays[0][0].date().isoformat() == "2020-09-20"  # of another day in every order


SWAPPED = "2020-06-10 09:00:00,2020-06-10 10:00:00"
"""6 October as Excel keeps 10/06/2020 where the day stands first."""


def test_days_that_a_spreadsheet_has_exchanged_are_named_and_nobody_is_absent_by_them() -> None:
    with pytest.raises(Invalid) as caught:
        report(f"{HEAD}\nAni,,{SWAPPED},60,,,\n")
    assert "tertukar (10 Juni 2020)" in caught.value.fields["file"].in_("id")
    found = report(f"{HEAD}\nAni,,{SWAPPED},60,,,\nBudi,,10/06/2020 09:00,10/06/2020 10:00,60,,,\n")
    ani = next(guest for guest in found.guests if guest.name == "Ani")
    assert (ani.stays, ani.minutes, len(ani.unread)) == ((), 60, 1)


def test_another_day_is_no_wrong_zone() -> None:
    with pytest.raises(Invalid) as caught:
        report(f"{HEAD}\nAni,,09/20/2020 09:00,09/20/2020 10:00,60,,,\n")
    assert "zone" not in caught.value.fields
    assert "20 September 2020" in caught.value.fields["file"].in_("id")


def test_one_file_chosen_twice_is_one_meeting_and_equal_rows_of_a_file_are_two_phones() -> None:
    row = "Galaxy A12,,10/06/2020 09:00,10/06/2020 10:00,60,,,\n"
    once, twice = table(f"{HEAD}\n{row}".encode()), table(f"{HEAD}\n{row}{row}".encode())
    assert len(read_report(once, once, zone="Asia/Jakarta", session=SESSION).guests) == 1
    assert len(read_report(twice, twice, zone="Asia/Jakarta", session=SESSION).guests) == 2


def test_one_account_on_two_devices_is_one_guest_and_two_names_in_brackets_are_two() -> None:
    times = "10/06/2020 09:00,10/06/2020 10:00,60,,,"
    text = f"{HEAD}\nAni,ani@x.example,{times}\nAni,ani@x.example,{times}\n"
    assert len(report(text).guests) == 1
    text = f"{HEAD}\nGalaxy (Ani),,{times}\nGalaxy (Budi),,10/06/2020 10:30,10/06/2020 11:00,30,,,\n"
    assert {guest.original for guest in report(text).guests} == {"Ani", "Budi"}


def test_another_zone_is_another_time() -> None:
    text = f"{HEAD}\nAni,,10/06/2020 10:00:00 AM,10/06/2020 11:00:00 AM,60,Yes,,No\n"
    assert report(text, "Asia/Makassar").guests[0].stays[0][0] == SESSION[0]


@pytest.mark.parametrize(
    ("join", "leave", "better"),
    [
        ("10:00", "12:15", "Asia/Makassar"),  # an hour ahead: the account stands in Makassar
        ("02:10", "04:15", "UTC"),
        ("09:20", "11:15", ""),  # late, not elsewhere
        ("09:00", "11:15", ""),
    ],
)
def test_a_zone_in_which_people_were_there_clearly_longer_is_named(
    join: str, leave: str, better: str
) -> None:
    rows = f"Ani,,10/06/2020 {join}:00,10/06/2020 {leave}:00,60,Yes,,No\n"
    rows += "Budi,,10/06/2020 09:00:00,10/06/2020 09:05:00,5,Yes,,No\n"  # the file meets the session somehow
    zones = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC")
    found = report(f"{HEAD}\n{rows}")
    assert better_zone(found, zone="Asia/Jakarta", others=zones, session=SESSION) == better


def test_a_report_without_times_says_so() -> None:
    found = report("Name (Original Name),User Email,Total Duration (Minutes),Guest\nAni,,187,Yes\n")
    assert (found.timed, found.guests[0].minutes, found.guests[0].stays) == (False, 187, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No,Nama,NIP\n1,Ani,123\n",
        f"{HEAD}\n",
        f"{HEAD}\nAni,,09/06/2020 09:00:00 AM,09/06/2020 10:00:00 AM,60,Yes,,No\n",
        f"{HEAD}\nAni,,kemarin,tadi,60,Yes,,No\n",
        "a" * 5000,
    ],
)
def test_other_files_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        report(text)
    assert "Belum ada yang disimpan" in caught.value.text.in_("id")


def test_other_headings_a_block_above_them_and_a_byte_order_mark_make_no_difference() -> None:
    found = read_report(table(NEWER.encode("utf-8-sig")), zone="Asia/Jakarta", session=SESSION)
    assert {guest.name for guest in found.guests} == {"Ani Lestari", "Budi, S.Pd."}
    assert (found.waited, minutes(found, "Ani Lestari")) == (1, 47)


PEOPLE = Directory(
    Participant(number, name, (school,))
    for number, name, school in (
        (1, "Ani Lestari", "SD Negeri 8"),
        (2, "Siti Aminah", "SD Negeri 8"),
        (3, "Siti Aminah", "SD Negeri 19"),
        (4, "Budi Santoso", "SD Negeri 19"),
        (5, "Rahmawati", "SD Negeri 19"),
    )
)


@pytest.mark.parametrize(
    ("shown", "sure", "first"),
    [
        (["Ani Lestari"], True, 1),
        (["LESTARI ani, S.Pd.SD"], True, 1),
        (["Ibu Hj. Rahmawati, S.Pd."], True, 5),
        (["Galaxy A12", "Budi Santoso"], True, 4),
        (["Siti Aminah SDN 19"], True, 3),
        (["Siti Aminah"], False, 2),
        (["SDN 8_Bu Ani_HP"], False, 1),
        (["Budi Santosa"], False, 4),
        (["SDN 19"], False, 0),
        (["iPhone"], False, 0),
        ([""], False, 0),
    ],
)
def test_only_a_name_that_means_one_person_is_sure(shown: list[str], sure: bool, first: int) -> None:
    match = PEOPLE.match(shown)
    assert (match.sure, (*match.enrolment_ids, 0)[0]) == (sure, first)


def test_words_leave_out_what_is_no_name() -> None:
    assert words_of("SDN 8_Bu Siti_HP") == ("siti",)
    assert words_of("Drs. H. Muhammad Yusuf, M.Pd.") == ("muhammad", "yusuf")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("budi santoso", 4),
        ("Budi Santoso (SD Negeri 19)", 4),
        ("Siti Aminah (SDN 19)", 3),
        ("Siti Aminah", None),  # two of that name
        ("Budi Santosa", None),  # a slip is never taken for somebody
        ("SDN 19", None),
        ("Agus", None),
    ],
)
def test_a_typed_name_counts_when_it_means_exactly_one_person(typed: str, expected: int | None) -> None:
    assert named(typed, PEOPLE) == expected
