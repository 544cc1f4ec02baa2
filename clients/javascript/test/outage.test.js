import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Outage } from '../src/outage.js'
import { Quote } from '../src/index.js'

const TOPIC = 'md|265598@SMART|'

/** @param {number} n @param {'ticks' | 'image' | 'state'} kind @param {any} body @param {string} [topic] */
const frame = (n, kind, body, topic = TOPIC) => ({ topic, kind, n, ts_us: n, body })

test('a lost connection is a gap, and nothing from before it outlives it', () => {
  const outage = new Outage()
  const quote = new Quote(TOPIC)
  /** @param {any[]} frames */
  const apply = (frames) => frames.forEach((each) => quote.apply(each))
  apply(outage.take(frame(1, 'state', { state: 'live' })))
  apply(outage.take(frame(2, 'ticks', [[1, 190], [2, 190.5]])))
  apply(outage.cut())
  assert.deepEqual([quote.state, quote.gap?.since_us, quote.get('bid')], ['stale', 2, 190])
  assert.deepEqual(outage.cut(), [], 'lost once more it is the same gap')
  apply(outage.take(frame(3, 'ticks', [[1, 190.2]])))
  assert.equal(quote.state, 'stale', 'rows that were under way when it was lost end nothing')
  apply(outage.take(frame(1, 'state', { state: 'live' })))
  assert.deepEqual([quote.state, quote.gap?.since_us], ['stale', 2])
  apply(outage.take(frame(5, 'ticks', [[1, 191]])))
  assert.deepEqual([quote.state, quote.gap, quote.resumed], ['live', null, { since_us: 2, data_lost: true }])
  assert.deepEqual([quote.get('bid'), quote.get('ask')], [191, undefined])
})

test("a gap that the bridge has itself takes the client's along", () => {
  const outage = new Outage()
  outage.take(frame(5, 'ticks', [[1, 190]]))
  outage.cut()
  const [stale] = outage.take(frame(7, 'state', { state: 'stale', gap: { since_us: 7, reason: 'no TWS' } }))
  assert.deepEqual(stale?.body, { state: 'stale', gap: { since_us: 5, reason: 'no TWS' } })
  assert.equal(outage.take(frame(8, 'image', [[1, 191]])).length, 1)
  const [over] = outage.take(frame(9, 'state', { state: 'live', resumed: { since_us: 7, data_lost: false } }))
  assert.deepEqual(over?.body, { state: 'live', resumed: { since_us: 5, data_lost: true } })
})

test('of what happens, the end of the gap is told before it', () => {
  const outage = new Outage()
  const topic = 'tape|BRFG|'
  outage.take(frame(1, 'state', { state: 'live' }, topic))
  outage.cut()
  outage.take(frame(1, 'state', { state: 'live' }, topic))
  assert.deepEqual(outage.take(frame(2, 'ticks', [['x']], topic)).map(({ kind }) => kind), ['state', 'ticks'])
})

test('of a line of which nothing is known nothing is said', () => {
  assert.deepEqual(new Outage().cut(), [])
})
