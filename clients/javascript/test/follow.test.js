import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

import { Client, StreamError, Unreachable } from '../src/index.js'
import { FakeBridge, STREAM, until } from './fake-bridge.js'
import { fill } from './fills.js'
import { random } from './random.js'

/** @type {FakeBridge} */
let bridge
/** @type {Client} */
let client

beforeEach(async () => {
  bridge = await FakeBridge.start()
  client = await Client.connect({ connection: bridge.connection })
})
afterEach(() => {
  client.close()
  bridge.stop()
})

/** @param {number} count */
async function publish(count) {
  for (let n = 0; n < count; n++) await bridge.publish(fill(bridge.journal.length + 1))
}

/**
 * Iterate in the background: the seqs that have come so far, and the end of it.
 * @param {object} [options]
 */
function following(options = {}) {
  /** @type {number[]} */
  const seqs = []
  /** @type {string[]} */
  const states = []
  const onState = (/** @type {string} */ state) => states.push(state)
  const run = async () => {
    for await (const event of client.events({ onState, ...options })) seqs.push(event.seq)
  }
  return { seqs, states, end: run() }
}

/** @param {number} last @param {number} [first] */
const upTo = (last, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index)

test('from the beginning through the replay to live events', async () => {
  await publish(1203)
  const { seqs, states } = following()
  await until(() => seqs.length === 1203, 'the past')
  await until(() => states.includes('caught up'), 'to be told')
  await publish(3)
  await until(() => seqs.length === 1206, 'the present')
  assert.deepEqual(seqs, upTo(1206))
})

test('replayed events say so, live ones do not', async () => {
  await publish(1)
  /** @type {number[]} */
  const flags = []
  for await (const event of client.events()) {
    flags.push(event.flags)
    if (flags.length === 2) break
    await publish(1)
  }
  assert.deepEqual(flags, [1, 0])
})

test('from a cursor', async () => {
  await publish(10)
  const { seqs, end } = following({ cursor: { epoch: 'e1', seqs: { [STREAM]: 7 } }, live: false })
  await end
  assert.deepEqual(seqs, [8, 9, 10])
})

test('when there is nothing yet, to be caught up is to be at the beginning', async () => {
  const { seqs, end } = following({ live: false })
  await end
  assert.deepEqual(seqs, [])
})

test('events that were lost on the way are replayed', async () => {
  const { seqs, states } = following()
  await until(() => states.includes('caught up'), 'to be caught up')
  bridge.lost = new Set([2, 3, 5])
  await publish(6)
  await until(() => seqs.length === 6, 'all six')
  assert.deepEqual(seqs, upTo(6))
})

test('the heartbeat reveals that the newest event was lost', async () => {
  const { seqs, states } = following()
  await until(() => states.includes('caught up'), 'to be caught up')
  bridge.lost = new Set([1])
  await publish(1)
  await bridge.beat()
  await until(() => seqs.length === 1, 'the lost one')
})

test('joining at any moment of a flow leaves no hole', async () => {
  const { below } = random(11)
  let flowing = true
  const flow = (async () => {
    while (flowing) {
      await publish(1 + below(5))
      await new Promise(setImmediate)
    }
  })()
  for (let round = 0; round < 15; round++) {
    const from = bridge.journal.length
    const { seqs, end } = following({ cursor: { epoch: 'e1', seqs: { [STREAM]: from } }, live: false })
    await end
    assert.deepEqual(seqs, upTo(from + seqs.length, from + 1))
  }
  flowing = false
  await flow
})

test('a bridge that is killed and comes back with its journal is followed on', async () => {
  await publish(2)
  const { seqs, states } = following()
  await until(() => states.includes('caught up'), 'to be caught up')
  bridge.stop()
  const { journal, connection } = bridge
  bridge = await FakeBridge.start(connection)
  bridge.journal = journal
  bridge.sid = 'sid-2'
  bridge.lost = new Set([3])
  await publish(2)
  const beats = setInterval(() => bridge.beat(), 50)
  await until(() => seqs.length === 4, 'all four')
  clearInterval(beats)
  assert.deepEqual(seqs, upTo(4))
})

test('a replay that fails for now is tried again', async () => {
  await publish(2)
  const replay = bridge.answers.replay
  let refusals = 0
  bridge.answers.replay = (header, body) =>
    refusals++ === 0 ? { code: 'br.starting', outcome: 'rejected', msg: 'not yet' } : replay?.(header, body)
  const { seqs, end } = following({ live: false })
  await end
  assert.deepEqual([seqs, refusals], [[1, 2], 2])
})

test('another history, a cursor beyond it and a lost beginning are errors', async () => {
  await publish(3)
  const replaced = following({ cursor: { epoch: 'e0', seqs: { [STREAM]: 1 } } })
  await assert.rejects(replaced.end, (error) => error instanceof StreamError && error.code === 'stream.epoch')
  const beyond = following({ cursor: { epoch: 'e1', seqs: { [STREAM]: 4 } } })
  await assert.rejects(beyond.end, (error) => error instanceof StreamError && error.code === 'stream.range')
  bridge.heads = () => ({ [STREAM]: { epoch: 'e1', first: 3, next: 4 } })
  const pruned = following({ cursor: { epoch: 'e1', seqs: { [STREAM]: 1 } } })
  await assert.rejects(pruned.end, (error) => error instanceof StreamError && error.code === 'stream.range')
})

test('without an answer to the barrier the error names the address', async () => {
  bridge.answersBarrier = false
  const { end } = following({ timeout: 300 })
  await assert.rejects(end, (error) => error instanceof Unreachable && error.message.includes(bridge.connection?.evt ?? '?'))
})

test('the barrier is tried again, and what came meanwhile is not lost', async () => {
  bridge.answersBarrier = false
  const { seqs, states } = following()
  await until(() => states.includes('joining'), 'to begin')
  await publish(2)
  bridge.answersBarrier = true
  await until(() => seqs.length === 2, 'both')
  assert.deepEqual(seqs, [1, 2])
})

test('a signal ends it, and so does closing the client', async () => {
  const stop = new AbortController()
  const one = following({ signal: stop.signal })
  const other = following()
  await until(() => one.states.includes('caught up') && other.states.includes('caught up'), 'to be caught up')
  stop.abort()
  await one.end
  client.close()
  await other.end
})
