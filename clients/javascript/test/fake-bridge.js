/** A bridge for tests: the three sockets with their security, a journal of one stream, and answers that tests can change. */

import { after } from 'node:test'
import { Reply, Router, XPublisher, curveKeyPair } from 'zeromq'

import { pack, unpack } from '../src/envelope.js'

export const STREAM = 'ord|DU1234567|'
const EPOCH = 'e1'
const PATIENCE_MS = 60_000

/** @typedef {(header: any, body: any) => any} Answer A body, or an error (an object with `code`), or undefined: silence. */

export class FakeBridge {
  /** @type {any[]} Events of STREAM: [seq, type, ts_us, flags, body]. */
  journal = []
  /** @type {any[]} Headers and bodies of all commands, in order. */
  asked = []
  /** Seqs that are journaled but lost on their way to subscribers. */
  lost = new Set()
  sid = 'sid-1'
  answersBarrier = true

  /** @type {((header: any) => Uint8Array[][]) | undefined} What is sent in place of an answer. */
  hostile

  /** @type {Record<string, Answer>} */
  answers = {
    hello: () => ({ sid: this.sid, server_ts_us: Date.now() * 1000, protocol: [1, 1], beat_ms: 1000, heads: this.heads() }),
    replay: (_, { from_seq, limit }) => {
      const events = this.journal.slice(from_seq - 1, from_seq - 1 + limit)
      return { stream: STREAM, epoch: EPOCH, events, next: from_seq + events.length, head: this.journal.length + 1 }
    },
  }

  /**
   * The ports are none that the system gives away while the bridge is killed; those of one are free a moment after that.
   * @param {Record<'cmd' | 'evt' | 'md', string>} [endpoints] Those of a bridge that was killed.
   */
  static async start(endpoints) {
    const bridge = new FakeBridge()
    const isBound = () => bridge.#bind(endpoints ?? { cmd: anywhere(), evt: anywhere(), md: anywhere() }).then(() => true, inUse)
    for (const deadline = Date.now() + PATIENCE_MS; !(await isBound()); await new Promise((resolve) => setTimeout(resolve, 5))) {
      bridge.stop()
      if (Date.now() > deadline) throw new Error(`in use: ${Object.values(endpoints ?? {})}`)
    }
    return bridge
  }

  /** @param {Record<'cmd' | 'evt' | 'md', string>} endpoints */
  async #bind({ cmd, evt, md }) {
    const options = { curveServer: true, curveSecretKey: SERVER.secretKey, zapDomain: 'fake', linger: 0 }
    this.cmd = new Router(options)
    this.evt = new XPublisher({ ...options, verbosity: 'allSubs' })
    this.md = new XPublisher({ ...options, verbosity: 'allSubs' })
    await Promise.all([this.cmd.bind(cmd), this.evt.bind(evt), this.md.bind(md)])
    this.connection = {
      cmd: String(this.cmd.lastEndpoint), evt: String(this.evt.lastEndpoint), md: String(this.md.lastEndpoint),
      server_key: SERVER.publicKey, public_key: KNOWN.publicKey, secret_key: KNOWN.secretKey,
    }
    this.#serve(this.cmd)
    this.#subscriptions(this.evt)
    this.#lines(this.md)
  }

  heads() {
    return this.journal.length ? { [STREAM]: { epoch: EPOCH, first: 1, next: this.journal.length + 1 } } : {}
  }

  /**
   * Journal a fill and publish it.
   * @param {any} event
   */
  async publish({ type, ts_us, flags, body }) {
    const seq = this.journal.push([this.journal.length + 1, type, ts_us, flags, body])
    if (!this.lost.has(seq)) await this.#event(STREAM, [EPOCH, seq, type, ts_us, flags], body)
  }

  beat() {
    return this.#event('hb|', [EPOCH, 0, 'heartbeat', 1, 0], { sid: this.sid, state: 'READY', heads: this.heads() })
  }

  /** @param {string} topic @param {any[]} parts */
  async ticks(topic, parts) {
    await this.md?.send(Buffer.concat([Buffer.from(topic), pack(parts)]))
  }

  /** As if it were killed. */
  stop() {
    this.cmd?.close()
    this.evt?.close()
    this.md?.close()
  }

  /** @param {string} topic @param {any[]} header @param {any} body */
  async #event(topic, header, body) {
    await this.evt?.send([topic, pack(header), pack(body)])
  }

  /** @param {Router} socket */
  async #serve(socket) {
    for await (const [route, , head, content] of socket) {
      this.route = /** @type {Buffer} */ (route)
      const header = /** @type {any} */ (unpack(/** @type {Buffer} */ (head)))
      const body = unpack(/** @type {Buffer} */ (content))
      this.asked.push({ header, body })
      if (this.hostile) {
        for (const frames of this.hostile(header)) await socket.send([this.route, ...frames])
        continue
      }
      const stale = header.sid !== undefined && header.sid !== this.sid
      const said = stale ? { code: 'auth.session', outcome: 'rejected', msg: 'restarted' } : this.answers[header.t]?.(header, body)
      if (said === undefined) continue
      const parts = Array.isArray(said) ? said : [said]
      for (const [part, one] of parts.entries()) {
        const reply = { t: header.t, id: header.id, ok: one.code === undefined, part, more: part + 1 < parts.length }
        await socket.send([this.route, 'IBB1', pack(reply), pack(one)])
      }
    }
  }

  /** @param {XPublisher} socket */
  async #subscriptions(socket) {
    for await (const [frame] of socket) {
      const topic = frame?.subarray(1).toString() ?? ''
      if (frame?.[0] === 1 && topic.startsWith('sync|') && this.answersBarrier)
        await this.#event(topic, [EPOCH, 0, 'sync', 1, 0], { sid: this.sid, heads: this.heads() })
    }
  }

  /** @type {string[]} Subscriptions and unsubscriptions of md, as they came. */
  lines = []

  /** @param {XPublisher} socket */
  async #lines(socket) {
    for await (const [frame] of socket) this.lines.push(`${frame?.[0] === 1 ? '+' : '-'}${frame?.subarray(1)}`)
  }
}

const anywhere = () => `tcp://127.0.0.1:${12_000 + Math.floor(Math.random() * 8_000)}`

/** @param {any} error */
function inUse(error) {
  if (error.code !== 'EADDRINUSE') throw error
  return false
}

const SERVER = curveKeyPair()
export const KNOWN = curveKeyPair()

const doorkeeper = new Reply({ linger: 0 })

/** Who may connect: the answer to libzmq's question about every new connection of this process (RFC 27). */
async function keepTheDoor() {
  await doorkeeper.bind('inproc://zeromq.zap.01')
  for await (const [version, id, , , , , key] of doorkeeper) {
    const known = z85(/** @type {Buffer} */ (key)) === KNOWN.publicKey
    await doorkeeper.send([version ?? '', id ?? '', known ? '200' : '400', '', known ? 'default' : '', ''])
  }
}

/** @param {Buffer} key */
function z85(key) {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'
  let text = ''
  for (let at = 0; at < key.length; at += 4) {
    const word = key.readUInt32BE(at)
    for (let power = 4; power >= 0; power--) text += digits[Math.floor(word / 85 ** power) % 85]
  }
  return text
}

keepTheDoor()
after(() => doorkeeper.close())

/**
 * Wait for a condition; the deadline makes a test fail instead of hanging.
 * @param {() => unknown} condition
 * @param {string} what
 */
export async function until(condition, what) {
  const deadline = Date.now() + PATIENCE_MS
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
