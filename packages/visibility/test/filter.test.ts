import type { PostRecord, UserId } from '@skein/contracts'
import { expect } from 'chai'
import * as fc from 'fast-check'
import {
  isActorVisible,
  isHidden,
  isNoticeVisible,
  isVisible,
  noticeTypeOf,
  viewerOf,
  type FilteredFeed,
} from '../src/index.js'
import {
  blocked,
  blocker,
  friend,
  me,
  muted,
  otherFriend,
  postBy,
  postId,
  replyTo,
  stranger,
  userId,
  viewer,
} from './people.js'

const allFeeds: FilteredFeed[] = ['home', 'public', 'user', 'tag', 'thread', 'bookmarks', 'search']
const sees = (feed: FilteredFeed, post: PostRecord, by?: UserId): boolean =>
  isVisible(feed, { actorId: by ?? post.authorId, repost: by !== undefined, post }, viewer)
const anonymousSees = (feed: FilteredFeed, post: PostRecord, by?: UserId): boolean =>
  isVisible(feed, { actorId: by ?? post.authorId, repost: by !== undefined, post }, null)

describe('the filter', () => {
  it('[VIS1] nobody is hidden from themselves or from an anonymous reader', () => {
    const odd = viewerOf({ userId: me, follows: [], blocking: [{ id: me }], blockedBy: [], mutes: [{ id: me }] })
    expect(isHidden(odd, me)).to.equal(false)
    expect(isHidden(null, blocked)).to.equal(false)
    expect(isHidden(viewer, blocked)).to.equal(true)
    for (const feed of allFeeds)
      expect(isVisible(feed, { actorId: me, repost: false, post: postBy(me) }, odd)).to.equal(true)
    for (const feed of allFeeds.filter((f) => f !== 'home'))
      expect(anonymousSees(feed, postBy(blocked)), feed).to.equal(true)
  })

  it('[VIS2] home shows posts and reposts of the viewer and the followed alone', () => {
    expect(sees('home', postBy(me))).to.equal(true)
    expect(sees('home', postBy(friend))).to.equal(true)
    expect(sees('home', postBy(stranger))).to.equal(false)
    expect(sees('home', postBy(stranger), friend)).to.equal(true)
    expect(sees('home', postBy(stranger), me)).to.equal(true)
    expect(sees('home', postBy(friend), stranger)).to.equal(false)
    expect(anonymousSees('home', postBy(friend))).to.equal(false)
  })

  it('[VIS3] a reply stands in home for its author, for followers of both ends and for the named', () => {
    expect(sees('home', postBy(friend, replyTo(otherFriend)))).to.equal(true)
    expect(sees('home', postBy(friend, replyTo(friend)))).to.equal(true)
    expect(sees('home', postBy(friend, replyTo(me)))).to.equal(true)
    expect(sees('home', postBy(me, replyTo(stranger)))).to.equal(true)
    expect(sees('home', postBy(friend, { ...replyTo(stranger), mentions: [me] }))).to.equal(true)
    expect(sees('home', postBy(friend, replyTo(stranger)))).to.equal(false)
    expect(sees('home', postBy(stranger, { ...replyTo(me), mentions: [me] }))).to.equal(false)
  })

  it('[VIS3] a repost of a reply between strangers stands in home', () => {
    expect(sees('home', postBy(stranger, replyTo(userId(8))), friend)).to.equal(true)
    expect(sees('home', postBy(stranger, replyTo(userId(8))), stranger)).to.equal(false)
  })

  for (const [who, hidden] of [
    ['blocked', blocked],
    ['blocking', blocker],
    ['muted', muted],
  ] as const) {
    it(`[VIS4] home, public, tag and search leave out a ${who} person's posts and replies to them`, () => {
      for (const feed of ['home', 'public', 'tag', 'search'] as const) {
        expect(sees(feed, postBy(hidden)), feed).to.equal(false)
        expect(sees(feed, postBy(friend)), feed).to.equal(true)
      }
      for (const feed of ['home', 'tag', 'search'] as const) {
        expect(sees(feed, postBy(friend, { ...replyTo(hidden), mentions: [me] })), feed).to.equal(false)
        expect(sees(feed, postBy(friend, replyTo(otherFriend))), feed).to.equal(true)
        expect(sees(feed, postBy(me, replyTo(hidden))), feed).to.equal(true)
      }
    })

    it(`[VIS4] home leaves out what a ${who} person reposted, and reposts of what they wrote`, () => {
      expect(sees('home', postBy(friend), hidden)).to.equal(false)
      expect(sees('home', postBy(hidden), friend)).to.equal(false)
      expect(sees('home', postBy(stranger, replyTo(hidden)), friend)).to.equal(false)
      expect(sees('home', postBy(stranger), friend)).to.equal(true)
    })
  }

  it('[VIS5] public shows posts that are neither replies nor reposts', () => {
    expect(sees('public', postBy(stranger))).to.equal(true)
    expect(sees('public', postBy(stranger, replyTo(friend)))).to.equal(false)
    expect(sees('public', postBy(stranger), friend)).to.equal(false)
  })

  it('[VIS6] tag and search show posts and replies and no reposts', () => {
    for (const feed of ['tag', 'search'] as const) {
      expect(sees(feed, postBy(stranger)), feed).to.equal(true)
      expect(sees(feed, postBy(stranger, replyTo(userId(8)))), feed).to.equal(true)
      expect(sees(feed, postBy(stranger), friend), feed).to.equal(false)
    }
  })

  it('[VIS7] a thread hides what the blocked and muted wrote, and not what others answer them', () => {
    for (const hidden of [blocked, blocker, muted]) {
      expect(sees('thread', postBy(hidden, replyTo(friend)))).to.equal(false)
      expect(sees('thread', postBy(stranger, replyTo(hidden)))).to.equal(true)
    }
    expect(sees('thread', postBy(stranger), friend)).to.equal(false)
  })

  it("[VIS8] a person's feed and bookmarks hide by a block either way and not by a mute", () => {
    for (const feed of ['user', 'bookmarks'] as const) {
      for (const hidden of [blocked, blocker]) {
        expect(sees(feed, postBy(hidden)), feed).to.equal(false)
        expect(sees(feed, postBy(hidden), stranger), feed).to.equal(false)
        expect(sees(feed, postBy(stranger), hidden), feed).to.equal(false)
      }
      expect(sees(feed, postBy(muted)), feed).to.equal(true)
      expect(sees(feed, postBy(stranger), muted), feed).to.equal(true)
      expect(sees(feed, postBy(stranger, replyTo(blocked))), feed).to.equal(true)
    }
  })

  it('[VIS9] a deleted post is visible in threads alone', () => {
    const deleted = postBy(friend, { deletedAtMs: 5, text: '' })
    for (const feed of allFeeds) {
      expect(sees(feed, deleted), feed).to.equal(feed === 'thread')
      expect(sees(feed, postBy(friend)), feed).to.equal(true)
    }
    expect(sees('thread', postBy(blocked, { deletedAtMs: 5 }))).to.equal(false)
  })

  it('[VIS10] the answer from the actor alone is no for the hidden and, in home, for those not followed', () => {
    expect(isActorVisible('home', friend, viewer)).to.equal(true)
    expect(isActorVisible('home', stranger, viewer)).to.equal(false)
    expect(isActorVisible('home', muted, viewer)).to.equal(false)
    expect(isActorVisible('public', stranger, viewer)).to.equal(true)
    expect(isActorVisible('public', muted, viewer)).to.equal(false)
    expect(isActorVisible('user', muted, viewer)).to.equal(true)
    expect(isActorVisible('user', blocked, viewer)).to.equal(false)
  })

  it('[VIS10] the answer from the actor alone is never no where the whole filter says yes', () => {
    const person = fc.integer({ min: 1, max: 6 }).map(userId)
    const people = fc.array(
      person.map((id) => ({ id })),
      { maxLength: 4 },
    )
    const anyViewer = fc
      .record({ userId: person, follows: people, blocking: people, blockedBy: people, mutes: people })
      .map(viewerOf)
    const post = fc
      .record({ authorId: person, parent: fc.option(person), mentions: fc.array(person), deleted: fc.boolean() })
      .map(({ authorId, parent, mentions, deleted }) =>
        postBy(authorId, { mentions, ...(parent ? replyTo(parent) : {}), ...(deleted ? { deletedAtMs: 1 } : {}) }),
      )
    const property = fc.property(
      fc.constantFrom(...allFeeds),
      fc.option(anyViewer),
      post,
      fc.option(person),
      (feed, who, record, reposter) => {
        const actorId = reposter ?? record.authorId
        const candidate = { actorId, repost: reposter !== null, post: record }
        if (isVisible(feed, candidate, who)) expect(isActorVisible(feed, actorId, who)).to.equal(true)
      },
    )
    fc.assert(property, { numRuns: 2_000 })
  })
})

describe('notices', () => {
  it('[VIS11] an action notifies unless it is one’s own or a block or mute stands between', () => {
    expect(isNoticeVisible(stranger, viewer)).to.equal(true)
    for (const hidden of [me, blocked, blocker, muted]) expect(isNoticeVisible(hidden, viewer)).to.equal(false)
  })

  it('[VIS12] a post is to a viewer the strongest of reply, quote and mention', () => {
    const quoteOf = { id: postId(80), authorId: me }
    const all = { ...replyTo(me), quoteOf, mentions: [me] }
    expect(noticeTypeOf(postBy(friend, all), me)).to.equal('reply')
    expect(noticeTypeOf(postBy(friend, { ...all, ...replyTo(stranger) }), me)).to.equal('quote')
    expect(noticeTypeOf(postBy(friend, { mentions: [stranger, me] }), me)).to.equal('mention')
  })

  it('[VIS12] a post that is one’s own, deleted or about others is nothing to a viewer', () => {
    expect(noticeTypeOf(postBy(me, { mentions: [me] }), me)).to.equal(null)
    expect(noticeTypeOf(postBy(friend, { ...replyTo(me), deletedAtMs: 3 }), me)).to.equal(null)
    expect(noticeTypeOf(postBy(friend, { ...replyTo(stranger), mentions: [stranger] }), me)).to.equal(null)
  })
})
