import assert from 'node:assert/strict'
import { test } from 'node:test'

import { barsOf } from '../src/bars.js'

const f64 = { open: [1, 2], high: [2, 3], low: [0.5, 1], close: [1.5, 2.5], volume: [10, 20], wap: [1.2, null] }
const bars = { contract: /** @type {any} */ ({}), bar_size: '1 day', what_to_show: 'TRADES', tz: 'US/Eastern', count: 2, sources: [], final_us: 0 }
const first = { open: 1, high: 2, low: 0.5, close: 1.5, volume: 10, wap: 1.2, count: 3 }
const second = { open: 2, high: 3, low: 1, close: 2.5, volume: 20, wap: NaN, count: 4 }

test('daily bars have dates', () => {
  const rows = barsOf({ ...bars, dates: ['2026-11-19', '2026-11-20'], i64: { bar_count: [3, 4] }, f64 })
  assert.deepEqual(rows, [
    { date: '2026-11-19', time: undefined, ...first },
    { date: '2026-11-20', time: undefined, ...second },
  ])
})

test('intraday bars have instants', () => {
  const time_us = [1795600000000000, 1795600060000000]
  const rows = barsOf({ ...bars, dates: null, i64: { time_us, bar_count: [3, 4] }, f64 })
  assert.deepEqual(rows, [
    { date: undefined, time: new Date(1795600000000), ...first },
    { date: undefined, time: new Date(1795600060000), ...second },
  ])
})

test('no bars are no rows', () => {
  assert.deepEqual(barsOf({ ...bars, count: 0, dates: [], i64: { bar_count: [] }, f64: {} }), [])
})
