import assert from 'node:assert/strict'
import { test } from 'node:test'

import { InvalidRequest } from '../src/errors.js'
import { FORMS, formatContract, parseContract, toContract } from '../src/notation.js'
import { vectors } from './vectors.js'

for (const { text, contract, written } of vectors('contracts'))
  test(`contract: ${text ?? JSON.stringify(contract)}`, () => {
    if (text === null) assert.throws(() => formatContract(contract), InvalidRequest)
    else if (contract === null) assert.throws(() => parseContract(text), InvalidRequest)
    else {
      assert.deepEqual(parseContract(text), contract)
      assert.equal(formatContract(contract), written)
    }
  })

test('a refusal names the forms', () => {
  const refused = (/** @type {any} */ error) => error.message.includes('conid:265598') && error.details.forms === FORMS
  assert.throws(() => toContract('AAPL@'), refused)
})

test('a contract is taken as it is', () => {
  const contract = { con_id: 265598 }
  assert.equal(toContract(contract), contract)
})
