import { rankSuggestions, toSuggestion } from '../domain/suggestions.js'
import { actorOf, type Method, type Methods } from './method.js'

export const suggestUsers: Method<Methods['users']['suggestions']> = async ({ store }, { limit }, context) => {
  const candidates = await store.suggestionCandidates(actorOf(context).userId, limit)
  const ranked = rankSuggestions(candidates, limit)
  const cards = await store.cardsById([...new Set(ranked.flatMap(({ via }) => via))])
  const byId = new Map(cards.map((card) => [card.id, card]))
  return { items: ranked.map((candidate) => toSuggestion(candidate, byId)) }
}
