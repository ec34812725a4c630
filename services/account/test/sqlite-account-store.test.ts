import { testAccountStore, testOneTransaction } from './account-store.contract.js'
import { openSqliteEngine } from './store-harness.js'

testAccountStore('sqlite', openSqliteEngine)
testOneTransaction('sqlite', openSqliteEngine)
