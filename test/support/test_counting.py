"""The tests of the count that script/test ends with: nothing may be lost."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from run_tests import Count, count_report, count_tap  # noqa: E402


def test_each_case_of_a_c_program_counts():
    count, skips = count_tap("1..3\nok 1 - a\nnot ok 2 - b\n"
                             "no PostgreSQL here\nnot ok 3 # SKIP c\n")

    assert count == Count(1, 1, 1)
    assert skips == ["c (no PostgreSQL here)"]


def test_several_groups_add_up():
    assert count_tap("1..1\nok 1 - a\n# ok - one\n1..2\nok 1 - b\nok 2 - c\n"
                     "# ok - two\n")[0] == Count(3, 0, 0)


def test_a_case_that_never_reported_has_failed():
    assert count_tap("1..3\nok 1 - a\n")[0] == Count(1, 2, 0)


def test_what_a_test_prints_is_no_result():
    assert count_tap("1..1\nokay\nnot okay\nok 1 - a\n")[0] == Count(1, 0, 0)


def test_a_missing_report_has_failed(tmp_path):
    assert count_report(tmp_path / "none.xml") == Count(0, 1, 0)


def test_a_report_is_counted(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        "<testsuites><testsuite><testcase/><testcase><failure/></testcase>"
        "<testcase><error/></testcase><testcase><skipped/></testcase>"
        "</testsuite></testsuites>")

    assert count_report(report) == Count(1, 2, 1)
