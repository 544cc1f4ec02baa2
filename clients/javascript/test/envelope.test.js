import assert from 'node:assert/strict'
import { test } from 'node:test'

import { NotAMessage, decodeEvent, decodeReply, decodeTicks, encodeCommand, floats, ints, joinParts, pack, unpack } from '../src/envelope.js'
import { random } from './random.js'

test('what is undefined is left out of a command', () => {
  const [, , body] = encodeCommand({ t: 'order.get', id: '1' }, { order_id: 17, client_order_id: undefined })
  assert.deepEqual(unpack(/** @type {Uint8Array} */ (body)), { order_id: 17 })
})

test('identifiers and times survive beyond 32 bits', () => {
  for (const number of [2 ** 32, 1099511627783, 1795600000123456, 2 ** 53 - 1, -(2 ** 53) + 1])
    assert.equal(unpack(pack(number)), number)
})

test('columns are read from wherever they lie in a message', () => {
  const packed = new Uint8Array(1 + 16)
  new DataView(packed.buffer).setFloat64(1, 1.5, true)
  new DataView(packed.buffer).setFloat64(9, -0.25, true)
  assert.deepEqual(floats(packed.subarray(1)), [1.5, -0.25])
  const times = new Uint8Array(8)
  new DataView(times.buffer).setBigInt64(0, 1795600000123456n, true)
  assert.deepEqual(ints(times), [1795600000123456])
  assert.deepEqual(floats([1, null]), [1, NaN])
  assert.deepEqual(ints(undefined), [])
})

test('parts are joined: lists and columns continue, maps key by key, all else is of part 0', () => {
  const parts = [
    { rows: [1], f64: { close: Uint8Array.of(1) }, tz: 'UTC', dates: null },
    { rows: [2, 3], f64: { close: Uint8Array.of(2), late: Uint8Array.of(3) }, tz: 'ignored' },
  ]
  assert.deepEqual(joinParts(parts), {
    rows: [1, 2, 3], f64: { close: Uint8Array.of(1, 2), late: Uint8Array.of(3) }, tz: 'UTC', dates: null,
  })
})

test('random bytes are no message, and nothing worse', () => {
  const { below } = random(7)
  const noise = () => Uint8Array.from({ length: below(40) }, () => below(256))
  for (let round = 0; round < 5000; round++) {
    const attempts = [
      () => decodeReply([Buffer.from('IBB1'), noise(), noise()]),
      () => decodeEvent([noise(), noise(), noise()]),
      () => decodeTicks(Buffer.concat([Buffer.from('md|1@SMART|'), noise()])),
    ]
    for (const attempt of attempts)
      try {
        attempt()
      } catch (error) {
        assert.ok(error instanceof NotAMessage, String(error))
      }
  }
})
