/** A prepared statement. Values are text, integers, floats, null or bytes. */
export interface Statement {
  run(...values: unknown[]): { changes: number }
  /** The first row or undefined. */
  get(...values: unknown[]): unknown
}

export interface ReadStatement {
  get(...values: unknown[]): unknown
  all(...values: unknown[]): unknown[]
}

/** One job inside the writer's open transaction; all of it is synchronous. Several rows in one read: json_group_array. */
export interface Tx {
  /** A statement that was named in `prepare`. @throws when it was not. */
  (sql: string): Statement
  /** Runs after COMMIT, before the job's promise resolves, in the order of the jobs; never when it rolled back. */
  afterCommit(run: () => void): void
}

/**
 * One SQLite file: one writer that commits together what gathered during the last commit (WAL, synchronous=FULL, COMMIT
 * awaited off the event loop), and a second connection for reads.
 */
export interface Sqlite {
  /** Runs migrations, once each, in order, under a lock; ids are `<owner>/<n>`, forward only. */
  migrate(owner: string, steps: readonly string[]): Promise<void>
  /** Statements that `write` jobs will use. Call before the first write that uses them; repeats are free. */
  prepare(statements: readonly string[]): Promise<void>
  /**
   * Resolves after COMMIT with what `work` returned. A throw undoes this job alone and rejects with it.
   * @throws AppError overloaded when the queue is full; unavailable when the disk refused the whole group.
   */
  write<T>(work: (tx: Tx) => T): Promise<T>
  /** A cached statement on the read connection: sees everything committed. */
  read(sql: string): ReadStatement
  /** A consistent copy into a new file. */
  copyTo(file: string): Promise<void>
  close(): Promise<void>
}
