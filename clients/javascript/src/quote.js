/** Market data of one line: the last value of every tick type. */

/** @typedef {import('./envelope.js').Ticks} Ticks */
/** @typedef {import('./protocol.js').LineState} LineState */
/** @typedef {import('./protocol.js').OptionTick} OptionTick */
/** @typedef {import('./protocol.js').ExchangeForPhysicalTick} ExchangeForPhysicalTick */
/** @typedef {import('./protocol.js').HeadlineTick} HeadlineTick */
/**
 * Prices are numbers, sizes decimal texts, greeks and headlines maps; null means that there is none.
 * @typedef {number | string | OptionTick | ExchangeForPhysicalTick | HeadlineTick | null} Value
 */

/** IB's tick types by name; those of delayed data have the same names. */
export const TICK_NAMES = Object.freeze(
  /** @type {Record<number, string>} */ ({
    0: 'bidSize', 1: 'bid', 2: 'ask', 3: 'askSize', 4: 'last', 5: 'lastSize', 6: 'high', 7: 'low', 8: 'volume',
    9: 'close', 10: 'bidGreeks', 11: 'askGreeks', 12: 'lastGreeks', 13: 'modelGreeks', 14: 'open',
    45: 'lastTimestamp', 49: 'halted', 62: 'headline', 66: 'bid', 67: 'ask', 68: 'last', 69: 'bidSize',
    70: 'askSize', 71: 'lastSize', 72: 'high', 73: 'low', 74: 'volume', 75: 'close', 76: 'open',
    80: 'bidGreeks', 81: 'askGreeks', 82: 'lastGreeks', 83: 'modelGreeks', 88: 'lastTimestamp',
  }),
)

export class Quote {
  /** Tick type -> last value. @type {Map<number, Value>} */
  values = new Map()
  /** waiting, live, delayed, frozen, stale or ended. */
  state = 'waiting'
  /** The error that ended the line. @type {unknown} */
  error = null
  /** Since when ticks may be missing, and why; null while none are. @type {{since_us: number, reason: string} | null} */
  gap = null
  /** The gap that ended when the line came to this state. @type {{since_us: number, data_lost: boolean} | null} */
  resumed = null
  /** What TWS said as the line began. @type {import('./protocol.js').TickParameters | null} */
  parameters = null
  /** The contract that has the quotes of this one. @type {import('./protocol.js').Rerouted | null} */
  rerouted = null
  /** Frames that were lost on the way; later values replace them. */
  missed = 0
  /** The tick types that the last frame changed. @type {number[]} */
  changed = []
  timeUs = 0
  #n = 0

  /** @param {string} topic */
  constructor(topic) {
    this.topic = topic
  }

  /** @param {Ticks} frame */
  apply({ kind, n, ts_us, body }) {
    this.missed += this.#n > 0 && n > this.#n + 1 ? n - this.#n - 1 : 0
    this.#n = n
    this.timeUs = ts_us
    const ticks = kind === 'state' ? [] : /** @type {[number, Value][]} */ (body)
    this.changed = ticks.map(([type]) => type)
    if (kind === 'image') this.values.clear()
    for (const [type, value] of ticks) this.values.set(type, value)
    if (kind === 'state') this.#become(/** @type {LineState} */ (body))
  }

  /**
   * The value by its name, such as bid, askSize or last; undefined while it is not known.
   * @param {string} name
   * @returns {Value | undefined}
   */
  get(name) {
    for (const [type, known] of Object.entries(TICK_NAMES))
      if (known === name && this.values.has(Number(type))) return this.values.get(Number(type))
    return undefined
  }

  /** @param {LineState} said */
  #become({ state, error = null, gap = null, resumed = null, parameters = null, rerouted = null }) {
    this.state = state
    this.error = error
    this.gap = gap
    this.resumed = resumed
    this.parameters = parameters
    this.rerouted = rerouted
  }
}
