"""server.py PORT DATADIR: a MongoDB-compatible server for development (SecantusDB over WiredTiger) on 127.0.0.1.

Every acknowledged write is on disk before its answer leaves. Three defects of SecantusDB 0.7.0b3 are corrected here.
"""

import signal
import sys

from secantus import SecantusDBServer, storage, transactions

plan = storage.Storage._try_index_id_keys
create_collection = storage.Storage.create_collection


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


def main(port: int, data_dir: str) -> None:
    storage.Storage._try_index_id_keys = plan_without_regex_literals
    storage.Storage.create_collection = create_collection_in_turn
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
