/**
 * One stream, followed from behind `last` of `epoch` on. No input or output.
 *
 * Live and replayed events go in by the same door, in any order and any number of times. What comes out is contiguous.
 */

import { errorFrom } from './errors.js'

/** @typedef {import('./envelope.js').Event} Event */
/** @typedef {import('./protocol.js').Head} Head */

const MAX_WAITING = 100_000

export class Follower {
  /** @type {Map<number, Event>} */
  #waiting = new Map()
  #next

  /**
   * @param {string} stream
   * @param {string} epoch
   * @param {number} last
   */
  constructor(stream, epoch, last) {
    this.stream = stream
    this.epoch = epoch
    this.last = last
    this.#next = last + 1
  }

  /** The first missing seq, to be asked for by a replay; undefined when nothing is known to be missing. */
  get wanted() {
    return this.last + 1 < this.#next ? this.last + 1 : undefined
  }

  /**
   * The bridge says how far the stream reaches; throws when our place is not in its history.
   * @param {Head} head
   */
  head(head) {
    this.#check(head.epoch)
    if (this.last + 1 < head.first) {
      const missing = `Events ${this.last + 1} to ${head.first - 1} of ${this.stream} are no longer in the journal`
      throw errorFrom({ code: 'stream.range', outcome: 'rejected', msg: missing, do: 'Begin anew with a snapshot.' })
    }
    this.#next = Math.max(this.#next, head.next)
  }

  /**
   * Take in an event, live or replayed; returns those that are due now, in order.
   * @param {Event} event
   * @returns {Event[]}
   */
  event(event) {
    this.#check(event.epoch)
    if (event.seq <= this.last) return []
    this.#next = Math.max(this.#next, event.seq + 1)
    if (event.seq === this.last + 1 || this.#waiting.size < MAX_WAITING) this.#waiting.set(event.seq, event)
    return this.#due()
  }

  #due() {
    const due = []
    for (let event; (event = this.#waiting.get(this.last + 1)); due.push(event)) {
      this.#waiting.delete(event.seq)
      this.last = event.seq
    }
    return due
  }

  /** @param {string} epoch */
  #check(epoch) {
    if (epoch === this.epoch) return
    throw errorFrom({
      code: 'stream.epoch',
      outcome: 'rejected',
      msg: `${this.stream} goes on in another history (${epoch}, not ${this.epoch})`,
      do: 'Begin anew, without a cursor: some of the new history may be known to you.',
    })
  }
}
