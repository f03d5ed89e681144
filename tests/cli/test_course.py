import json
import shutil
from pathlib import Path

import pytest

from traceblock.cli import course
from traceblock.cli.errors import CommandError, RequestError
from traceblock.files import checkout

LESSON, EXERCISE = "notebooks/00_a.ipynb", "exercises/00_a.ipynb"


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A small installed course, and an empty current folder."""
    root = tmp_path / "installed"
    for name in (LESSON, EXERCISE, "solutions/00_a.ipynb", "data/a.csv"):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(f"published {name}")
    (root / "notebooks" / ".ipynb_checkpoints").mkdir()
    (root / "notebooks" / ".ipynb_checkpoints" / "00_a.ipynb").write_text("a checkpoint")
    monkeypatch.setattr(course, "checkout", lambda: None)
    monkeypatch.setattr(course, "course_file", root.joinpath)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return root


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()
    }


def content(folder):
    """The files of a folder but the record."""
    return {name: text for name, text in files(folder).items() if name != course.RECORD}


def test_a_checkout_is_opened_as_it_is(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    before = set(checkout().iterdir())
    assert course.place() == (checkout(), [])
    assert course.place(checkout()) == (checkout(), [])
    assert set(checkout().iterdir()) == before
    assert not list(tmp_path.iterdir())


def test_an_installed_course_is_copied_below_the_current_folder(published):
    folder, told = course.place()
    assert folder == Path.cwd() / "traceblock-course"
    assert told == [f"The course was copied to {folder}."]
    shutil.rmtree(published / "notebooks" / ".ipynb_checkpoints")
    assert content(folder) == files(published)


def test_a_second_start_opens_the_same_copy_from_above_and_from_within(published, monkeypatch):
    first, _ = course.place()
    before = {path: path.stat().st_mtime_ns for path in first.rglob("*")}
    assert course.place() == (first, [])
    monkeypatch.chdir(first)
    assert course.place() == (first, [])
    assert {path: path.stat().st_mtime_ns for path in first.rglob("*")} == before


def test_a_named_folder_is_made_with_those_above_it(published):
    folder, _ = course.place(Path("my courses/é ü"))
    assert (folder / LESSON).is_file()
    assert not Path("traceblock-course").exists()


def test_a_students_work_is_kept_without_a_word(published):
    folder, _ = course.place()
    (folder / EXERCISE).write_text("my answers")
    (folder / "notebooks" / "my own.ipynb").write_text("mine")
    assert course.place() == (folder, [])
    assert content(folder)[EXERCISE] == "my answers"
    assert content(folder)["notebooks/my own.ipynb"] == "mine"


def test_a_copy_that_was_cut_off_is_completed(published, monkeypatch):
    write = course._write

    def full_after_two(content, target, seen=[]):  # noqa: B006 - it counts
        seen.append(target)
        if len(seen) > 2:
            raise OSError(28, "No space left on device")
        return write(content, target)

    with monkeypatch.context() as patch:
        patch.setattr(course, "_write", full_after_two)
        with pytest.raises(CommandError, match=r"cannot be copied to .* \(No space left on device\)"):
            course.place()
    folder, told = course.place()
    assert told == [f"Files that were missing in {folder} were copied: solutions/00_a.ipynb, data/a.csv."]
    assert len(content(folder)) == 4
    (folder / EXERCISE).write_text("my answers")
    assert course.place() == (folder, [])


def test_a_file_is_written_whole_or_not_at_all(published, monkeypatch, tmp_path):
    def cut_off(self, content):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", cut_off)
    with pytest.raises(CommandError):
        course.place(tmp_path / "copy")
    assert files(tmp_path / "copy") == {}


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_is_there_is_never_written_over(tmp_path, monkeypatch, has_links):
    def no_links(self, target):
        raise PermissionError(1, "Operation not permitted")

    if not has_links:
        monkeypatch.setattr(Path, "hardlink_to", no_links)
    target = tmp_path / "folder" / "file"
    assert course._write(b"one", target)
    assert not course._write(b"two", target)
    assert target.read_bytes() == b"one"
    assert list(target.parent.iterdir()) == [target]
    nowhere = tmp_path / "link"
    nowhere.symlink_to(tmp_path / "not yet")
    assert not course._write(b"three", nowhere)
    assert not nowhere.exists()


def test_a_file_that_appears_meanwhile_is_kept(tmp_path, monkeypatch):
    target = tmp_path / "file"
    target.write_text("theirs")
    monkeypatch.setattr(course.os.path, "lexists", lambda path: False)
    assert not course._write(b"ours", target)
    assert target.read_text() == "theirs"


def test_other_files_of_the_same_names_are_kept_and_named(published):
    mine = Path("mine")
    (mine / LESSON).parent.mkdir(parents=True)
    (mine / LESSON).write_text("of my own")
    for _ in range(2):
        folder, told = course.place(mine)
        assert "which were kept: notebooks/00_a.ipynb. " in told[-1]
    assert content(folder)[LESSON] == "of my own"
    assert (folder / EXERCISE).is_file()


@pytest.mark.parametrize("worked_on", [True, False])
def test_a_newer_course_writes_over_nothing_and_says_what_it_has(published, worked_on):
    folder, _ = course.place()
    if worked_on:
        (folder / EXERCISE).write_text("my answers")
    before = content(folder)
    (published / EXERCISE).write_text("a newer exercise")
    (published / "data" / "b.csv").write_text("a new file")
    _, told = course.place()
    assert content(folder) == before | {"data/b.csv": "a new file"}
    assert told == [
        f"Files that were missing in {folder} were copied: data/b.csv.",
        f"The course has other versions of these files, which were kept: {EXERCISE}. "
        "To get the course's own, name a new folder: traceblock lab FOLDER",
    ]
    _, told = course.place(Path("fresh"))
    assert told == [f"The course was copied to {Path.cwd() / 'fresh'}."]
    assert content(Path("fresh"))[EXERCISE] == "a newer exercise"


@pytest.mark.parametrize("record", ["", "{", "[]", '{"notebooks/00_a.ipynb": 3}'])
def test_a_damaged_record_costs_nothing(published, record):
    folder, _ = course.place()
    (folder / EXERCISE).write_text("my answers")
    (folder / course.RECORD).write_text(record)
    _, told = course.place()
    assert content(folder)[EXERCISE] == "my answers"
    assert (record == '{"notebooks/00_a.ipynb": 3}') or EXERCISE in told[0]
    assert LESSON in json.loads((folder / course.RECORD).read_text())


@pytest.mark.parametrize("place", ["taken", "taken/below", "half"])
def test_a_file_where_a_folder_is_wanted_is_named(published, place):
    Path("taken").write_text("mine")
    Path("half").mkdir()
    Path("half/notebooks").write_text("mine")
    with pytest.raises(RequestError, match=r"(taken|notebooks) is not a folder; name another") as told:
        course.place(Path(place))
    assert told.value.status == 2
    assert Path("taken").read_text() == Path("half/notebooks").read_text() == "mine"


def test_a_folder_of_a_files_name_is_kept(published):
    Path("mine", LESSON).mkdir(parents=True)
    _, told = course.place(Path("mine"))
    assert f"kept: {LESSON}." in told[-1]


def test_a_folder_that_cannot_be_written_to_is_one_line(published, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)  # root is not bound by modes
    with pytest.raises(CommandError, match=r"\(Permission denied\); name a folder that can be written to"):
        course.place(Path("locked"))


def test_a_whole_copy_that_cannot_be_written_to_is_opened(published, monkeypatch):
    folder, _ = course.place()
    monkeypatch.setattr(Path, "write_text", lambda *args: pytest.fail("written to"))
    monkeypatch.setattr(Path, "write_bytes", lambda *args: pytest.fail("written to"))
    assert course.place() == (folder, [])
