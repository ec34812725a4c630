import { Schema, type Connection, type Model, type SchemaDefinition } from 'mongoose'
import { durable } from '@skein/platform/mongo'
import { edgeKinds } from './documents.js'
import { ends } from './pairs.js'

/** As it lies there: parsed when it is read. */
export type Row = Record<string, unknown>
export type Rows = Model<Row>

const text = { type: String, required: true }
const number = { type: Number, required: true }
const flag = { type: Boolean, required: true }
const maybe = { type: Number }
/** Not looked into: written by one function each and parsed when read. */
const mixed = { type: Schema.Types.Mixed }
/** Absent, not empty, when nothing is owed. */
const outbox = { outbox: { type: [mixed], default: undefined }, outboxDueMs: maybe }
const options = (collection: string) => ({
  collection,
  versionKey: false as const,
  strict: 'throw' as const,
  strictQuery: 'throw' as const,
  minimize: false,
  autoIndex: false,
  autoCreate: false,
  writeConcern: { w: durable.w, j: durable.journal, wtimeout: durable.wtimeoutMS },
})

const users = schemaOf('users', {
  _id: text,
  handle: text,
  name: text,
  bio: { type: String },
  role: text,
  passwordHash: text,
  suspended: flag,
  createdAtMs: number,
  rev: number,
  revAtMs: number,
  followers: number,
  following: number,
  counts: number,
  recounts: number,
  readUpTo: { type: String, default: null },
  generation: number,
  ...outbox,
})
users.index({ handle: 1 }, { unique: true })
users.index({ followers: -1, handle: 1 })
users.index({ outboxDueMs: 1 }, { sparse: true })

const sessions = schemaOf('sessions', {
  _id: text,
  userId: text,
  client: { type: String },
  createdAtMs: number,
  lastUsedAtMs: number,
  rev: number,
  tokenHash: text,
  tokenExpiresAtMs: number,
  spent: { type: [mixed] },
  generation: number,
  end: { ...mixed, default: null },
  ...outbox,
})
sessions.index({ userId: 1, lastUsedAtMs: -1 })
sessions.index({ 'end.untilMs': 1 }, { sparse: true })
sessions.index({ tokenExpiresAtMs: 1 })
sessions.index({ outboxDueMs: 1 }, { sparse: true })

const pairs = schemaOf('edges', {
  _id: text,
  lo: text,
  hi: text,
  v: number,
  up: { follow: mixed, block: mixed, mute: mixed },
  down: { follow: mixed, block: mixed, mute: mixed },
  ...outbox,
})
pairs.index({ outboxDueMs: 1 }, { sparse: true })
/** Who mutes a person is never asked. */
const listedBy = { follow: ['actor', 'target'], block: ['actor', 'target'], mute: ['actor'] } as const
for (const kind of edgeKinds) {
  for (const { side, person } of listedBy[kind].flatMap((whose) => ends[whose])) {
    const on = { partialFilterExpression: { [`${side}.${kind}.on`]: true } }
    pairs.index({ [person]: 1, [`${side}.${kind}.edgeId`]: 1 }, on)
  }
}

const keys = schemaOf('keys', {
  _id: text,
  after: { type: String },
  privateKeyPem: text,
  createdAtMs: number,
  expiresAtMs: number,
})
keys.index({ after: 1 }, { unique: true })

const secrets = schemaOf('secrets', { _id: text, base64: text })

export interface Models {
  readonly users: Rows
  readonly sessions: Rows
  readonly pairs: Rows
  readonly keys: Rows
  readonly secrets: Rows
}

/** The models on a connection of the caller's, with their indexes made. Idempotent, also beside other processes. */
export async function openModels(connection: Connection): Promise<Models> {
  const models = {
    users: connection.model<Row>('User', users),
    sessions: connection.model<Row>('Session', sessions),
    pairs: connection.model<Row>('Edge', pairs),
    keys: connection.model<Row>('Key', keys),
    secrets: connection.model<Row>('Secret', secrets),
  }
  for (const model of Object.values(models)) await model.createIndexes()
  return models
}

function schemaOf(collection: string, definition: SchemaDefinition): Schema<Row> {
  return new Schema<Row>(definition, options(collection))
}
