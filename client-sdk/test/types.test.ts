import { expect } from 'chai'
import type { z } from 'zod'
import { errorTable } from '@skein/contracts'
import type { apiContract, AckReply, HandshakeAuth, LiveEvent, SubscribeInput } from '@skein/contracts'
import type * as contract from '@skein/contracts'
import type * as sdk from '../src/types.js'
import type * as wire from '../src/wire.js'

/*
 * The hand-written types against the contracts, with brands taken off and `undefined` of optional fields left out. A
 * difference is a type error; the tests below only make the file run.
 */

type Loose<T> = T extends string & z.core.$brand
  ? string
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer E)[]
      ? Loose<E>[]
      : { [K in keyof T]: Loose<Exclude<T[K], undefined>> }
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Flat<T> = T extends readonly (infer E)[] ? Flat<E>[] : T extends object ? { [K in keyof T]: Flat<T[K]> } : T
type Equal<A, B> = Same<Flat<Loose<A>>, Flat<Loose<B>>>
type Fits<A, B> = Loose<A> extends Loose<B> ? true : false

function holds<_T extends true>(): void {}

type Api = typeof apiContract
type Def<M> = M extends { '~orpc': infer D } ? D : never
type Output<M> = Def<M> extends { outputSchema?: infer S } ? z.output<Extract<S, z.ZodType>> : never
type Input<M> = Def<M> extends { inputSchema?: infer S } ? z.input<Extract<S, z.ZodType>> : never

describe('types', () => {
  it('[SDK80] the models are those of the contracts', () => {
    holds<Equal<sdk.UserCard, contract.UserCard>>()
    holds<Equal<sdk.Relation, contract.Relation>>()
    holds<Equal<sdk.Profile, contract.Profile>>()
    holds<Equal<sdk.Me, contract.Me>>()
    holds<Equal<sdk.TextEntity, contract.TextEntity>>()
    holds<Equal<sdk.PostCounts, contract.PostCounts>>()
    holds<Equal<sdk.QuotedPost, contract.QuotedPost>>()
    holds<Equal<sdk.Post, contract.Post>>()
    holds<Equal<sdk.FeedItem, contract.FeedItem>>()
    holds<Equal<sdk.Notification, contract.Notification>>()
    holds<Equal<sdk.Trend, contract.Trend>>()
    holds<Equal<sdk.PersonItem, contract.PersonItem>>()
    holds<Equal<sdk.Suggestion, contract.Suggestion>>()
    holds<Equal<sdk.SessionInfo, contract.SessionInfo>>()
    holds<Equal<sdk.ServerInfo, contract.ServerInfo>>()
    holds<Equal<sdk.FeedPage, contract.FeedPage>>()
    holds<Equal<sdk.ThreadPage, contract.ThreadPage>>()
    holds<Equal<sdk.NotificationPage, contract.NotificationPage>>()
    holds<Equal<sdk.SearchPage, Output<Api['search']>>>()
    holds<Equal<wire.Signed, Output<Api['accounts']['create']>>>()
  })

  it('[SDK80] the live protocol is that of the contracts', () => {
    holds<Equal<wire.LiveEvent, LiveEvent>>()
    holds<Fits<{ feed: 'home'; from: string }, z.input<typeof SubscribeInput>>>()
    holds<Fits<{ accessToken: string; client: string }, z.input<typeof HandshakeAuth>>>()
    holds<Fits<{ ok: true }, AckReply>>()
    holds<
      Equal<
        contract.SubscribeReply extends infer R ? (R extends { ok: true } ? R : never) : never,
        { ok: true; cursor: string }
      >
    >()
  })

  it('[SDK80] what is sent is what the API takes', () => {
    type Auth = sdk.Client['auth']
    holds<Equal<Parameters<Auth['signUp']>[0], Input<Api['accounts']['create']>>>()
    holds<Equal<Parameters<Auth['signIn']>[0], Input<Api['sessions']['create']>>>()
    holds<Equal<Parameters<Auth['changePassword']>[0], Input<Api['me']['password']>>>()
    holds<Equal<Parameters<Auth['updateMe']>[0], Input<Api['me']['update']>>>()
    holds<Fits<{ text: string; replyTo: string; quoteOf: string }, Input<Api['posts']['create']>>>()
    holds<Fits<{ limit: number; before: string; after: string }, Input<Api['feeds']['home']>>>()
  })

  it('[SDK81] the error codes are those of the table, and `closed`', () => {
    type Known<C> = C extends string ? (string extends C ? never : C) : never
    type Named = Exclude<Known<sdk.ErrorCode>, 'closed'>
    holds<Same<Named, keyof typeof errorTable>>()
    expect(Object.keys(errorTable)).to.have.length.greaterThan(20)
  })
})
