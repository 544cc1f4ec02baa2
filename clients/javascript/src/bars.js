/** Historical bars: from columns of numbers to one object for each bar. */

import { floats, ints } from './envelope.js'

/**
 * @typedef {object} Bar
 * @property {string | undefined} date YYYY-MM-DD, for daily and longer bars.
 * @property {Date | undefined} time The start, for intraday bars.
 * @property {number} open
 * @property {number} high
 * @property {number} low
 * @property {number} close
 * @property {number} volume
 * @property {number} wap
 * @property {number} count
 */

/**
 * @param {import('./protocol.js').Bars} bars
 * @returns {Bar[]}
 */
export function barsOf({ count, dates, i64, f64 }) {
  const times = ints(i64.time_us)
  const counts = ints(i64.bar_count)
  const [open, high, low, close, volume, wap] = ['open', 'high', 'low', 'close', 'volume', 'wap'].map((name) => floats(f64[name]))
  const at = (/** @type {number[] | undefined} */ column, /** @type {number} */ row) => column?.[row] ?? NaN
  return Array.from({ length: count }, (_, row) => ({
    date: dates?.[row],
    time: dates ? undefined : new Date(at(times, row) / 1000),
    open: at(open, row),
    high: at(high, row),
    low: at(low, row),
    close: at(close, row),
    volume: at(volume, row),
    wap: at(wap, row),
    count: at(counts, row),
  }))
}
