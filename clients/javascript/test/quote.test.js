import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Quote } from '../src/index.js'

const TOPIC = 'md|265598@SMART|'

/** @param {number} n @param {'ticks' | 'image' | 'state'} kind @param {any} body */
const frame = (n, kind, body) => ({ topic: TOPIC, kind, n, ts_us: n, body })

test('a gap is told, and an image takes the place of all values', () => {
  const quote = new Quote(TOPIC)
  const gap = { since_us: 5, reason: 'the connection was closed' }
  quote.apply(frame(1, 'ticks', [[1, 190], [2, 190.5]]))
  quote.apply(frame(2, 'state', { market_data_type: 1, state: 'stale', gap }))
  assert.deepEqual([quote.state, quote.gap, quote.get('bid')], ['stale', gap, 190])
  quote.apply(frame(3, 'image', [[2, 191]]))
  assert.deepEqual([quote.get('bid'), quote.get('ask')], [undefined, 191])
  const resumed = { since_us: 5, data_lost: true }
  quote.apply(frame(4, 'state', { market_data_type: 1, state: 'live', resumed }))
  assert.deepEqual([quote.state, quote.gap, quote.resumed], ['live', null, resumed])
  quote.apply(frame(5, 'state', { market_data_type: 2, state: 'frozen' }))
  assert.equal(quote.resumed, null)
})

test('greeks, the parameters of the line, and a reroute are kept', () => {
  const quote = new Quote('md|1@SMART|')
  const parameters = { min_tick: 0.01, bbo_exchange: 'a6', snapshot_permissions: 3 }
  const rerouted = { con_id: 7, exchange: 'SMART' }
  quote.apply({ topic: 'md|1@SMART|', kind: 'state', n: 1, ts_us: 1, body: { state: 'live', parameters, rerouted } })
  quote.apply({ topic: 'md|1@SMART|', kind: 'ticks', n: 2, ts_us: 2, body: [[83, { tick_attrib: 1, delta: 0.5 }]] })
  assert.deepEqual(quote.get('modelGreeks'), { tick_attrib: 1, delta: 0.5 })
  assert.deepEqual([quote.parameters, quote.rerouted], [parameters, rerouted])
})
