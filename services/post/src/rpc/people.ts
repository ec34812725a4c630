import { AppError, type UserCard, type UserId } from '@skein/contracts'
import { passOn, type ServiceContext } from '@skein/platform'
import { handlesIn, resolveContent, type PostContent } from '../domain/content.js'
import { findEntities } from '../domain/entities.js'
import { checkText } from '../domain/text.js'
import { actorOf, type PostRpc } from './post-rpc.js'

/** The text as it is stored. @throws AppError invalid */
export function readText(raw: string, maxGraphemes: number): string {
  const check = checkText(raw, maxGraphemes)
  switch (check.kind) {
    case 'ok':
      return check.text
    case 'empty':
      throw invalidText('must not be empty')
    case 'unprintable':
      throw invalidText('must not hold control characters')
    case 'too_long':
      throw invalidText(`must not be longer than ${check.maxGraphemes} characters`)
  }
}

function invalidText(problem: string): AppError {
  return new AppError('invalid', { message: `The text ${problem}.`, fields: { text: problem } })
}

/**
 * Finds in the text what it names. Asks accounts only when it names somebody or when `towards` (the authors answered or
 * quoted) holds somebody else.
 * @throws AppError blocked when a block stands between the actor and one of `towards`; unavailable
 */
export async function readContent(
  rpc: PostRpc,
  context: ServiceContext,
  text: string,
  towards: readonly UserId[] = [],
): Promise<PostContent> {
  const found = findEntities(text)
  const handles = handlesIn(found)
  const people = handles.length === 0 ? [] : await readCards(rpc, context, handles)
  const blocked = await readBlocks(rpc, context, [...towards, ...people.map((card) => card.id)])
  if (towards.some((id) => blocked.has(id))) throw new AppError('blocked')
  return resolveContent(text, found, people, (id) => blocked.has(id))
}

/** @throws AppError blocked when a block stands between the actor and the author; unavailable */
export async function requireNoBlock(rpc: PostRpc, context: ServiceContext, authorId: UserId): Promise<void> {
  if ((await readBlocks(rpc, context, [authorId])).has(authorId)) throw new AppError('blocked')
}

async function readCards(rpc: PostRpc, context: ServiceContext, handles: UserCard['handle'][]): Promise<UserCard[]> {
  return (await rpc.account.users.byHandles({ handles }, { context: passOn(context) })).items
}

/** Everyone with a block towards or from the actor; asks only when `people` holds another than the actor. */
async function readBlocks(rpc: PostRpc, context: ServiceContext, people: UserId[]): Promise<ReadonlySet<UserId>> {
  const actorId = actorOf(context)
  if (people.every((id) => id === actorId)) return new Set()
  const { items } = await rpc.account.edges.viewers({ userIds: [actorId] }, { context: passOn(context) })
  return new Set(items.flatMap(({ blocking, blockedBy }) => [...blocking, ...blockedBy].map((edge) => edge.id)))
}
