"""Files are kept under keys nobody guesses, in a folder or in a bucket."""

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.platform.embedded import free_port
from lms.platform.storage import BucketStorage, FolderStorage, Storage


@pytest.fixture(scope="module")
def bucket_address() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path)
    import urllib.request

    address = request.getfixturevalue("bucket_address")
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "y"),
        ("AWS_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{address}/imbas", method="PUT")).close()
    return BucketStorage("imbas", "files", address)


def test_what_is_put_comes_back(store: Storage) -> None:
    body = bytes(range(256)) * 3000
    kept = store.put(io.BytesIO(body), suffix="pdf")
    assert (kept.size, kept.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    with store.open(kept.key) as file:
        assert bytes(file.read()) == body
    assert kept.key in set(store.keys())


def test_the_same_content_twice_has_two_keys(store: Storage) -> None:
    assert store.put(b"a", suffix="txt").key != store.put(b"a", suffix="txt").key


def test_forgotten_means_gone_and_forgetting_twice_is_fine(store: Storage) -> None:
    kept = store.put(b"a", suffix="txt")
    store.delete(kept.key)
    store.delete(kept.key)
    assert not store.exists(kept.key)
    with pytest.raises(FileNotFoundError):
        store.open(kept.key)


def test_restoring_keeps_the_key(store: Storage) -> None:
    store.restore("ab/abcdef.txt", io.BytesIO(b"old"))
    with store.open("ab/abcdef.txt") as file:
        assert bytes(file.read()) == b"old"


@pytest.mark.parametrize("key", ["../secret", "ab/../../x", "ab/.hidden", "abc/x", "ab/", "/etc/passwd"])
def test_a_key_never_leaves_the_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(FileNotFoundError):
        FolderStorage(tmp_path).open(key)


def test_files_are_listed_by_the_first_two_letters_of_their_key(store: Storage) -> None:
    kept = [store.put(b"x" * size, suffix="pdf") for size in range(1, 40)]
    for prefix in {file.key[:2] for file in kept}:
        found = dict(store.listed(prefix))
        assert {(file.key, file.size) for file in kept if file.key.startswith(prefix)} <= set(found.items())
        assert all(key.startswith(f"{prefix}/") for key in found)
    assert list(store.listed("zz")) == []
    store.forget_parts()
    assert {file.key for file in kept} <= set(store.keys())


def test_the_name_of_a_kept_file_is_on_the_disk_before_its_row_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut after the commit must not leave a row whose file has no name any more."""
    kept: list[tuple[int, int]] = []

    def fsync(handle: int) -> None:
        found = os.fstat(handle)
        kept.append((found.st_dev, found.st_ino))

    monkeypatch.setattr(os, "fsync", fsync)
    key = FolderStorage(tmp_path).put(b"bukti", suffix="pdf").key
    wanted = [tmp_path, tmp_path / key, (tmp_path / key).parent]
    assert kept == [(path.stat().st_dev, path.stat().st_ino) for path in wanted]
