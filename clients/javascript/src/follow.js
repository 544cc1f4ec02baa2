/** Sequenced events from a cursor on: barrier, replay, live; each once, in order, without holes. */

import { randomBytes } from 'node:crypto'

import { NotAMessage, REPLAYED, decodeEvent } from './envelope.js'
import { BridgeUnavailable, TwsError, Unreachable, errorFrom, keyRefused, topicsRefused, unreachable } from './errors.js'
import { Follower } from './follower.js'
import { Queue } from './queue.js'
import { subscriber, watch } from './sockets.js'

/** @typedef {import('./envelope.js').Event} Event */
/** @typedef {import('./protocol.js').Head} Head */
/** @typedef {import('./session.js').Session} Session */
/** @typedef {{epoch: string, seqs: Record<string, number>}} Cursor The last event applied, of every stream. */
/**
 * @typedef {object} Options
 * @property {string[]} topics Whole topics (`sys|`), or `ord|` and `acct|` for all accounts.
 * @property {Cursor} [cursor] Without one, everything that the bridge has kept.
 * @property {boolean} [live] False: end when caught up. Default: go on for ever.
 * @property {number} [timeout] Milliseconds to wait for the first sign of the bridge.
 * @property {AbortSignal} [signal] Ends the iteration.
 * @property {(text: string) => void} [onState] Told when something changes: caught up, gap, silence.
 */

const BARRIER_MS = 2000
const RETRY_MS = 1000
const SILENCE_MS = 6000
const PAGE = 500
const MAX_QUEUED = 100_000
const PASSING = [Unreachable, BridgeUnavailable, TwsError]

/**
 * @param {Session} session
 * @param {Options} options
 * @returns {AsyncGenerator<Event>}
 */
export async function* follow(session, options) {
  const feed = new Feed(session, options)
  try {
    while (!options.signal?.aborted) {
      yield* await feed.next()
      if (options.live === false && feed.caughtUp) return
    }
  } finally {
    feed.close()
  }
}

/** The subscription of one iteration. */
class Feed {
  /** @type {Map<string, Follower>} */
  #followers = new Map()
  /** @type {Set<Follower>} */
  #replaying = new Set()
  /** @type {Queue<Event | {replayed: Follower, head: number, events: Event[]}>} */
  #queue = new Queue()
  #barrier = ''
  #barrierDue = 0
  #synced = false
  #heard = performance.now()
  #state = ''
  #wake = () => this.#queue.push(NOTHING)

  /**
   * @param {Session} session
   * @param {Options} options
   */
  constructor(session, { topics, cursor, timeout = 10_000, signal, onState = () => {} }) {
    this.session = session
    this.topics = topics
    this.cursor = cursor
    this.onState = onState
    this.deadline = performance.now() + timeout
    this.endpoint = session.connection.evt
    this.socket = subscriber(session.connection, 'evt')
    watch(this.socket, (happened) => happened === 'refused' && this.#queue.fail(keyRefused(this.endpoint)))
    this.signal = signal
    signal?.addEventListener('abort', this.#wake)
    this.socket.subscribe(...topics, 'hb|')
    this.#receive()
  }

  /** True when everything that the bridge has published so far has come out. */
  get caughtUp() {
    return this.#synced && this.#replaying.size === 0 && [...this.#followers.values()].every((f) => f.wanted === undefined)
  }

  /** The events that are due now, perhaps none; waits for a while. */
  async next() {
    if (!this.#synced) this.#ask()
    const due = []
    for (const item of await this.#queue.take(this.#synced ? 1000 : 200)) {
      if ('replayed' in item) due.push(...this.#replayed(item))
      else due.push(...this.#arrived(item))
    }
    for (const follower of this.#followers.values()) this.#replay(follower)
    this.#tell()
    return due
  }

  close() {
    this.signal?.removeEventListener('abort', this.#wake)
    this.socket.close()
  }

  /** Subscribe to a fresh barrier: its answer says that the subscriptions before it are in force. */
  #ask() {
    const now = performance.now()
    if (now > this.deadline) throw unreachable(this.endpoint, 'no answer to the barrier')
    if (now < this.#barrierDue) return
    if (this.#barrier) this.socket.unsubscribe(this.#barrier)
    this.#barrier = `sync|${randomBytes(8).toString('hex')}|`
    this.#barrierDue = now + BARRIER_MS
    this.socket.subscribe(this.#barrier)
  }

  /**
   * @param {Event} event
   * @returns {Event[]}
   */
  #arrived(event) {
    if (event.topic === this.#barrier) this.#begin(/** @type {any} */ (event.body).refused)
    if (event.topic === this.#barrier || event.topic.startsWith('hb|')) {
      this.#heard = performance.now()
      if (this.#synced) this.#heads(/** @type {any} */ (event.body).heads)
      return []
    }
    if (!this.#synced || !this.#wants(event.topic)) return [] // what comes before the barrier is replayed
    return this.#follower(event.topic, { epoch: event.epoch, first: 1, next: 1 }).event(event)
  }

  /**
   * The barrier is answered: from its heads on, every event arrives, but for the topics that were refused.
   * @param {string[]} refused
   */
  #begin(refused = []) {
    const denied = refused.filter((topic) => this.topics.includes(topic))
    if (denied.length > 0) throw topicsRefused(denied)
    this.#synced = true
    this.socket.unsubscribe(this.#barrier)
  }

  /** @param {Record<string, Head>} heads */
  #heads(heads) {
    for (const [stream, head] of Object.entries(heads))
      if (this.#wants(stream)) this.#follower(stream, head).head(head)
  }

  /** @param {string} stream */
  #wants(stream) {
    return this.topics.some((topic) => stream.startsWith(topic))
  }

  /**
   * @param {string} stream
   * @param {Head} head
   */
  #follower(stream, head) {
    let follower = this.#followers.get(stream)
    if (!follower) {
      const { epoch, seqs } = this.cursor ?? { epoch: head.epoch, seqs: {} }
      const last = seqs[stream] ?? head.first - 1
      if (epoch === head.epoch && last >= head.next) throw aheadOf(stream, last, head.next)
      follower = new Follower(stream, epoch, last)
      this.#followers.set(stream, follower)
    }
    return follower
  }

  /**
   * Ask for what is missing, one page at a time; trouble that passes is waited out.
   * @param {Follower} follower
   */
  async #replay(follower) {
    if (follower.wanted === undefined || this.#replaying.has(follower)) return
    this.#replaying.add(follower)
    const { stream, epoch, wanted } = follower
    try {
      const page = await this.session.request('replay', { stream, epoch, from_seq: wanted, limit: PAGE }, { timeout: 15_000 })
      const events = page.events.map(([seq, type, ts_us, flags, body]) => {
        return { topic: stream, epoch: page.epoch, seq, type, ts_us, flags: flags | REPLAYED, body }
      })
      this.#queue.push({ replayed: follower, head: page.head, events })
    } catch (error) {
      if (!passes(error)) this.#queue.fail(error)
      else setTimeout(() => this.#replaying.delete(follower) && this.#wake(), RETRY_MS)
    }
  }

  /** @param {{replayed: Follower, head: number, events: Event[]}} page */
  #replayed({ replayed: follower, head, events }) {
    this.#replaying.delete(follower)
    const due = events.flatMap((event) => follower.event(event))
    follower.head({ epoch: events[0]?.epoch ?? follower.epoch, first: 1, next: head })
    return due
  }

  async #receive() {
    for await (const frames of this.socket) {
      if (this.#queue.length >= MAX_QUEUED) continue // what is left out here is replayed later
      try {
        this.#queue.push(decodeEvent(frames))
      } catch (error) {
        if (!(error instanceof NotAMessage)) throw error
      }
    }
  }

  /** Say what has changed, once. */
  #tell() {
    const silent = performance.now() - this.#heard
    const state =
      silent > SILENCE_MS ? 'the bridge is silent' : this.caughtUp ? 'caught up' : this.#synced ? 'replaying' : 'joining'
    if (state !== this.#state) this.onState(state)
    this.#state = state
  }
}

/**
 * True for trouble that may be over soon.
 * @param {unknown} error
 */
function passes(error) {
  return PASSING.some((kind) => error instanceof kind && error.code !== 'client.closed')
}

/**
 * @param {string} stream
 * @param {number} last
 * @param {number} next
 */
function aheadOf(stream, last, next) {
  const msg = `The cursor stands at event ${last} of ${stream}, which has only ${next - 1}`
  return errorFrom({ code: 'stream.range', outcome: 'rejected', msg, do: 'Is it the cursor of another bridge?' })
}

/** @type {Event} */
const NOTHING = { topic: '', epoch: '', seq: 0, type: '', ts_us: 0, flags: 0, body: {} }
