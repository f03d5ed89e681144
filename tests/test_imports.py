"""What importing the course costs beyond pandas, Altair and ipywidgets: modules, since seconds vary."""

import json
import subprocess
import sys

SHOWN = "import json, sys; print(json.dumps(sorted(sys.modules)))"
# what a lesson's first cell imports anyway
PAID = "import pandas, altair, ipywidgets"


def _modules(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {SHOWN}"], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_importing_the_package_imports_nothing_heavy():
    assert not _modules("import traceblock") & {
        "pandas",
        "numpy",
        "altair",
        "ipywidgets",
        "IPython",
        "jupyterlab",
    }


def test_a_lesson_pays_for_nothing_else():
    lesson = "from traceblock import cases, charts, exercises, explore"
    added = _modules(f"{PAID}; {lesson}") - _modules(PAID)
    own = {name for name in added if name not in sys.stdlib_module_names}
    assert own == {"dns", "traceblock"}  # dnspython: some 12 ms


def test_the_command_line_starts_without_jupyter():
    assert not _modules("import traceblock.cli") & {"pandas", "altair", "ipywidgets", "IPython", "jupyterlab"}


def test_charts_compile_no_grammars():
    assert "lark" in _modules("import jsonschema")  # beside JupyterLab it does
    assert "lark" not in _modules("from traceblock import charts")
