import hashlib
import json
import time
from importlib import metadata

import pytest

from traceblock.cli import doctor


@pytest.fixture
def published(tmp_path):
    """A folder with one data file and its datapackage.json."""
    (tmp_path / "facts.csv").write_bytes(b"case,fact\n")
    digest = hashlib.sha256(b"case,fact\n").hexdigest()
    resources = [{"path": "facts.csv", "hash": f"sha256:{digest}"}]
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": resources}))
    return tmp_path / "datapackage.json"


@pytest.fixture
def lock(tmp_path):
    """A lock with a package that is installed as locked, and one for another system."""
    lines = [
        "# Generated",
        f"jupyterlab=={metadata.version('jupyterlab')} \\",
        "    --hash=sha256:00",
        "nowhere==1.0 ; sys_platform == 'plan9' \\",
        "    --hash=sha256:00",
    ]
    path = tmp_path / "requirements.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_here_everything_is_fine(capsys):
    assert doctor.run() == 0, capsys.readouterr().out
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("✓ ") for line in lines)


def test_one_failure_sets_the_exit_status_and_hides_no_other_line(monkeypatch, capsys):
    fine = doctor.Result(True, "fine")
    for check in ("packages", "data", "kernel", "folder"):
        monkeypatch.setattr(doctor, check, lambda: fine)
    monkeypatch.setattr(doctor, "python", lambda: doctor.Result(False, "too old", "make new"))
    assert doctor.run() == 1
    assert capsys.readouterr().out.splitlines() == ["✗ too old — mend: make new"] + ["✓ fine"] * 4


def test_a_check_that_breaks_is_a_line_with_the_reason():
    def broken():
        raise KeyError("no such\nthing")

    line = str(doctor.attempt(broken))
    assert line.startswith("✗ broken: the check broke, KeyError: ")
    assert " — mend: " in line
    assert "\n" not in line


@pytest.mark.parametrize(("version", "fine"), [((3, 10, 14), False), ((3, 11, 0), True), ((4, 0, 0), True)])
def test_python(version, fine):
    assert doctor.python(version).fine is fine


def test_packages_as_locked_are_counted_where_they_apply(lock):
    assert str(doctor.packages(lock)) == "✓ 1 packages as locked"


def test_a_wrong_version_is_named(lock):
    lock.write_text(lock.read_text().replace("jupyterlab==", "jupyterlab==99."))
    result = doctor.packages(lock)
    assert not result.fine
    assert f"jupyterlab is {metadata.version('jupyterlab')}, locked ==99." in result.says
    assert result.mend.endswith(f"install --require-hashes --requirement {lock}")


def test_a_missing_package_is_named(lock):
    lock.write_text(lock.read_text().replace(" ; sys_platform == 'plan9'", ""))
    assert doctor.packages(lock).says == "packages: nowhere is missing, locked ==1.0"


def test_data_as_published(published):
    assert str(doctor.data(published)) == "✓ 1 data files as published"


def test_a_changed_byte_of_data_is_named(published):
    (published.parent / "facts.csv").write_bytes(b"case,fect\n")
    result = doctor.data(published)
    assert result.says == "data: facts.csv is not what was published"
    assert result.mend.startswith(f"git -C {published.parent} checkout -- .")


def test_a_missing_data_file_is_named(published):
    (published.parent / "facts.csv").unlink()
    assert doctor.data(published).says == "data: facts.csv is missing"


def test_data_without_a_hash_is_named(published):
    published.write_text('{"resources": [{"path": "facts.csv"}]}')
    assert doctor.data(published).says == "data: facts.csv has no published hash"


@pytest.mark.parametrize("text", ["", "{", "{}", None])
def test_an_unreadable_datapackage_is_a_result(published, text):
    published.unlink() if text is None else published.write_text(text)
    result = doctor.data(published)
    assert not result.fine
    assert "cannot be read" in result.says


def test_a_missing_kernel_is_named():
    result = doctor.kernel("no-such-kernel")
    assert not result.fine
    assert "no-such-kernel" in result.says


@pytest.mark.parametrize(
    ("code", "reason"), [("raise SystemExit('no luck')", "no luck"), ("import time; time.sleep(60)", "")]
)
def test_a_kernel_that_dies_or_hangs_is_a_result(tmp_path, monkeypatch, code, reason):
    folder = tmp_path / "kernels" / "broken"
    folder.mkdir(parents=True)
    spec = {"argv": ["python", "-c", code], "display_name": "broken", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    start = time.monotonic()
    result = doctor.kernel("broken", limit=2)
    assert not result.fine
    assert result.says.startswith("kernel broken does not start, ")
    assert result.says.endswith(reason)
    assert time.monotonic() - start < 10


def test_a_writable_folder_is_left_as_it_was(tmp_path):
    assert doctor.folder(tmp_path).fine
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("make", [lambda path: path.write_text(""), lambda path: None])
def test_a_folder_that_cannot_be_written_to_is_named(tmp_path, make):
    path = tmp_path / "no folder"
    make(path)
    result = doctor.folder(path)
    assert not result.fine
    assert str(path) in result.says
    assert result.mend == f"chmod u+rwx '{path}'"
