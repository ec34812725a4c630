/*
 * Tables of the post service, owner `post`. Beside `posts`, `post_revisions` and `post_edges`, which are the truth, all of
 * them are indexes that the same transaction keeps. `posts.seq` is the first 63 bits of the id, so that the word index,
 * which knows rowids alone, gives matches in the order of ids.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE posts (
     seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, author TEXT NOT NULL, rev INTEGER NOT NULL,
     text TEXT NOT NULL, entities TEXT NOT NULL, mentions TEXT NOT NULL, tags TEXT NOT NULL,
     created_at INTEGER NOT NULL, edited_at INTEGER, deleted_at INTEGER,
     reply_to TEXT, reply_to_author TEXT, path TEXT NOT NULL, quote_of TEXT, quote_of_author TEXT,
     idem_key TEXT, body_hash TEXT) STRICT;
   CREATE UNIQUE INDEX posts_by_key ON posts (author, idem_key) WHERE idem_key IS NOT NULL;
   CREATE INDEX posts_replies ON posts (reply_to) WHERE reply_to IS NOT NULL AND deleted_at IS NULL;
   CREATE INDEX posts_quotes ON posts (quote_of, author) WHERE quote_of IS NOT NULL AND deleted_at IS NULL;

   CREATE TABLE post_revisions (
     post TEXT NOT NULL, rev INTEGER NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (post, rev)) STRICT, WITHOUT ROWID;

   CREATE TABLE post_actors (actor TEXT PRIMARY KEY, newest TEXT NOT NULL) STRICT, WITHOUT ROWID;

   CREATE TABLE post_edges (
     actor TEXT NOT NULL, post TEXT NOT NULL, kind TEXT NOT NULL, is_on INTEGER NOT NULL, rev INTEGER NOT NULL,
     edge_id TEXT NOT NULL, post_author TEXT NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (actor, post, kind)) STRICT, WITHOUT ROWID;
   CREATE INDEX post_edges_of_post ON post_edges (post, kind, actor, edge_id) WHERE is_on = 1;
   CREATE INDEX post_bookmarks ON post_edges (actor, edge_id, post, post_author) WHERE kind = 'bookmark' AND is_on = 1;

   CREATE TABLE post_entries (
     actor TEXT NOT NULL, id TEXT NOT NULL, post TEXT NOT NULL, repost INTEGER NOT NULL, reply INTEGER NOT NULL,
     PRIMARY KEY (actor, id)) STRICT, WITHOUT ROWID;
   CREATE INDEX post_entries_by_id ON post_entries (id, actor, post, repost, reply);
   CREATE INDEX post_entries_public ON post_entries (id) WHERE repost = 0 AND reply = 0;
   CREATE INDEX post_entries_tops ON post_entries (actor, id, post, repost) WHERE reply = 0;
   CREATE INDEX post_entries_replies ON post_entries (actor, id, post, repost) WHERE reply = 1;

   CREATE TABLE post_ancestors (
     ancestor TEXT NOT NULL, id TEXT NOT NULL, author TEXT NOT NULL,
     PRIMARY KEY (ancestor, id)) STRICT, WITHOUT ROWID;

   CREATE TABLE post_tags (
     tag TEXT NOT NULL, id TEXT NOT NULL, author TEXT NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (tag, id)) STRICT, WITHOUT ROWID;
   CREATE INDEX post_tags_by_id ON post_tags (id, tag, author, at);
   CREATE TABLE post_tag_totals (tag TEXT PRIMARY KEY, posts INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TRIGGER post_tags_added AFTER INSERT ON post_tags BEGIN
     INSERT INTO post_tag_totals VALUES (new.tag, 1) ON CONFLICT (tag) DO UPDATE SET posts = posts + 1;
   END;
   CREATE TRIGGER post_tags_removed AFTER DELETE ON post_tags BEGIN
     UPDATE post_tag_totals SET posts = posts - 1 WHERE tag = old.tag;
     DELETE FROM post_tag_totals WHERE tag = old.tag AND posts = 0;
   END;

   CREATE TABLE post_notices (
     user TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL, post TEXT NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (user, id)) STRICT, WITHOUT ROWID;
   CREATE INDEX post_notices_by_type ON post_notices (user, type, id, actor, post, at);
   CREATE INDEX post_notices_of_post ON post_notices (post);

   CREATE TABLE post_counts (
     post TEXT PRIMARY KEY, replies INTEGER NOT NULL, reposts INTEGER NOT NULL, quotes INTEGER NOT NULL,
     likes INTEGER NOT NULL, dirty_at INTEGER) STRICT, WITHOUT ROWID;
   CREATE INDEX post_counts_dirty ON post_counts (dirty_at) WHERE dirty_at IS NOT NULL;

   CREATE VIRTUAL TABLE post_words USING fts5(
     text, content='', contentless_delete=1, detail=full, tokenize='unicode61 remove_diacritics 2');`,
]
