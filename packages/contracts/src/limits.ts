/** Hard limits of the wire. What an operator may lower (the length of a post, rates) is configuration. */
export const limits = {
  pageDefaultItems: 20,
  pageMaxItems: 100,
  postMaxGraphemes: 1_000,
  /** A grapheme may be many code units; this only bounds what is parsed before graphemes are counted. */
  postMaxChars: 8_000,
  nameMaxChars: 50,
  bioMaxChars: 300,
  passwordMinChars: 10,
  passwordMaxChars: 256,
  tagMaxChars: 50,
  searchMaxChars: 100,
  idempotencyKeyMaxChars: 64,
  cursorMaxChars: 1_024,
  batchMaxIds: 100,
  /** Ids of sources one skeleton query may merge. */
  actorsMaxIds: 20_000,
  followsMax: 10_000,
  mentionsMax: 50,
  /** Ancestors a reply remembers: the root and the nearest others. */
  pathMaxIds: 100,
  /** Reposters and quoters named in a tombstone; above it the tombstone goes to everyone. */
  spreadersMaxIds: 1_000,
  messageMaxBytes: 64 * 1_024,
  subscriptionsPerSocket: 50,
  accessTokenTtlMs: 15 * 60_000,
  cursorEveryMs: 20_000,
} as const
