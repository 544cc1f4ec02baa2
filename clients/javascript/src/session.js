/** One dialogue with a bridge: greeting, commands with deadlines, replies matched to them. */

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { deathChoice, giveSigns } from './death.js'
import { NotAMessage, decodeReply, encodeCommand, joinParts } from './envelope.js'
import { BridgeError, closed, errorFrom, keyRefused, noAnswer, unreachable } from './errors.js'
import { commandSocket, watch } from './sockets.js'

/** @typedef {import('./protocol.js').Commands} Commands */
/** @typedef {import('./protocol.js').Welcome} Welcome */
/** @typedef {import('./envelope.js').Reply} Reply */
/**
 * @typedef {object} Asked
 * @property {keyof Commands} command
 * @property {Reply[]} parts
 * @property {(body: any) => void} resolve
 * @property {(error: BridgeError) => void} reject
 */

const LIBRARY = 'twsbridge-javascript'
const GRACE_MS = 250
const TOO_FAST = new Set(['req.rate', 'req.inflight'])
const ACTS = new Set([
  'advisor.replace', 'drain', 'halt', 'order.cancel', 'order.cancel_all', 'order.give', 'order.modify', 'order.place',
  'order.place_group', 'order.resend', 'order.take', 'resume',
])
const TROUBLE = {
  up: 'it accepts connections but does not answer',
  strange: "something listens there, but the handshake fails: another bridge's connection file?",
  nobody: 'nothing listens there',
  down: 'the connection was closed',
  refused: 'it refuses this key',
}

/** Thrown inside when a connection broke under a command that only reads: it is asked again. */
const INTERRUPTED = Symbol('interrupted')

export class Session {
  /** @type {Welcome | undefined} */
  #welcome
  /** @type {Map<string, Asked>} */
  #asked = new Map()
  /** @type {BridgeError | undefined} */
  #broken
  #connected = false
  #trouble = 'no connection yet'
  #aheadUs = 0
  #sending = Promise.resolve()
  /** @type {any} */
  #choice
  #endSigns = () => {}
  #socket

  /**
   * @param {import('./connection.js').Connection} connection
   * @param {import('./death.js').Death} [death]
   */
  constructor(connection, death = {}) {
    this.connection = connection
    this.#choice = deathChoice(death)
    if (this.holdsLease) this.#endSigns = giveSigns(this.#choice.grace_ms, (timeout) => this.request('ping', {}, { timeout }))
    this.#socket = commandSocket(connection)
    watch(this.#socket, (happened) => this.#happened(happened))
    this.#receive()
  }

  /**
   * Carry out a command; rejects with a BridgeError at the latest after `timeout` milliseconds.
   * @template {keyof Commands} C
   * @param {C} command
   * @param {Commands[C]['body']} body
   * @param {{timeout?: number}} [options]
   * @returns {Promise<Commands[C]['reply']>}
   */
  async request(command, body, { timeout = 5000 } = {}) {
    const deadline = performance.now() + timeout
    for (;;) {
      const welcome = await this.welcome(deadline)
      try {
        return await this.#ask(command, body, welcome.sid, deadline)
      } catch (error) {
        const stale = error instanceof BridgeError && error.code === 'auth.session'
        if (stale && this.#welcome === welcome) this.#welcome = undefined
        const wait = pause(error)
        if (wait !== undefined && performance.now() + wait < deadline) await sleep(wait)
        else if (error !== INTERRUPTED && (!stale || ACTS.has(command))) throw error
      }
    }
  }

  /**
   * The bridge's greeting, asked for when there is none of this connection yet.
   * @param {number} deadline Milliseconds of `performance.now()`, which no step of the wall clock moves.
   * @returns {Promise<Welcome>}
   */
  async welcome(deadline) {
    while (!this.#welcome) {
      try {
        const welcome = await this.#ask('hello', { protocol: [1, 1], library: LIBRARY, ...this.#choice }, '', deadline)
        this.#aheadUs = welcome.server_ts_us - performance.now() * 1000
        this.#welcome = welcome
      } catch (error) {
        if (error !== INTERRUPTED) throw error
      }
    }
    return this.#welcome
  }

  /** True when the bridge watches over this process. */
  get holdsLease() {
    return 'lease' in this.#choice
  }

  /** Give up: whoever waits is told, and the sockets close. */
  close() {
    this.#endSigns()
    this.#broken = closed()
    this.#fail(this.#broken)
    this.#socket.close()
  }

  /**
   * @template {keyof Commands} C
   * @param {C} command
   * @param {Commands[C]['body']} body
   * @param {string} sid
   * @param {number} deadline
   * @returns {Promise<Commands[C]['reply']>}
   */
  #ask(command, body, sid, deadline) {
    const { promise, resolve, reject } = withResolvers()
    if (this.#broken) return Promise.reject(this.#broken)
    const id = randomUUID()
    // Before the greeting the clock of the bridge is not known: a deadline by ours could have passed there already.
    const exp = command === 'hello' ? undefined : Math.round(deadline * 1000 + this.#aheadUs)
    const header = { t: command, id, ...(exp && { exp }), ...(sid && { sid }) }
    this.#asked.set(id, { command, parts: [], resolve, reject })
    const timer = setTimeout(() => this.#late(id), Math.max(deadline - performance.now(), 0) + GRACE_MS)
    this.#send(encodeCommand(header, body))
    return promise.finally(() => {
      clearTimeout(timer)
      this.#asked.delete(id)
    })
  }

  /**
   * One after the other: a socket takes one send at a time.
   * @param {(string | Uint8Array)[]} frames
   */
  #send(frames) {
    this.#sending = this.#sending.then(() => this.#socket.send(frames)).catch(() => {})
  }

  async #receive() {
    for await (const frames of this.#socket) {
      try {
        this.#received(decodeReply(frames))
      } catch (error) {
        if (!(error instanceof NotAMessage)) throw error
      }
    }
  }

  /** @param {Reply} reply */
  #received(reply) {
    const asked = this.#asked.get(reply.id)
    if (!asked) return
    try {
      take(asked, reply)
    } catch (error) {
      asked.reject(noAnswer(asked.command, this.connection.cmd, `the answer makes no sense: ${error}`, ACTS.has(asked.command)))
    }
  }

  /** @param {string} id */
  #late(id) {
    const asked = this.#asked.get(id)
    const endpoint = this.connection.cmd
    if (!this.#connected) asked?.reject(unreachable(endpoint, this.#trouble))
    else asked?.reject(noAnswer(asked.command, endpoint, 'the time is up', ACTS.has(asked.command)))
  }

  /** @param {keyof typeof TROUBLE} happened */
  #happened(happened) {
    this.#trouble = TROUBLE[happened]
    if (happened === 'up') {
      this.#connected = true
      if (this.#broken?.code === 'auth.denied') this.#broken = undefined
    } else if (happened === 'refused') {
      this.#broken = keyRefused(this.connection.cmd)
      this.#fail(this.#broken)
    } else if (happened === 'down' && this.#connected) {
      this.#connected = false
      this.#welcome = undefined
      this.#interrupt()
    }
  }

  /** The connection broke: reads are asked again, the fate of orders on their way is unknown. */
  #interrupt() {
    for (const { command, reject } of this.#asked.values()) {
      const why = 'the connection broke'
      reject(ACTS.has(command) ? noAnswer(command, this.connection.cmd, why, true) : /** @type {any} */ (INTERRUPTED))
    }
  }

  /** @param {BridgeError} error */
  #fail(error) {
    for (const { reject } of this.#asked.values()) reject(error)
  }
}

/**
 * One more part of an answer, or an error. Throws when the parts do not fit together.
 * @param {Asked} asked
 * @param {Reply} reply
 */
function take(asked, reply) {
  if (!reply.ok) {
    const code = typeof reply.body.code === 'string' ? reply.body.code : 'br.internal'
    asked.reject(errorFrom({ msg: 'An error without words', ...reply.body, code }))
    return
  }
  asked.parts[reply.part] = reply
  const last = asked.parts.at(-1)
  const complete = !last?.more && Object.keys(asked.parts).length === asked.parts.length
  if (complete) asked.resolve(joinParts(asked.parts.map((part) => part.body)))
}

/**
 * Milliseconds to wait when the bridge says that this came too fast: nothing was done, so it is sent again.
 * @param {unknown} error
 */
function pause(error) {
  if (!(error instanceof BridgeError) || !TOO_FAST.has(error.code)) return undefined
  return Number(/^after:(\d+)$/.exec(error.retry)?.[1] ?? 1000)
}

/** Promise.withResolvers, which node 20 lacks. */
function withResolvers() {
  /** @type {(body: any) => void} */
  let resolve = () => {}
  /** @type {(error: BridgeError) => void} */
  let reject = () => {}
  const promise = new Promise((fulfil, fail) => {
    resolve = fulfil
    reject = fail
  })
  return { promise, resolve, reject }
}
