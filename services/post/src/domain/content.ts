import type { Handle, Tag, TextEntity, UserCard, UserId } from '@skein/contracts'
import type { FoundEntity } from './entities.js'

/** What a text says once it is known who is who. */
export interface PostContent {
  readonly text: string
  readonly entities: readonly TextEntity[]
  readonly mentions: readonly UserId[]
  readonly tags: readonly Tag[]
}

/** Handles named, each once. */
export function handlesIn(found: readonly FoundEntity[]): Handle[] {
  return [...new Set(found.flatMap((entity) => (entity.type === 'mention' ? [entity.handle] : [])))]
}

/**
 * A handle nobody has stays plain text. Who is blocked (either way) stays a mention to read but is left out of
 * `mentions`, so that it does not concern them.
 */
export function resolveContent(
  text: string,
  found: readonly FoundEntity[],
  people: readonly UserCard[],
  isBlocked: (id: UserId) => boolean,
): PostContent {
  const byHandle = new Map(people.map((card) => [card.handle, card.id]))
  const entities = found.flatMap((entity): TextEntity[] => {
    if (entity.type !== 'mention') return [entity]
    const userId = byHandle.get(entity.handle)
    return userId === undefined ? [] : [{ ...entity, userId }]
  })
  const named = entities.flatMap((entity) => (entity.type === 'mention' ? [entity.userId] : []))
  const tags = entities.flatMap((entity) => (entity.type === 'tag' ? [entity.tag] : []))
  return { text, entities, mentions: [...new Set(named)].filter((id) => !isBlocked(id)), tags: [...new Set(tags)] }
}
