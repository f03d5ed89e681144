import base64
import hashlib
import json
import os
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tests.cli import read_only
from traceblock.cli import doctor, findings, health, installed


def apply(result):
    """Run the command that mends; what installs belongs into an environment of its own, see test_mends.py."""
    assert shlex.split(result.mend)[0] in {"mv", "mkdir", "chmod"}
    subprocess.run(result.mend, shell=True, check=True)


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
    assert len(lines) == 11
    assert all(line.startswith("✓ ") for line in lines)


def test_one_failure_sets_the_exit_status_and_hides_no_other_line(monkeypatch, capsys):
    fine = doctor.Result(True, "fine")
    for check in ("packages", "package_files", "kernel", "folder", "home"):
        monkeypatch.setattr(doctor, check, lambda: fine)
    for check in ("files", "notebooks", "data", "source", "answers"):
        monkeypatch.setattr(health, check, lambda: fine)
    monkeypatch.setattr(doctor, "python", lambda: doctor.Result(False, "too old", "make new"))
    assert doctor.run() == 1
    assert capsys.readouterr().out.splitlines() == ["✗ too old — mend: make new"] + ["✓ fine"] * 10


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


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """A package of three files with its list, as pip installs one, and a lock that names it."""
    package, info = tmp_path / "grapes", tmp_path / "grapes-1.0.dist-info"
    package.mkdir()
    info.mkdir()
    for name in ("__init__.py", "red.py", "white.py"):
        (package / name).write_text(f"# {name}\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: grapes\nVersion: 1.0\n")
    rows = [f"grapes/{path.name},{_hashed(path)},{path.stat().st_size}" for path in sorted(package.iterdir())]
    rows += ["grapes/__pycache__/red.cpython-311.pyc,,", "grapes-1.0.dist-info/RECORD,,"]
    (info / "RECORD").write_text("\n".join(rows) + "\n")
    (tmp_path / "lock.txt").write_text("grapes==1.0 \\\n    --hash=sha256:00\n")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def _hashed(path):
    digest = hashlib.sha256(path.read_bytes()).digest()
    return f"sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def test_a_package_with_all_its_files_is_fine(installation):
    assert doctor.package_files(installation / "lock.txt").fine
    assert installed.faults("grapes", hashes=True) == []


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda root: (root / "grapes" / "red.py").unlink(), "grapes/red.py is missing"),
        (lambda root: (root / "grapes" / "red.py").write_text(""), "grapes/red.py has another size"),
        (lambda root: (root / "grapes-1.0.dist-info" / "RECORD").unlink(), "grapes has no list of its files"),
    ],
)
def test_a_half_deleted_package_is_named(installation, damage, fault):
    damage(installation)
    result = doctor.package_files(installation / "lock.txt")
    assert result.says == f"package files: grapes is damaged (1 files, such as: {fault})"
    assert "--ignore-installed" in result.mend  # pip would leave alone what looks installed


def test_a_changed_byte_shows_in_the_hash(installation):
    (installation / "grapes" / "red.py").write_text("# Red.py\n"[:9])
    assert installed.faults("grapes") == []
    assert installed.faults("grapes", hashes=True) == ["grapes/red.py is not what was installed"]


def test_a_missing_kernel_is_named():
    result = doctor.kernel("no-such-kernel")
    assert not result.fine
    assert "no-such-kernel" in result.says


COURSELESS = "import sys; sys.modules['traceblock'] = None"
ELSEWHERE = "import sys; sys.prefix = '/nowhere'"
LAUNCH = "; from ipykernel import kernelapp; kernelapp.launch_new_instance()"


@pytest.fixture
def other(tmp_path, monkeypatch):
    """Return a function that puts a kernel `python3` of somebody else before the course's own."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    def put(code, *connection):
        folder = tmp_path / "kernels" / "python3"
        folder.mkdir(parents=True)
        spec = {"argv": ["python", "-c", code, *connection], "display_name": "other", "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec))
        return folder

    return put


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (COURSELESS + LAUNCH, f"runs the Python of {sys.prefix}, and finds no course (ModuleNotFoundError: "),
        (ELSEWHERE + LAUNCH, f"runs the Python of /nowhere, not that of the course, {sys.prefix}"),
        ("raise SystemExit('no luck')", "does not start, RuntimeError: "),
    ],
)
def test_a_kernel_that_hides_the_courses_own_is_named_and_set_aside(other, code, said):
    folder = other(code, "-f", "{connection_file}")
    result = doctor.kernel()
    assert not result.fine
    assert result.says.startswith(f"kernel python3 of {folder} {said}")
    apply(result)
    assert (folder.parent / "python3-other" / "kernel.json").exists()
    assert str(doctor.kernel()).startswith("✓ kernel python3 runs the Python of ")


def test_a_kernel_that_cannot_be_read_is_set_aside_too(other):
    folder = other("")
    (folder / "kernel.json").write_text("{")
    result = doctor.kernel()
    assert not result.fine
    assert result.says.startswith(f"kernel python3 of {folder} does not start, ")
    apply(result)
    assert folder.with_name("python3-other").exists()


def test_a_kernel_that_hangs_is_a_result(other):
    other("import time; time.sleep(60)")
    result = doctor.kernel(limit=1)
    assert "does not start, RuntimeError: Kernel didn't respond in 1 seconds" in result.says


def test_a_writable_folder_is_left_as_it_was(tmp_path):
    assert doctor.folder(tmp_path).fine
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("make", [lambda path: path.write_text("kept"), lambda path: None])
def test_a_folder_that_is_none_is_named_and_made(tmp_path, make):
    path = tmp_path / "no folder"
    make(path)
    result = doctor.folder(path)
    assert not result.fine
    assert str(path) in result.says
    apply(result)
    assert doctor.folder(path).fine
    assert [file.read_text() for file in tmp_path.glob("no folder-1")] in ([], ["kept"])


BOUND = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override", "--"]


def test_a_folder_without_the_right_to_write_is_named_and_mended(tmp_path):
    tmp_path.chmod(0o500)
    code = "import sys; from pathlib import Path; from traceblock.cli import doctor; "
    code += "result = doctor.folder(Path(sys.argv[1])); print(result.mend); print(result.fine)"
    # Root is bound by modes only without this capability.
    bound = BOUND if os.geteuid() == 0 else []
    ask = [*bound, sys.executable, "-c", code, str(tmp_path)]
    said = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    assert said == f"chmod u+rwx {tmp_path}\nFalse\n"
    apply(doctor.Result(False, "", said.splitlines()[0]))
    assert subprocess.run(ask, capture_output=True, text=True, check=True).stdout == "\nTrue\n"


def test_a_home_that_is_no_folder_is_named_and_made(tmp_path, monkeypatch):
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "kept" / name))
    assert doctor.home().fine
    assert not list(tmp_path.iterdir())
    (tmp_path / "kept").write_text("")
    result = doctor.home()
    assert not result.fine
    apply(result)
    assert doctor.home().fine


def test_a_home_on_a_read_only_disk_is_named_and_another_is_used(tmp_path):
    ask = "from traceblock.cli import doctor; print(doctor.home().mend or 'fine')"
    shell = 'mend=$("$0" -c "$1") && echo "$mend" && eval "$mend" && exec "$0" -c "$1"'
    environment = {"HOME": tmp_path, "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    said = read_only.run(tmp_path, ["sh", "-c", shell, sys.executable, ask], environment).splitlines()
    assert said[0].startswith('export JUPYTER_CONFIG_DIR="$(mktemp -d)"')
    assert said[1:] == ["fine"]


def test_an_environment_on_a_read_only_disk_is_said():
    ask = "from traceblock.cli import findings; print(findings.install()); print(findings.reinstall())"
    environment = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "PYTHONDONTWRITEBYTECODE": "1"}
    said = read_only.run(Path(sys.prefix), [sys.executable, "-c", ask], environment).splitlines()
    assert len(said) == 2
    assert all(
        line.startswith(f"{sys.prefix} is on a read-only disk; make it writable, then: ") for line in said
    )
    assert not findings.install().startswith(sys.prefix + " is")
