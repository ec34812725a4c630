import { startMongo, type TestMongo } from '@skein/platform/testing/mongo'

/** One server for the suites of backups. null where none can be had, unless SKEIN_REQUIRE_ENGINES=1. */
export const mongo: TestMongo | null = await startMongo().catch((thrown: unknown) => {
  if (process.env['SKEIN_REQUIRE_ENGINES'] === '1') throw thrown
  return null
})
