import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as envelope from '../src/envelope.js'
import { errorFrom } from '../src/errors.js'
import { bytes, vectors } from './vectors.js'

/**
 * As the vectors write it: packed columns as lists, null for NaN.
 * @param {any} body
 */
function plain(body) {
  if (!body.i64) return body
  const list = (/** @type {number} */ number) => (Number.isNaN(number) ? null : number)
  const columns = (/** @type {any} */ columns, /** @type {typeof envelope.floats} */ read) =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, read(column).map(list)]))
  return { ...body, i64: columns(body.i64, envelope.ints), f64: columns(body.f64, envelope.floats) }
}

for (const { name, hex, value } of vectors('values'))
  test(`value: ${name}`, () => {
    assert.deepEqual(envelope.unpack(Buffer.from(hex, 'hex')), value)
    assert.deepEqual(envelope.unpack(envelope.pack(value)), value)
  })

for (const { name, frames, value } of vectors('commands'))
  test(`command: ${name}`, () => {
    const [magic, ...parts] = bytes(frames)
    assert.deepEqual(parts.map(envelope.unpack), [value.header, value.body])
    const [own, header, body] = envelope.encodeCommand(value.header, value.body)
    assert.equal(own, magic?.toString())
    assert.deepEqual([header, body].map((frame) => envelope.unpack(/** @type {any} */ (frame))), [value.header, value.body])
  })

for (const { name, frames, value } of [...vectors('replies'), ...vectors('errors')])
  test(`reply: ${name}`, { skip: frames[1].startsWith('7b') && 'JSON is for clients without msgpack' }, () => {
    const { type, id, ok, part, more, body } = envelope.decodeReply(bytes(frames))
    assert.deepEqual({ header: { t: type, id, ok, part, more }, body: plain(body) }, value)
  })

for (const { name, value } of vectors('errors'))
  test(`error: ${name}`, () => {
    const error = errorFrom(value.body)
    assert.equal(error.code, name)
    assert.equal(error.outcome, value.body.outcome)
    assert.notEqual(error.constructor.name, 'BridgeError')
    for (const text of [value.body.msg, value.body.now, value.body.do])
      assert.ok(error.message.includes(text.replace(/\.$/, '')))
  })

for (const { name, parts, value } of vectors('replies_in_parts'))
  test(`parts: ${name}`, () => {
    const bodies = parts.map((/** @type {string[]} */ frames) => envelope.decodeReply(bytes(frames)).body)
    assert.deepEqual(plain(envelope.joinParts(bodies)), value)
  })

for (const { name, frames, value } of vectors('events'))
  test(`event: ${name}`, () => assert.deepEqual(envelope.decodeEvent(bytes(frames)), value))

for (const { name, frames, value } of vectors('ticks'))
  test(`ticks: ${name}`, () => assert.deepEqual(envelope.decodeTicks(Buffer.from(frames[0], 'hex')), value))

for (const { name, kind, frames } of vectors('invalid_from_bridge'))
  test(`no message: ${name}`, () => {
    const decode = {
      reply: () => envelope.decodeReply(bytes(frames)),
      event: () => envelope.decodeEvent(bytes(frames)),
      ticks: () => envelope.decodeTicks(Buffer.from(frames[0], 'hex')),
    }[/** @type {'reply' | 'event' | 'ticks'} */ (kind)]
    assert.throws(decode, envelope.NotAMessage)
  })
