import { expect } from 'chai'
import * as fc from 'fast-check'
import { EntryId, RelationEvent, UserId } from '@skein/contracts'
import { decideEdge, edgeEvent, type EdgeKind, type EdgeRecord, type Pair } from '../src/domain/edges.js'
import { ulidOf } from '../src/domain/ids.js'

const ids = [1, 2, 3].map((n) => UserId.parse(ulidOf(n, new Uint8Array(16))))
const kinds: readonly EdgeKind[] = ['follow', 'block', 'mute']
const person = fc.constantFrom(...ids)
const wishes = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), actorId: person, targetId: person, on: fc.boolean() }),
  { maxLength: 60 },
)

/** Every edge by its entity, as a store would hold them. */
type Held = Map<string, EdgeRecord>

function held(edges: Held, kind: EdgeKind, actorId: UserId, targetId: UserId): EdgeRecord | null {
  return edges.get(`${kind}:${actorId}:${targetId}`) ?? null
}

function pairOf(edges: Held, actorId: UserId, targetId: UserId): Pair {
  return {
    following: held(edges, 'follow', actorId, targetId),
    followedBy: held(edges, 'follow', targetId, actorId),
    blocking: held(edges, 'block', actorId, targetId),
    blockedBy: held(edges, 'block', targetId, actorId),
    muting: held(edges, 'mute', actorId, targetId),
  }
}

describe('edges', () => {
  it('[ACC72] over any wishes revs only grow, a block leaves no follow, off is never refused, events are the edges', () => {
    const seed = Date.now() % 2_147_483_647
    const property = fc.property(wishes, (list) => {
      const edges: Held = new Map()
      const told = new Map<string, RelationEvent>()
      for (const [n, wish] of list.entries()) {
        const { kind, actorId, targetId, on } = wish
        const edgeId = EntryId.parse(ulidOf(1_000 + n, new Uint8Array(16)))
        const pair = pairOf(edges, actorId, targetId)
        const decision = decideEdge({ ...wish, edgeId, nowMs: n }, pair, { following: 0, followsMax: 10 })
        if (decision.kind === 'refused') {
          if (actorId !== targetId) expect([kind, on]).to.deep.equal(['follow', true])
          continue
        }
        for (const edge of decision.edges) {
          const event = RelationEvent.parse(edgeEvent(edge))
          expect(event.rev).to.equal((edges.get(event.entity)?.rev ?? 0) + 1)
          expect(event.id).to.equal(`${event.entity}@${event.rev}`)
          expect(event.on).to.not.equal(edges.get(event.entity)?.on ?? false)
          edges.set(event.entity, edge)
          told.set(event.entity, event)
        }
        expect(held(edges, kind, actorId, targetId)?.on ?? false).to.equal(on)
        for (const { kind, actorId, targetId, on } of edges.values()) {
          if (kind !== 'block' || !on) continue
          expect(held(edges, 'follow', actorId, targetId)?.on ?? false).to.equal(false)
          expect(held(edges, 'follow', targetId, actorId)?.on ?? false).to.equal(false)
        }
      }
      expect([...edges.values()].map(edgeEvent)).to.deep.equal([...told.values()])
    })
    fc.assert(property, { seed, numRuns: 300 })
  })
})
