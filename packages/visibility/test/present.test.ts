import type { PostRecord, UserId } from '@skein/contracts'
import { Post } from '@skein/contracts'
import { expect } from 'chai'
import { peopleOf, presentPost, type PresentContext, type Viewer } from '../src/index.js'
import { blocked, cardOf, friend, muted, otherFriend, postBy, postId, replyTo, stranger, viewer } from './people.js'

function contextWith(
  quoted: PostRecord | undefined,
  unknown: UserId[] = [],
  who: Viewer | null = viewer,
): PresentContext {
  return { card: (id) => (unknown.includes(id) ? undefined : cardOf(id)), quoted: () => quoted, viewer: who }
}
const quoting = (author: UserId): PostRecord => postBy(friend, { quoteOf: { id: postId(80), authorId: author } })
const quotedBy = (author: UserId, more: Partial<PostRecord> = {}): PostRecord =>
  postBy(author, { id: postId(80), text: 'quoted', quoteOf: { id: postId(70), authorId: stranger }, ...more })

describe('presenting', () => {
  it('[VIS13] a record carries the cards of its author and of whom it answers', () => {
    const post = presentPost(postBy(friend, replyTo(otherFriend)), contextWith(undefined))
    expect(post?.author).to.deep.equal(cardOf(friend))
    expect(post?.replyTo).to.deep.equal({ id: postId(90), author: cardOf(otherFriend) })
    expect(presentPost(postBy(friend), contextWith(undefined))).to.not.have.property('replyTo')
  })

  it('[VIS13] a record whose author is not known is not presented', () => {
    expect(presentPost(postBy(friend), contextWith(undefined, [friend]))).to.equal(null)
    expect(presentPost(postBy(friend, replyTo(stranger)), contextWith(undefined, [stranger]))).to.not.equal(null)
  })

  it('[VIS13] the people of a record are its author, whom it answers and whom it quotes', () => {
    const post = postBy(friend, { ...replyTo(otherFriend), quoteOf: { id: postId(80), authorId: stranger } })
    expect(peopleOf(post)).to.deep.equal([friend, otherFriend, stranger])
    expect(peopleOf(postBy(friend))).to.deep.equal([friend])
  })

  it('[VIS14] a quoted post is shown one level deep', () => {
    const post = presentPost(quoting(stranger), contextWith(quotedBy(stranger)))
    expect(post?.quote).to.deep.equal({
      id: postId(80),
      author: cardOf(stranger),
      text: 'quoted',
      entities: [],
      createdAtMs: 1,
    })
  })

  it('[VIS14] a deleted quoted post says so', () => {
    const post = presentPost(quoting(stranger), contextWith(quotedBy(stranger, { text: '', deletedAtMs: 9 })))
    expect(post?.quote).to.include({ text: '', deletedAtMs: 9 })
  })

  it('[VIS14] a quoted post of a blocked, muted or unknown person, or not known itself, is hidden', () => {
    const hidden = { id: postId(80), hidden: true }
    for (const author of [blocked, muted])
      expect(presentPost(quoting(author), contextWith(quotedBy(author)))?.quote).to.deep.equal(hidden)
    expect(presentPost(quoting(stranger), contextWith(undefined))?.quote).to.deep.equal(hidden)
    expect(presentPost(quoting(stranger), contextWith(quotedBy(stranger), [stranger]))?.quote).to.deep.equal(hidden)
    expect(presentPost(quoting(blocked), contextWith(quotedBy(blocked), [], null))?.quote).to.include({
      text: 'quoted',
    })
  })

  it('[VIS15] everything else of a record is in the post', () => {
    const record: Required<PostRecord> = {
      ...postBy(friend),
      ...replyTo(otherFriend),
      replyTo: { id: postId(90), authorId: otherFriend },
      quoteOf: { id: postId(80), authorId: stranger },
      entities: [{ type: 'link', start: 0, end: 5, url: 'https://example.org' }],
      editedAtMs: 2,
      deletedAtMs: 3,
      viewer: { liked: true, reposted: true, bookmarked: true },
    }
    const { authorId: _author, mentions: _mentions, quoteOf: _quoteOf, replyTo: _replyTo, ...rest } = record
    const post = presentPost(record, contextWith(quotedBy(stranger)))
    expect(post).to.deep.include(rest)
    expect(post).to.have.all.keys(...Object.keys(rest), 'author', 'replyTo', 'quote')
  })

  it('[VIS15] nothing of the inner fields leaves', () => {
    const record = postBy(friend, {
      ...replyTo(otherFriend),
      mentions: [stranger],
      viewer: { liked: true, reposted: false, bookmarked: false },
    })
    const post = presentPost(record, contextWith(undefined))
    expect(post).to.not.have.any.keys('authorId', 'mentions', 'quoteOf')
    expect(Post.parse(post)).to.deep.equal(post)
    expect(post?.viewer?.liked).to.equal(true)
  })
})
