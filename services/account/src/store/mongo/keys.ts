import { duplicateKeyOf } from '@skein/platform/mongo'
import { z } from 'zod'
import type { AccountStore } from '../account-store.js'
import { KeyDoc, SecretDoc } from './documents.js'
import type { Models } from './models.js'

type Keys = Pick<AccountStore, 'signingKeys' | 'addSigningKey' | 'keepSecret'>

const Keys = z.array(KeyDoc)

export function createKeys({ keys, secrets }: Models): Keys {
  async function signingKeys() {
    const rows = await keys.find().sort({ createdAtMs: -1, _id: -1 }).lean()
    return Keys.parse(rows).map(({ _id: kid, privateKeyPem, createdAtMs, expiresAtMs }) => {
      return { kid, privateKeyPem, createdAtMs, expiresAtMs }
    })
  }
  return {
    signingKeys,
    addSigningKey: async ({ kid: _id, ...key }, after) => {
      const [newest] = await signingKeys()
      if ((newest?.kid ?? null) !== after) return
      await insertOnce(keys, { _id, after: after ?? '', ...key })
    },
    keepSecret: async (name, bytes) => {
      await insertOnce(secrets, { _id: name, base64: Buffer.from(bytes).toString('base64') })
      const { base64 } = SecretDoc.parse(await secrets.findById(name).lean())
      return new Uint8Array(Buffer.from(base64, 'base64'))
    },
  }
}

/** One that is there already stays. */
async function insertOnce(rows: Models['keys'], row: KeyDoc | SecretDoc): Promise<void> {
  try {
    await rows.insertMany([row], { lean: true })
  } catch (thrown) {
    if (duplicateKeyOf(thrown) === null) throw thrown
  }
}
