"""The pool: shards side by side, in the order of their calls, whatever they hold."""

import contextlib
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from reproductions.training import pool
from reproductions.training.pool import Cache, Pool, Sending
from tests.training.shards import made, part


@pytest.fixture(autouse=True)
def count():
    made.clear()
    return made


CALLS = [(3,), (1, 2), (2,)]


def test_results_come_in_the_order_of_the_calls_with_what_they_hold():
    results = Pool().gather(part, CALLS, "test")
    assert [int(result["one"]) for result in results] == [3, 1, 2]
    assert sorted(made) == [1, 2, 3]
    for result, call in zip(results, CALLS, strict=True):
        expected = part(None, *call)
        np.testing.assert_array_equal(result["values"], expected["values"])
        pd.testing.assert_frame_equal(result["rows"], expected["rows"], check_dtype=False)
        assert result["rows"]["single"].dtype == "float32"
        assert list(result["nothing"].columns) == ["label", "value"]


later = threading.Event()


def first_waits(shard, number):
    """The first shard ends after a later one."""
    if number == 0:
        assert later.wait(timeout=60)
    else:
        later.set()
    return {"number": number}


def test_the_order_is_that_of_the_calls_whichever_is_done_first(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    later.clear()
    results = Pool().gather(first_waits, [(0,), (1,), (2,)], "test")
    assert [int(result["number"]) for result in results] == [0, 1, 2]


def test_nothing_is_written_outside_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Pool().gather(part, CALLS, "test")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [np.array([None]), pd.DataFrame({"a": [{}]}), pd.DataFrame()])
def test_what_cannot_be_kept_as_plain_arrays_is_refused(value):
    with pytest.raises(ValueError, match="Received"):
        pool._pack({"value": value})


@pytest.mark.parametrize("seeds", [1, 127, 128, 129, 4096, 128_001, 10**7, 10**8])
def test_ranges_hold_every_seed_once_in_whole_blocks(seeds):
    ranges = pool.ranges(seeds)
    assert [start for start, _ in ranges] == [0, *(stop for _, stop in ranges[:-1])]
    assert ranges[-1][1] == seeds
    assert len(ranges) <= pool.MOST_RANGES
    assert all(start % 64 == 0 for start, _ in ranges)


def spans(shard, name, start, stop):
    made.append((name, start))
    return {"seeds": np.arange(start, stop), "name": name}


def test_every_call_comes_before_the_next_seeds(monkeypatch):
    monkeypatch.setattr(pool, "RANGE", 64)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(Pool, "_in_turn", lambda _: 2)
    found = Pool().by_seeds(spans, [("a",), ("b",)], [100, 150], "test")
    assert made == [("a", 0), ("b", 0), ("a", 64), ("b", 64), ("b", 128)]
    for parts, name, seeds in zip(found, "ab", (100, 150), strict=True):
        assert {str(part["name"]) for part in parts} == {name}
        np.testing.assert_array_equal(np.concatenate([p["seeds"] for p in parts]), range(seeds))


def test_some_arrays_are_added_up_and_the_others_stand_side_by_side():
    parts = [
        {"count": np.array([1, 2]), "seeds": np.array([[0, 1], [2, 3]])},
        {"count": np.array([10, 20]), "seeds": np.array([[4], [5]]), "late": np.array([7])},
    ]
    found = pool.whole(parts, summed=("count",))
    expected = {"count": [11, 22], "seeds": [[0, 1, 4], [2, 3, 5]], "late": [7]}
    assert {name: array.tolist() for name, array in found.items()} == expected


def test_what_shards_share_is_made_once_while_other_threads_wait():
    cache = Cache()

    def make(name, option=None):
        made.append((name, option))
        with ThreadPoolExecutor(1) as other:  # the lock is what another thread would wait for
            assert not other.submit(cache._lock.acquire, blocking=False).result()
        return object()

    first = cache.once(make, "a")
    assert cache.once(make, "a") is first
    assert cache.once(make, "a", option=1) is not first
    assert made == [("a", None), ("a", 1)]


def shared(shard):
    return {"one": shard.once(object) is shard.once(object), "made": id(shard.cache)}


def test_the_shards_of_an_experiment_share_what_those_of_the_next_do_not():
    both = Pool()
    first, second = both.gather(shared, [(), ()], "test")
    (other,) = Pool().gather(shared, [()], "test")
    assert first["one"]
    assert first["made"] == second["made"] != other["made"]


def test_a_worker_lets_go_with_the_next_experiment(monkeypatch):
    caches = []
    for module in ("x", "x", "y", "x"):
        monkeypatch.setattr(shared, "__module__", module)
        pool._sent(lambda: None, 0, shared, ())
        caches.append(pool._elsewhere(module).cache)
    assert caches[0] is caches[1]
    assert len({id(cache) for cache in caches}) == 3


def test_shards_that_are_sent_are_checked_there_and_counted_here():
    checked = []
    sending = Sending(lambda: checked.append(1), contextlib.nullcontext, {"backend": "threading"})
    results = Pool(sending=sending).gather(part, CALLS, "test")
    assert [int(result["one"]) for result in results] == [3, 1, 2]
    assert len(checked) == len(CALLS)


class Bar(contextlib.nullcontext):
    """In place of a progress bar: how it was made, and what it counted and said."""

    def __init__(self, *arguments, **options):
        super().__init__(self)
        self.made, self.counted, self.said = (arguments, options), [], []
        self.update, self.write = self.counted.append, self.said.append
        bars.append(self)

    def __iter__(self):
        yield from self.made[0][0]


bars: list[Bar] = []


@pytest.fixture
def watched(monkeypatch):
    bars.clear()
    monkeypatch.setattr(pool, "tqdm", Bar)
    return bars


def test_a_bar_is_shown_on_a_terminal_alone_in_its_line(watched):
    Pool(line=3).progress([1, 2], 2, "networks", "update")
    Pool().progress(total=5)
    same = {"disable": None, "leave": False, "dynamic_ncols": True}
    assert [bar.made for bar in watched] == [
        (([1, 2],), {"total": 2, "desc": "networks", "unit": " update", "position": 3, **same}),
        ((None,), {"total": 5, "desc": "", "unit": " seed", "position": None, **same}),
    ]


def counting(shard, number):
    shard.advance(number)
    return {"number": number}


class Kept:
    """A store that keeps one shard, and takes what it is given."""

    def __init__(self):
        self.saved = {}

    def load(self, name):
        return {"array/number": np.asarray(1)} if name.endswith("(1,)") else None

    def save(self, name, arrays):
        self.saved[name] = arrays


def test_units_are_counted_by_the_shards_or_one_each(watched, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    calls, store = [(3,), (1,), (2,)], Kept()
    results = Pool(store).gather(counting, calls, "counts", [3, 1, 2], "seed")
    assert [int(result["number"]) for result in results] == [3, 1, 2]
    assert list(store.saved) == [f"{__name__}.counting(3,)", f"{__name__}.counting(2,)"]
    Pool(store, goes_on=True).gather(counting, [(1,)], "counts")
    Pool().gather(spans, [("a", 0, 4), ("b", 0, 4)], "spans")
    sending = Sending(lambda: None, contextlib.nullcontext, {"backend": "threading"})
    Pool(sending=sending).gather(counting, [(3,), (2,)], "sent", [3, 2])
    told = [(bar.made[1]["total"], bar.counted, bar.said) for bar in watched]
    assert [(total, sum(counted)) for total, counted, _ in told] == [(6, 6), (1, 1), (2, 2), (5, 5)]
    assert [said for _, _, said in told] == [["counts: goes on from 1 of 3 shards"], [], [], []]
    assert told[0][1] == [1, 3, 2]  # the kept one first
    names = [(bar.made[1]["desc"], bar.made[1]["unit"]) for bar in watched]
    assert names == [
        ("counts", " seed"), ("counts", " shard"), ("spans", " shard"), ("sent", " shard"),
    ]  # fmt: skip


def test_calls_that_need_the_whole_machine_come_one_after_the_other(watched):
    assert Pool().apart(divmod, [(7, 2), (9, 4)], "divisions") == [(3, 1), (2, 1)]
    assert watched[0].made[1]["total"] == 2
    assert watched[0].made[1]["desc"] == "divisions"
    assert watched[0].made[1]["unit"] == " setting"


def test_ranges_are_as_large_as_they_must_be():
    assert pool.ranges(1) == [(0, 1)]
    assert pool.ranges(300) == [(0, 128), (128, 256), (256, 300)]
    assert pool.ranges(128_000)[:2] == [(0, 128), (128, 256)]
    assert pool.ranges(128_001)[:2] == [(0, 256), (256, 512)]


def test_frames_of_one_name_stand_one_below_the_other():
    one, two = (pd.DataFrame({"a": [n, n + 1]}, index=[5, 5]) for n in (1, 3))
    joined = pool.joined([{"x": one}, {"y": two, "x": two}])
    assert list(joined) == ["x", "y"]
    assert joined["x"].equals(pd.DataFrame({"a": [1, 2, 3, 4]}))
    assert joined["y"].equals(pd.DataFrame({"a": [3, 4]}))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is the most that was taken")
def test_memory_is_what_is_taken_now():
    before = pool.taken_bytes()
    much = np.ones(2**25)
    assert 2**28 <= pool.taken_bytes() - before < 2**29
    del much
    assert pool.taken_bytes() - before < 2**27


@pytest.mark.parametrize(("system", "unit"), [("darwin", 1), ("other", 1024)])
def test_memory_is_in_bytes_on_every_system(system, unit, monkeypatch):
    class Usage:
        ru_maxrss = 7

    asked = []
    monkeypatch.setattr(pool.sys, "platform", system)
    monkeypatch.setattr(pool.Path, "is_file", lambda _: False)
    monkeypatch.setattr(pool.resource, "getrusage", lambda who: asked.append(who) or Usage)
    assert pool.taken_bytes() == 7 * unit
    assert asked == [pool.resource.RUSAGE_SELF]


def test_a_call_of_a_run_that_keeps_shards_has_a_process_of_its_own(watched, monkeypatch):
    asked = []

    def in_processes(function, calls, most):
        asked.append((function, calls, most))
        return map(function, *zip(*calls, strict=True))

    monkeypatch.setattr(pool, "afresh", in_processes)
    assert Pool(Kept()).apart(divmod, [(7, 2), (9, 4)], "divisions") == [(3, 1), (2, 1)]
    assert asked == [(divmod, [(7, 2), (9, 4)], 1)]
    Pool().apart(divmod, [(7, 2)], "divisions")
    assert len(asked) == 1


def test_a_shard_makes_with_the_arguments_that_it_is_given():
    shard = pool.Shard()
    assert shard.once(dict, (("a", 1),), b=2) == {"a": 1, "b": 2}
    assert shard.advance(1) is None


def advancing(shard, start, stop):
    shard.advance(3 * (stop - start))
    return {"seeds": np.arange(start, stop)}


def test_seeds_are_counted_with_their_units(watched, monkeypatch):
    monkeypatch.setattr(pool, "RANGE", 64)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    first, second = Pool().by_seeds(advancing, [(), ()], 100, "networks", each=3)
    for parts in (first, second):
        np.testing.assert_array_equal(np.concatenate([p["seeds"] for p in parts]), range(100))
    (bar,) = watched
    assert (bar.made[1]["desc"], bar.made[1]["unit"]) == ("networks", " seed")
    assert (bar.made[1]["total"], bar.counted[1:]) == (600, [192, 108, 192, 108])


def test_items_of_so_many_queues_take_turns_and_the_next_follows_an_empty_one():
    assert "".join(pool._in_turns(["aaa", "", "b", "cc"], 2)) == "abacac"
    assert "".join(pool._in_turns(["ab", "c"], 1)) == "abc"
    assert "".join(pool._in_turns(["ab", "c"], 3)) == "acb"


def test_all_seeds_of_some_calls_come_before_those_of_the_next(monkeypatch):
    monkeypatch.setattr(pool, "RANGE", 64)
    monkeypatch.setattr(Pool, "_in_turn", lambda _: 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    Pool().by_seeds(spans, [("a",), ("b",), ("c",)], 128, "test")
    assert made == [("a", 0), ("b", 0), ("a", 64), ("b", 64), ("c", 0), ("c", 64)]


def test_as_many_networks_take_turns_as_there_are_cores_or_eight_where_they_are_sent(monkeypatch):
    for cores, in_turn in ((1, 1), (4, 4), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert Pool()._in_turn() == in_turn
        assert Pool(sending=pool.Sending(lambda: None, contextlib.nullcontext, {}))._in_turn() == 8


def test_networks_take_turns_and_their_calls_give_in_their_own_order(monkeypatch):
    monkeypatch.setattr(pool, "RANGE", 64)
    monkeypatch.setattr(Pool, "_in_turn", lambda _: 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    calls = [("a1",), ("b1",), ("a2",), ("c1",), ("b2",)]
    counts = [10, 20, 100, 40, 50]
    by_call = Pool().by_seeds(spans, calls, counts, "test", network=lambda name: name[0])
    of_a, of_b = [("a1", 0), ("a2", 0), ("a2", 64)], [("b1", 0), ("b2", 0)]
    assert made == [of_a[0], of_b[0], of_a[1], of_b[1], of_a[2], ("c1", 0)]
    assert [sum(len(seeds["seeds"]) for seeds in given) for given in by_call] == counts


def test_all_that_one_pool_gathers_shares_what_is_made():
    one = Pool()
    assert one.gather(shared, [()], "a")[0]["made"] == one.gather(shared, [()], "b")[0]["made"]


def test_what_goes_wrong_elsewhere_is_put_into_words(monkeypatch):
    @contextlib.contextmanager
    def failing():
        try:
            yield
        except ValueError as error:
            raise RuntimeError("in words") from error

    sending = Sending(lambda: None, failing, {"backend": "threading"})
    with pytest.raises(RuntimeError, match="in words"):
        Pool(sending=sending).gather(wrong, [()], "test")


def wrong(shard):
    raise ValueError


@pytest.mark.parametrize(("most", "ends"), [(9, True), (10, False)])
def test_a_process_that_has_taken_too_much_ends_once_a_shard_is_kept(most, ends, monkeypatch):
    monkeypatch.setattr(pool, "taken_bytes", lambda: 10)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    store = Kept()
    full = pytest.raises(pool.ProcessFullError) if ends else contextlib.nullcontext()
    with full:
        Pool(store, most_bytes=most).gather(counting, [(3,), (2,)], "test")
    kept = [int(arrays["array/number"]) for arrays in store.saved.values()]
    assert kept == ([3] if ends else [3, 2])
    Pool(Kept(), most_bytes=9).gather(counting, [(3,)], "the last one")  # there is nothing more
    Pool(most_bytes=9).gather(counting, [(3,), (2,)], "nothing is kept")


def test_what_is_under_way_when_a_process_is_full_is_finished_and_kept(monkeypatch):
    monkeypatch.setattr(pool, "taken_bytes", lambda: 10)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    begun, seen, here = threading.Event(), [], pool._here
    one_not_begun = threading.Event()

    def watched_here(shard, starts, *call):
        seen.append(starts)
        given = here(shard, starts, *call)
        if given[1] is None:
            one_not_begun.set()
        return given

    def part(shard, number):
        if number == 5:
            assert begun.wait(60)
        else:
            begun.set()
            assert seen[0].full.wait(60)
        if number == 6:  # is done after another has given nothing
            assert one_not_begun.wait(60)
        return {"number": number}

    monkeypatch.setattr(pool, "_here", watched_here)
    store = Kept()
    with pytest.raises(pool.ProcessFullError):
        Pool(store, most_bytes=9).gather(part, [(5,), (6,), (7,), (8,)], "test")
    kept = {int(arrays["array/number"]) for arrays in store.saved.values()}
    assert kept - {7} == {5, 6}  # 7 may have begun before this process was known to be full


def test_a_full_process_finishes_the_networks_that_it_has_begun(monkeypatch):
    monkeypatch.setattr(pool, "taken_bytes", lambda: 10)
    monkeypatch.setattr(pool, "RANGE", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    calls, store, of_seeds = [(3, 0), (5, 1), (4, 2), (3, 3)], Kept(), Kept()
    with pytest.raises(pool.ProcessFullError):
        Pool(store, most_bytes=9).gather(seen, calls, "test", networks=["a", "b", "b", "a"])
    assert numbers_of(store) == [(3, 0), (3, 3)]
    with pytest.raises(pool.ProcessFullError):
        Pool(of_seeds, most_bytes=9).by_seeds(
            seen, calls, 2, "test", network=lambda number, _: number
        )
    assert numbers_of(of_seeds) == [(3, 0, 0, 1), (3, 0, 1, 2), (3, 3, 0, 1), (3, 3, 1, 2)]


def numbers_of(store):
    return [tuple(arrays["array/seen"].tolist()) for arrays in store.saved.values()]


def seen(shard, *numbers):
    return {"seen": numbers}


def test_a_column_may_have_any_name():
    frame = pd.DataFrame({"a/b": [1], "a": [2]})
    given = pool._unpack(pool._pack({"rows": frame}))
    assert list(given) == ["rows"]
    assert given["rows"].to_dict("list") == {"a/b": [1], "a": [2]}


def test_a_bar_without_words_counts_seeds(watched):
    pool.progress(total=5)
    (bar,) = watched
    assert (bar.made[1]["desc"], bar.made[1]["unit"]) == ("", " seed")


def test_calls_take_turns_however_many_seeds_they_have(watched, monkeypatch):
    monkeypatch.setattr(pool, "RANGE", 64)
    monkeypatch.setattr(Pool, "_in_turn", lambda _: 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    Pool().by_seeds(spans, [("a",), ("b",)], [150, 100], "test")
    assert made == [("a", 0), ("b", 0), ("a", 64), ("b", 64), ("a", 128)]
    assert watched[0].made[1]["total"] == 250
