import { Handle, Tag, type UserId } from '@skein/contracts'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { createFixture, type Fixture } from './fixture.js'
import { idOf } from './model.js'
import { belowIds, bookmarkIds, homeIds, noticeIds, publicIds, searchIds, tagIds, userIds } from './oracle.js'
import { expectNewerPages, expectOlderPages, expectPagesAround, type ReadPage } from './paging.js'
import { addPeople, anyOps, apply, people, tag } from './random-model.js'

interface Case {
  readonly read: ReadPage
  readonly all: string[]
}
type CaseOf = (fixture: Fixture, users: readonly UserId[], reader: UserId) => Case

const first = (users: readonly UserId[]): UserId => {
  const [user] = users
  if (user === undefined) throw new Error('no people')
  return user
}

const feeds: Record<string, CaseOf> = {
  home: ({ client, model, as }, _users, reader) => ({
    read: (page) => client.feeds.home(page, as(reader)),
    all: homeIds(model, reader),
  }),
  public: ({ client, model, as }, _users, reader) => ({
    read: (page) => client.feeds.public(page, as(reader)),
    all: publicIds(model, reader),
  }),
  'public without a user': ({ client, model, as }) => ({
    read: (page) => client.feeds.public(page, as()),
    all: publicIds(model, undefined),
  }),
  tag: ({ client, model, as }, _users, reader) => ({
    read: (page) => client.feeds.tag({ ...page, tag: Tag.parse(tag) }, as(reader)),
    all: tagIds(model, reader),
  }),
  search: ({ client, model, as }, _users, reader) => ({
    read: (page) => client.feeds.search({ ...page, q: 'honk' }, as(reader)),
    all: searchIds(model, reader, 'honk'),
  }),
  bookmarks: ({ client, model, as }, _users, reader) => ({
    read: (page) => client.feeds.bookmarks(page, as(reader)),
    all: bookmarkIds(model, reader),
  }),
  user: ({ client, model, as }, users, reader) => {
    const person = first(users)
    const isBlocked = model.isBlocked(person, reader)
    return {
      read: (page) =>
        client.feeds.user({ ...page, handle: Handle.parse('person_0') }, as(isBlocked ? undefined : reader)),
      all: userIds(model, isBlocked ? undefined : reader, person),
    }
  },
  thread: ({ client, model, as }, _users, reader) => {
    const root = [...model.posts.values()].find((post) => post.replyTo === undefined && model.cards.has(post.authorId))
    if (root === undefined) return { read: () => Promise.resolve({ items: [], next: null, prev: null }), all: [] }
    const who = model.isBlocked(root.authorId, reader) ? undefined : reader
    return {
      read: (page) => client.feeds.thread({ ...page, postId: root.id }, as(who)),
      all: belowIds(model, who, root.id),
    }
  },
  notifications: ({ client, model, as }, _users, reader) => ({
    read: (page) => client.feeds.notifications(page, as(reader)),
    all: noticeIds(model, reader),
  }),
  mentions: ({ client, model, as }, _users, reader) => ({
    read: (page) => client.feeds.notifications({ ...page, only: 'mentions' }, as(reader)),
    all: noticeIds(model, reader, 'mentions'),
  }),
}

const anyLimits = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 })
const runs = Number(process.env['SKEIN_TEST_RUNS'] ?? 40)

describe('pages of a random world', () => {
  for (const [name, caseOf] of Object.entries(feeds)) {
    it(`[TML1][TML2][TML3][TML4] ${name}: pages both ways hold the whole filtered feed, short only at the end`, async () => {
      let held = 0
      const property = fc.asyncProperty(
        anyOps,
        fc.nat(people - 1),
        anyLimits,
        fc.nat(120),
        async (ops, who, limits, at) => {
          const fixture = createFixture()
          const users = addPeople(fixture.model)
          apply(fixture.model, users, ops)
          const { read, all } = caseOf(fixture, users, users[who] ?? first(users))
          held = Math.max(held, all.length)
          await expectOlderPages(read, all, limits)
          await expectNewerPages(read, all, idOf(0), limits)
          await expectNewerPages(read, all, idOf(at), limits)
          await expectPagesAround(read, all, idOf(at), limits[0] ?? 1)
        },
      )
      await fc.assert(property, { numRuns: runs })
      expect(held, 'worlds with something to read').to.be.greaterThan(1)
    })
  }
})
