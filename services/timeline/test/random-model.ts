import { UserId, type PostId } from '@skein/contracts'
import * as fc from 'fast-check'
import { idOf, type Model } from './model.js'

export const people = 5
export const tag = 'geese'

type Op = readonly [kind: string, actor: number, other: number, flag: boolean]

/** The likely ones stand more than once. */
const kinds = (
  'post post post reply reply quote repost repost like bookmark bookmark bookmark bookmark delete unknown ' +
  'follow follow follow mute block'
).split(' ')

/** What people do, in small numbers: who, to whom or to which post, on or off. */
export const anyOps: fc.Arbitrary<Op[]> = fc.array(
  fc.tuple(fc.constantFrom(...kinds), fc.nat(people - 1), fc.nat(60), fc.boolean()),
  { minLength: 20, maxLength: 90 },
)

export function addPeople(model: Model): UserId[] {
  return Array.from({ length: people }, (_, i) => model.addUser(`person_${i}`))
}

/** Applies them all; what cannot be done (a reply to nothing) is not done. */
export function apply(model: Model, users: readonly UserId[], ops: readonly Op[]): void {
  const posts: PostId[] = []
  for (const [kind, by, other, flag] of ops) {
    const actor = pick(users, by)
    const target = pick(users, other)
    const post = posts.length > 0 ? pick(posts, other) : undefined
    const words = { text: flag ? 'honk' : 'hello', tags: flag ? [tag] : [], mentions: other % 3 === 0 ? [target] : [] }
    if (kind === 'post') posts.push(model.post(actor, words))
    else if (kind === 'follow') model.follow(actor, target, flag || other % 2 === 0)
    else if (kind === 'mute') model.mute(actor, target, flag)
    else if (kind === 'block') model.block(actor, target, flag)
    else if (kind === 'unknown') posts.push(model.post(strangerId, words))
    else if (post !== undefined) doToPost(model, posts, { kind, actor, post, flag, words })
  }
}

/** Posts, and the account service does not know them. */
const strangerId = UserId.parse(idOf(999_999))

interface ToPost {
  readonly kind: string
  readonly actor: UserId
  readonly post: PostId
  readonly flag: boolean
  readonly words: { readonly text: string; readonly tags: string[]; readonly mentions: UserId[] }
}

function doToPost(model: Model, posts: PostId[], { kind, actor, post, flag, words }: ToPost): void {
  if (kind === 'repost') model.repost(actor, post, flag)
  else if (kind === 'like') model.like(actor, post, flag)
  else if (kind === 'bookmark') model.bookmark(actor, post, flag || words.mentions.length === 0)
  else if (kind === 'delete' && flag) model.delete(post)
  else if (kind === 'reply' && !model.isDeleted(post)) posts.push(model.post(actor, { ...words, replyTo: post }))
  else if (kind === 'quote' && !model.isDeleted(post)) posts.push(model.post(actor, { ...words, quoteOf: post }))
}

function pick<T>(all: readonly T[], n: number): T {
  const item = all[n % all.length]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}
