import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Queue } from '../src/queue.js'

test('items come in order, all that is there at once', async () => {
  const queue = new Queue()
  queue.push(1)
  queue.push(2)
  assert.deepEqual(await queue.take(1000), [1, 2])
})

test('a reader that waits is woken', async () => {
  const queue = new Queue()
  const taken = queue.take(60_000)
  queue.push('late')
  assert.deepEqual(await taken, ['late'])
})

test('nothing in time is an empty answer', async () => {
  assert.deepEqual(await new Queue().take(1), [])
})

test('an error comes after what is left, and again', async () => {
  const queue = new Queue()
  queue.push(1)
  queue.fail(new Error('over'))
  assert.deepEqual(await queue.take(1000), [1])
  await assert.rejects(queue.take(1000), /over/)
  await assert.rejects(queue.take(1000), /over/)
})
