"""Quotas as containers, Kubernetes and systemd set them, from the texts that the kernel shows."""

from fractions import Fraction

import pytest
from fiapx_engine.cpus import THREADS_AT_MOST, cpu_quota, threads_for, usable_threads

V2 = "31 23 0:28 / /sys/fs/cgroup rw,nosuid,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate"
V1 = "32 31 0:29 {root} /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct"
V1_GROUPS = "12:cpuset:/\n5:cpu,cpuacct:{group}\n1:name=systemd:/\n"


def quota(mounts: str, groups: str, **files: str) -> Fraction | None:
    """`files`: texts below /sys/fs/cgroup, with __ for a slash and _dot_ for a dot."""
    texts = {"/proc/self/mountinfo": mounts, "/proc/self/cgroup": groups}
    for name, text in files.items():
        texts["/sys/fs/cgroup/" + name.replace("__", "/").replace("_dot_", ".")] = text
    return cpu_quota(lambda path: texts.get(path, ""))


def test_a_container_sees_its_own_quota_at_the_mounts_root() -> None:
    assert quota(V2, "0::/\n", cpu_dot_max="150000 100000\n") == Fraction(3, 2)


def test_without_a_quota_there_is_none() -> None:
    assert quota(V2, "0::/\n", cpu_dot_max="max 100000\n") is None
    assert quota(V2, "0::/\n") is None
    assert quota("", "") is None


def test_the_smallest_quota_around_a_group_counts() -> None:
    files = {"a__b__cpu_dot_max": "max 100000\n", "a__cpu_dot_max": "50000 100000\n", "cpu_dot_max": "400000 100000\n"}
    assert quota(V2, "0::/a/b\n", **files) == Fraction(1, 2)


def test_a_group_of_another_name_space_is_the_mounts_root() -> None:
    assert quota(V2.replace(" / ", " /docker/x ", 1), "0::/\n", cpu_dot_max="200000 100000\n") == 2
    assert quota(V2.replace(" / ", " /docker/x ", 1), "0::/docker/x\n", cpu_dot_max="200000 100000\n") == 2


@pytest.mark.parametrize(("root", "group"), [("/docker/x", "/docker/x"), ("/", "/")])
def test_the_first_version_has_a_file_for_the_quota_and_one_for_its_period(root: str, group: str) -> None:
    folder = "cpu,cpuacct__cpu_dot_cfs_"
    files = {f"{folder}quota_us": "250000\n", f"{folder}period_us": "100000\n"}
    assert quota(V1.format(root=root), V1_GROUPS.format(group=group), **files) == Fraction(5, 2)
    assert quota(V1.format(root=root), V1_GROUPS.format(group=group), **files | {f"{folder}quota_us": "-1\n"}) is None


def test_the_first_versions_groups_lie_in_one_another_too() -> None:
    files = {
        "cpu,cpuacct__a__cpu_dot_cfs_quota_us": "100000\n",
        "cpu,cpuacct__a__cpu_dot_cfs_period_us": "50000\n",
    }
    assert quota(V1.format(root="/"), V1_GROUPS.format(group="/a/b"), **files) == 2


def test_where_both_versions_are_mounted_each_is_asked() -> None:
    both = V1.format(root="/") + "\n" + V2.replace("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
    folder = "cpu,cpuacct__cpu_dot_cfs_"
    files = {f"{folder}quota_us": "300000", f"{folder}period_us": "100000", "unified__cpu_dot_max": "max 100000"}
    assert quota(both, V1_GROUPS.format(group="/") + "0::/\n", **files) == 3


@pytest.mark.parametrize("text", ["", "100000", "100000 0", "x 100000", "100000 100000 1", "-5 100000"])
def test_what_is_no_quota_is_none(text: str) -> None:
    assert quota(V2, "0::/\n", cpu_dot_max=text) is None


def test_lines_of_other_forms_are_passed_over() -> None:
    assert quota(f"\nx\n1 2 - cgroup2\n{V2}", "\nx\n7\n0::/\n", cpu_dot_max="100000 100000") == 1


@pytest.mark.parametrize(
    ("granted", "cores", "threads"),
    [
        (None, 4, 4),
        (Fraction(3, 2), 4, 2),
        (Fraction(1, 10), 4, 1),
        (Fraction(2), 1, 1),
        (None, 64, THREADS_AT_MOST),
        (Fraction(0), 0, 1),
    ],
)
def test_a_quota_is_rounded_up_and_never_above_the_cores(granted: Fraction | None, cores: int, threads: int) -> None:
    assert threads_for(granted, cores) == threads


def test_here_there_is_at_least_one() -> None:
    assert 1 <= usable_threads() <= THREADS_AT_MOST
