"""In a kernel, as in a notebook: a loop without an end is stopped, by the limit or by the reader's hand."""

import pytest
from jupyter_client.manager import run_kernel

SETUP = """
from traceblock import exercises
from traceblock.exercises import question

ex = exercises.lesson(0)
print(ex["established_share"].outcome(...).kind)

def established_share(*arguments):
    while True:
        pass
"""


@pytest.fixture(scope="module")
def kernel():
    with run_kernel(kernel_name="python3") as client:
        yield client


def ran(kernel, code):
    """Return what a cell prints, and the class of its error, if it fails."""
    printed = []

    def hear(message):
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    reply = kernel.execute_interactive(code, output_hook=hear, timeout=120)
    return "".join(printed), reply["content"].get("ename")


def test_a_loop_is_stopped_by_the_limit_and_the_kernel_goes_on(kernel):
    assert ran(kernel, SETUP)[0].startswith("blank")
    printed, error = ran(kernel, 'question.TIME = 0.3\nex["established_share"].check()')
    assert "a loop is the likely cause" in printed
    assert error is None
    assert ran(kernel, "print(6 * 7)") == ("42\n", None)


def test_a_loop_is_stopped_by_an_interrupt_and_the_kernel_goes_on(kernel):
    ran(kernel, SETUP)
    # The interrupt comes from inside the loop: so it is there when it comes, however slow the machine.
    loop = """
def established_share(*arguments):
    import _thread
    _thread.interrupt_main()
    while True:
        pass

question.TIME = 100
ex["established_share"].check()
"""
    printed, error = ran(kernel, loop)
    assert "it was interrupted before it came to an end" in printed
    assert error is None
    assert ran(kernel, "print(6 * 7)") == ("42\n", None)
