"""server.py PORT DATADIR: a MongoDB-compatible server for development (SecantusDB over WiredTiger) on 127.0.0.1.

Every acknowledged write is on disk before its answer leaves. Three defects of SecantusDB 0.7.0b3 are corrected here, and a
page of a list is read from its index and no further.
"""

import signal
import sys
import threading
import time

from secantus import SecantusDBServer, query, storage, transactions
from secantus.sortkey import COMPOUND_SEP

plan = storage.Storage._try_index_id_keys
create_collection = storage.Storage.create_collection
find_matching = storage.Storage.find_matching
op_matches = query._op_matches
iter_indexes = storage.Storage._iter_indexes
mark_multikey = storage.Storage._maybe_mark_multikey


def has_regex_literal(clause) -> bool:
    values = clause.get("$in") if isinstance(clause, dict) else [clause]
    return isinstance(values, list) and any(storage._is_regex_value(value) for value in values)


def plan_without_regex_literals(self, db, coll, filter, **options):
    """Leaves regex literals to the scan: an index looks them up as plain values and finds nothing."""
    usable = {field: clause for field, clause in (filter or {}).items() if not has_regex_literal(clause)}
    return plan(self, db, coll, usable, **options)


def create_collection_in_turn(self, db, coll, options=None):
    """Waits for the collection's writers: `create` beside a first insert deadlocks otherwise."""
    with self._coll_lock(db, coll):
        return create_collection(self, db, coll, options)


def forget_oldest_replies(self):
    """Keeps the newest 10,000 answers for retried writes, in constant time: a scan of all slows every write fourfold."""
    while len(self._retryable) > 10_000:
        del self._retryable[next(iter(self._retryable))]


def op_matches_text(values, op, arg, collation=None, **options):
    """Finds a text in a list of texts at once: comparing it with one after the other is most of a read of many ids."""
    if op == "$in" and collation is None and isinstance(arg, list) and len(values) == 1 and type(values[0]) is str and values[0] in arg:
        return True
    return op_matches(values, op, arg, collation, **options)


INDEX_CHANGES = ("create_index", "drop_index", "drop_all_indexes", "drop_collection", "drop_database", "rename_collection",
                 "set_index_expiry", "set_index_options")
SETTLE_S = 5
kept_indexes, kept_lock, changed_at = {}, threading.Lock(), [float("-inf")]


def iter_kept_indexes(self, db, coll):
    """The indexes of a collection, kept: reading them again and again is a third of what a command costs."""
    held = kept_indexes.get((db, coll))
    if held is None:
        began = time.monotonic()
        held = list(iter_indexes(self, db, coll))
        with kept_lock:
            # A change may be seen by some threads before it is by others.
            if began > changed_at[0] + SETTLE_S:
                kept_indexes[(db, coll)] = held
    return iter(held)


def forget_indexes():
    with kept_lock:
        changed_at[0] = time.monotonic()
        kept_indexes.clear()


def forgetting_indexes(change):
    def changed(self, *args, **options):
        forget_indexes()
        try:
            return change(self, *args, **options)
        finally:
            forget_indexes()
    return changed


def mark_multikey_and_forget(self, db, coll, doc, indexes, already_multikey):
    before = len(already_multikey)
    marked = mark_multikey(self, db, coll, doc, indexes, already_multikey)
    if len(marked) > before:
        forget_indexes()
    return marked


BOUNDS = {"$lt", "$lte", "$gt", "$gte"}


def find_page(self, db, coll, filter=None, *, limit=0, sort=None, projection=None, let=None, **options):
    """A page in the order of an index, whose fields but the last are given: walks that index and stops at the limit."""
    with self._lock:
        index = None if any(options.values()) else page_index(self, db, coll, filter, limit, sort)
        if index is not None:
            self._refresh_read_snapshot()
            name, prefixes, bounds = index
            pages = [page_of(self, db, coll, filter, limit, walk(self, db, coll, sort, name, prefix, bounds), let)
                     for prefix in prefixes]
            found = pages[0] if len(pages) == 1 else storage.sort_docs([doc for page in pages for doc in page], sort)[:limit]
            return storage.apply_projection_batch(found, projection, filter, has_sort=True) if projection else found
    rest = {**options, "limit": limit, "sort": sort, "projection": projection, "let": let}
    return find_matching(self, db, coll, filter, **rest)


def page_of(self, db, coll, filter, limit, records, let):
    found = []
    for record in records:
        docs = self._docs_by_recordids(db, coll, [record])
        found += [doc for doc in docs if storage.matches(doc, filter, vars=let)]
        if len(found) == limit:
            break
    return found


def page_index(self, db, coll, filter, limit, sort):
    """The name of such an index, the beginnings its entries share, one for each value of `$in`, and the bounds; or None."""
    if limit <= 0 or not filter or not sort or len(sort) != 1 or any(name.startswith("$") for name in filter):
        return None
    last = next(iter(sort))
    bounds = filter.get(last, {})
    if not isinstance(bounds, dict) or not BOUNDS.issuperset(bounds):
        return None
    given = {name: [value] for name, value in filter.items() if isinstance(value, (str, bool, int))}
    for name, value in filter.items():
        if isinstance(value, dict) and list(value) == ["$in"] and value["$in"] and all(isinstance(v, str) for v in value["$in"]):
            given[name] = list(dict.fromkeys(value["$in"]))
    partials, multikey = self._partial_filters(db, coll), self._multikey_index_names(db, coll)
    for name, spec, _sparse, _unique in self._all_indexes(db, coll):
        *firsts, end = spec
        # In a descending one a text comes before those it begins: not what a sort means.
        if end != last or int(spec[end]) < 0 or not firsts or not given.keys() >= set(firsts) or name in multikey:
            continue
        if name in partials and not self._query_implies_partial(filter, partials[name]):
            continue
        prefixes = [b""]
        for first in firsts:
            parts = [storage.encode_value_directed(value, int(spec[first])) + COMPOUND_SEP for value in given[first]]
            prefixes = [prefix + part for prefix in prefixes for part in parts]
        return name, prefixes, bounds
    return None


def walk(self, db, coll, sort, name, prefix, bounds):
    """Records in order, from one bound to the other; whether those at the bounds belong to the page is the caller's to say."""
    forward = next(iter(sort.values())) > 0
    shared = storage._escape_kb(prefix)
    low, high = (next((bounds[op] for op in ops if op in bounds), None) for ops in (("$gt", "$gte"), ("$lt", "$lte")))
    first, last = (
        shared if bound is None else storage._escape_kb(prefix + storage.encode_value_directed(bound, 1))
        for bound in (low, high)
    )
    last += b"\xff" * 12
    cursor = self._cursor(storage._IDX_ENTRIES_TABLE)
    cursor.set_key(db, coll, name, first if forward else last)
    step = cursor.next if forward else cursor.prev
    near = cursor.search_near()
    if near == storage.wt.WT_NOTFOUND or (near != 0 and (near < 0) == forward and step() != 0):
        return
    while True:
        key = cursor.get_key()
        packed = bytes(key[3])
        if (key[0], key[1], key[2]) != (db, coll, name) or not first <= packed <= last:
            return
        yield storage._unpack_entry(packed)[1]
        if step() != 0:
            return


def main(port: int, data_dir: str) -> None:
    storage.Storage._try_index_id_keys = plan_without_regex_literals
    storage.Storage.create_collection = create_collection_in_turn
    storage.Storage.find_matching = find_page
    storage.Storage._iter_indexes = iter_kept_indexes
    storage.Storage._maybe_mark_multikey = mark_multikey_and_forget
    for name in INDEX_CHANGES:
        setattr(storage.Storage, name, forgetting_indexes(getattr(storage.Storage, name)))
    query._op_matches = op_matches_text
    transactions.TransactionRegistry._prune_retryable_locked = forget_oldest_replies
    server = SecantusDBServer(host="127.0.0.1", port=port, storage_path=data_dir, sync_on_commit=True, cache_size="256M",
                              replica_set_name="secantus")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: (server.stop(), sys.exit(0)))
    server.start()
    print(f"ready on 127.0.0.1:{server.port}", flush=True)
    server.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
