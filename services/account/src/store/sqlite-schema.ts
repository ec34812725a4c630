/** Migrations of the account tables, owner `account`. */
export const migrations: readonly string[] = [
  `CREATE TABLE account_users (
     id TEXT PRIMARY KEY, handle TEXT NOT NULL UNIQUE, name TEXT NOT NULL, bio TEXT NOT NULL, role TEXT NOT NULL,
     password_hash TEXT NOT NULL, suspended INTEGER NOT NULL, created_at_ms INTEGER NOT NULL, rev INTEGER NOT NULL,
     followers INTEGER NOT NULL DEFAULT 0, following INTEGER NOT NULL DEFAULT 0, read_up_to TEXT) STRICT, WITHOUT ROWID;
   CREATE INDEX account_users_followed ON account_users (followers DESC, handle);
   CREATE TABLE account_totals (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   INSERT INTO account_totals VALUES ('people', 0);

   CREATE TABLE account_sessions (
     id TEXT PRIMARY KEY, user_id TEXT NOT NULL, client TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
     last_used_at_ms INTEGER NOT NULL, rev INTEGER NOT NULL, token_hash TEXT NOT NULL,
     token_expires_at_ms INTEGER NOT NULL, spent TEXT NOT NULL,
     end_reason TEXT, end_at_ms INTEGER, end_until_ms INTEGER) STRICT, WITHOUT ROWID;
   CREATE INDEX account_sessions_user ON account_sessions (user_id, last_used_at_ms);
   CREATE INDEX account_sessions_ended ON account_sessions (end_until_ms) WHERE end_until_ms IS NOT NULL;
   CREATE INDEX account_sessions_expiry ON account_sessions (token_expires_at_ms);

   CREATE TABLE account_keys (
     kid TEXT PRIMARY KEY, private_key_pem TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
     expires_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE account_secrets (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;

   CREATE TABLE account_edges (
     kind TEXT NOT NULL, actor TEXT NOT NULL, target TEXT NOT NULL, is_on INTEGER NOT NULL, rev INTEGER NOT NULL,
     edge_id TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (kind, actor, target)) STRICT, WITHOUT ROWID;
   CREATE INDEX account_edges_out ON account_edges (kind, actor, edge_id) WHERE is_on = 1;
   CREATE INDEX account_edges_in ON account_edges (kind, target, edge_id) WHERE is_on = 1;`,
]
