/** A gap in one line of market data that only this side knows of: the connection to the bridge was lost. */

/** @typedef {import('./envelope.js').Ticks} Ticks */
/** @typedef {import('./protocol.js').LineState} LineState */

/** Kinds whose rows are things that happened, and stay true; rows of the others tell how things are. */
const HAPPENING = new Set(['tbt', 'bars5', 'news', 'tape', 'bulletins'])

/**
 * Begins with the loss, and ends with the first rows after the bridge has told the line's state again. Until then the line is
 * stale; these rows take the place of all that was known.
 */
export class Outage {
  /** @type {{since_us: number, reason: string} | null} */
  #gap = null
  #greeted = false
  /** @type {LineState | null} */
  #said = null
  /** @type {Ticks | null} */
  #last = null

  /**
   * The connection was lost: the frame that says so, or nothing when nothing is known of the line, or this.
   * @returns {Ticks[]}
   */
  cut() {
    this.#greeted = false
    if (!this.#last || this.#gap) return []
    this.#gap = { since_us: this.#last.ts_us, reason: 'The connection to the bridge was lost' }
    return [{ ...this.#last, kind: 'state', body: this.#shown(this.#said ?? { market_data_type: null, state: 'stale' }) }]
  }

  /**
   * What this frame of the bridge comes to here.
   * @param {Ticks} frame
   * @returns {Ticks[]}
   */
  take(frame) {
    this.#last = frame
    if (frame.kind === 'state') return [{ ...frame, body: this.#told(/** @type {LineState} */ (frame.body)) }]
    if (!this.#gap || !this.#greeted || this.#said?.gap) return [frame]
    const resumed = { since_us: this.#gap.since_us, data_lost: true }
    this.#gap = null
    const over = { ...frame, kind: /** @type {const} */ ('state'), body: /** @type {LineState} */ ({ ...this.#said, resumed }) }
    return HAPPENING.has(frame.topic.split('|')[0] ?? '') ? [over, frame] : [{ ...frame, kind: 'image' }, over]
  }

  /**
   * A gap that the bridge has itself takes this one along.
   * @param {LineState} said
   */
  #told(said) {
    this.#greeted = true
    this.#said = said
    const { resumed } = said
    if (this.#gap && resumed) said = { ...said, resumed: { since_us: Math.min(resumed.since_us, this.#gap.since_us), data_lost: true } }
    if (resumed || said.state === 'ended') this.#gap = null
    return this.#shown(said)
  }

  /**
   * @param {LineState} said
   * @returns {LineState}
   */
  #shown(said) {
    if (!this.#gap) return said
    const gap = said.gap ?? this.#gap
    return { ...said, state: 'stale', gap: { ...gap, since_us: Math.min(gap.since_us, this.#gap.since_us) } }
  }
}
