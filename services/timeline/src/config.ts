export interface TimelineConfig {
  /** How old a shown name may be. */
  readonly cardTtlMs: number
  /** How many people's cards are kept. */
  readonly cardsMax: number
  /** How old the shown trends may be. */
  readonly trendsTtlMs: number
  /** How many lines one request may look through before it leaves its page short. */
  readonly scanMaxLines: number
}

export const timelineDefaults: TimelineConfig = {
  cardTtlMs: 30_000,
  cardsMax: 50_000,
  trendsTtlMs: 15_000,
  scanMaxLines: 5_000,
}
