/** A bridge gone mad: what cannot be read is dropped or told, and nothing else breaks. */

import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as envelope from '../src/envelope.js'
import { BridgeError, errorFrom } from '../src/errors.js'
import { Session } from '../src/session.js'
import { FakeBridge } from './fake-bridge.js'
import { random } from './random.js'
import { bytes, vectors } from './vectors.js'

const MESSAGES = Number(process.env.TWSBRIDGE_TEST_EXAMPLES ?? 3000)
const names = ['replies', 'errors', 'events', 'invalid_from_bridge']
const messages = names.flatMap((name) => vectors(name).map(({ frames, hex }) => bytes(frames ?? [hex])))
const ticks = vectors('ticks').map(({ frames, hex }) => bytes(frames ?? [hex])[0])

/**
 * One change: a bit, a piece cut, doubled or put in, or the beginning alone.
 * @param {Uint8Array} whole
 * @param {(limit: number) => number} below
 */
function mutated(whole, below) {
  const at = below(whole.length + 1)
  const end = at + below(whole.length - at + 1)
  const inserted = [[0], [0xff, 0xff, 0xff, 0xff], [0x80], [0xdf, 0xff, 0xff, 0xff, 0xff], [0xc7, 0, 5]][below(5)] ?? []
  const bit = Buffer.from(whole)
  if (at < bit.length) bit[at] = (bit[at] ?? 0) ^ (1 << below(8))
  const changes = [
    bit,
    whole.subarray(0, at),
    Buffer.concat([whole.subarray(0, at), Buffer.from(inserted), whole.subarray(at)]),
    Buffer.concat([whole.subarray(0, at), whole.subarray(end)]),
    Buffer.concat([whole.subarray(0, end), whole.subarray(at)]),
  ]
  return changes[below(changes.length)] ?? bit
}

/** @param {() => unknown} read */
function readOrDropped(read) {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof envelope.NotAMessage)) throw error
    return undefined
  }
}

test('every message is read or dropped, whatever was done to it', () => {
  const { below } = random(7)
  for (let round = 0; round < MESSAGES; round++) {
    const frames = (messages[below(messages.length)] ?? []).map((frame) => (below(2) ? mutated(frame, below) : frame))
    const reply = /** @type {any} */ (readOrDropped(() => envelope.decodeReply(frames)))
    readOrDropped(() => envelope.decodeEvent(frames))
    readOrDropped(() => envelope.decodeTicks(mutated(ticks[below(ticks.length)] ?? Buffer.alloc(0), below)))
    if (reply?.ok === false && typeof reply.body.code === 'string') assert.ok(errorFrom(reply.body) instanceof BridgeError)
  }
})

test('whoever waits gets an answer or an error, and the session lives on', async () => {
  const bridge = await FakeBridge.start()
  const session = new Session(/** @type {any} */ (bridge.connection))
  const { below } = random(11)
  const welcome = { sid: 's', server_ts_us: 1, protocol: [1, 1], beat_ms: 1000, heads: {} }
  const bodies = [{}, { code: 7 }, { code: 'x', msg: [1] }, { i64: { a: Buffer.alloc(9) } }, { rows: { rows: null } }, { code: null }]
  bridge.hostile = ({ t, id }) => {
    const head = { t, id, ok: below(2) === 0, part: [0, 0, 1, -1, 2 ** 31, 2 ** 52][below(6)], more: below(3) === 0 }
    const hostile = [Buffer.from('IBB1'), envelope.pack(head), envelope.pack(bodies[below(bodies.length)])]
    const junk = messages[below(messages.length)] ?? []
    const greeting = [Buffer.from('IBB1'), envelope.pack({ t, id, ok: true }), envelope.pack(welcome)]
    return [junk.map((frame) => mutated(frame, below)), t === 'hello' ? greeting : hostile, hostile.slice(0, below(4))]
  }
  const asked = Array.from({ length: 300 }, () => session.request('status', {}, { timeout: 300 }))
  for (const { status, reason } of /** @type {any[]} */ (await Promise.allSettled(asked)))
    assert.ok(status === 'fulfilled' || reason instanceof BridgeError, String(reason?.stack))
  bridge.hostile = undefined
  bridge.answers.status = () => ({ state: 'READY' })
  bridge.sid = 's'
  assert.deepEqual(await session.request('status', {}), { state: 'READY' })
  session.close()
  bridge.stop()
})
