import assert from 'node:assert/strict'
import { test } from 'node:test'

import { StreamError } from '../src/errors.js'
import { Follower } from '../src/follower.js'
import { random } from './random.js'

/**
 * @param {number} seq
 * @param {string} [epoch]
 */
const event = (seq, epoch = 'e1') => ({ topic: 'ord|DU1234567|', epoch, seq, type: 'order', ts_us: 0, flags: 0, body: {} })

test('in any order and any number of times, every event comes out once and in order', () => {
  for (let seed = 0; seed < 300; seed++) {
    const { below, shuffled } = random(seed)
    const last = below(5)
    const total = last + below(30)
    const follower = new Follower('ord|DU1234567|', 'e1', last)
    const seqs = Array.from({ length: total }, (_, index) => index + 1)
    const arrivals = shuffled([...seqs, ...seqs.filter(() => below(2) === 0)])
    const out = arrivals.flatMap((seq) => follower.event(event(seq))).map(({ seq }) => seq)
    assert.deepEqual(out, seqs.slice(last), `seed ${seed}`)
    assert.equal(follower.wanted, undefined)
  }
})

test('after losses, replaying from `wanted` until nothing is wanted brings the rest', () => {
  for (let seed = 0; seed < 300; seed++) {
    const { below, next } = random(seed)
    const follower = new Follower('ord|DU1234567|', 'e1', 0)
    const total = 1 + below(60)
    /** @type {number[]} */
    const out = []
    for (let seq = 1; seq <= total; seq++) {
      if (next() < 0.4) continue
      out.push(...follower.event(event(seq)).map(({ seq }) => seq))
    }
    follower.head({ epoch: 'e1', first: 1, next: total + 1 })
    for (let from; (from = follower.wanted) !== undefined; )
      for (let seq = from; seq < Math.min(from + 7, total + 1); seq++) out.push(...follower.event(event(seq)).map((e) => e.seq))
    assert.deepEqual(out, Array.from({ length: total }, (_, index) => index + 1), `seed ${seed}`)
  }
})

test('the head reveals the loss of the newest event', () => {
  const follower = new Follower('sys|', 'e1', 4)
  follower.head({ epoch: 'e1', first: 1, next: 5 })
  assert.equal(follower.wanted, undefined)
  follower.head({ epoch: 'e1', first: 1, next: 6 })
  assert.equal(follower.wanted, 5)
})

test('another epoch, and a beginning that the journal no longer has, are errors', () => {
  const follower = new Follower('sys|', 'e1', 4)
  assert.throws(() => follower.event(event(5, 'e2')), (error) => error instanceof StreamError && error.code === 'stream.epoch')
  assert.throws(() => follower.head({ epoch: 'e2', first: 1, next: 9 }), StreamError)
  assert.throws(
    () => follower.head({ epoch: 'e1', first: 7, next: 9 }),
    (error) => error instanceof StreamError && error.code === 'stream.range',
  )
})
