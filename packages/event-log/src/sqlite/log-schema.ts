/** Migrations of the log's tables, owner `log`. An entry with `seq <= floor` is on its way out and no longer read. */
export const migrations: readonly string[] = [
  `CREATE TABLE log_lanes (
     lane INTEGER PRIMARY KEY, epoch TEXT NOT NULL, head INTEGER NOT NULL, floor INTEGER NOT NULL) STRICT;
   CREATE TABLE log_entries (
     lane INTEGER NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, event TEXT NOT NULL,
     PRIMARY KEY (lane, seq)) STRICT, WITHOUT ROWID;`,
]

export const sql = {
  countLanes: 'SELECT count(*) AS lanes FROM log_lanes',
  addLane: 'INSERT INTO log_lanes (lane, epoch, head, floor) VALUES (?, ?, 0, 0)',
  lanes: 'SELECT epoch, head, floor FROM log_lanes ORDER BY lane',
  find: 'SELECT l.epoch, e.seq FROM log_entries e JOIN log_lanes l ON l.lane = e.lane WHERE e.id = ?',
  advance: 'UPDATE log_lanes SET head = head + 1 WHERE lane = ? RETURNING epoch, head AS seq',
  insert: 'INSERT INTO log_entries (lane, seq, id, event) VALUES (?, ?, ?, ?)',
  /** One statement, so that the lane and its entries are of one moment. An empty lane gives one row without an event. */
  read: `SELECT l.epoch, l.head, l.floor, e.seq, e.event FROM log_lanes l
    LEFT JOIN log_entries e ON e.lane = l.lane AND e.seq > ? WHERE l.lane = ? ORDER BY e.seq LIMIT ?`,
  raiseFloor: 'UPDATE log_lanes SET floor = max(floor, head - ?) WHERE lane = ?',
  deleteTrimmed: `DELETE FROM log_entries WHERE lane = ? AND seq IN (SELECT seq FROM log_entries WHERE lane = ?
    AND seq <= (SELECT floor FROM log_lanes WHERE lane = ?) ORDER BY seq LIMIT ?)`,
  newEpoch: 'UPDATE log_lanes SET epoch = ?, head = 0, floor = 0',
  deleteAll: 'DELETE FROM log_entries',
} as const

/** What the writer runs. */
export const writes: readonly string[] = [
  sql.countLanes,
  sql.addLane,
  sql.find,
  sql.advance,
  sql.insert,
  sql.raiseFloor,
  sql.deleteTrimmed,
  sql.newEpoch,
  sql.deleteAll,
]
