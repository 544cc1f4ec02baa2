import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { curveKeyPair } from 'zeromq'

import { pack } from '../src/envelope.js'
import { AmbiguousContract, AuthError, Client, InvalidRequest, Unreachable } from '../src/index.js'
import { FakeBridge, until } from './fake-bridge.js'

const ORDER = { action: 'BUY', quantity: '1', order_type: 'MKT' }
const AAPL = { symbol: 'AAPL', sec_type: 'STK', exchange: 'SMART', currency: 'USD' }

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

test('a command carries the session and a deadline by the clock of the bridge', async () => {
  bridge.answers.hello = () => ({ sid: 'sid-1', server_ts_us: (Date.now() + 3_600_000) * 1000, protocol: [1, 1] })
  const ahead = await Client.connect({ connection: bridge.connection })
  bridge.answers.status = () => ({ state: 'READY' })
  assert.deepEqual(await ahead.status({ timeout: 2000 }), { state: 'READY' })
  ahead.close()
  const { header } = bridge.asked.at(-1)
  assert.equal(header.sid, 'sid-1')
  const left = header.exp / 1000 - (Date.now() + 3_600_000)
  assert.ok(left > 0 && left <= 2000, `${left} ms`)
})

test('a step of the wall clock moves no deadline, and a greeting has none', async (t) => {
  bridge.answers.status = () => ({ state: 'READY' })
  const began = Date.now()
  t.mock.method(Date, 'now', () => began + 3_600_000)
  assert.deepEqual(await client.status({ timeout: 2000 }), { state: 'READY' })
  const left = bridge.asked.at(-1).header.exp / 1000 - began
  assert.ok(left > 0 && left < 60_000, `${left} ms`)
  assert.equal(bridge.asked.find(({ header }) => header.t === 'hello').header.exp, undefined)
})

test('a process with a dead-man switch says so, gives life signs, and says goodbye', async () => {
  for (const name of ['ping', 'bye']) bridge.answers[name] = () => ({})
  const watched = await Client.connect({ connection: bridge.connection, onDeath: 'cancel', grace: 1000, lease: 'L' })
  const { body } = bridge.asked.findLast(({ header }) => header.t === 'hello')
  assert.deepEqual([body.on_death, body.grace_ms, body.lease], ['cancel', 1000, 'L'])
  await until(() => bridge.asked.filter(({ header }) => header.t === 'ping').length > 2, 'life signs')
  await watched.close({ orders: 'reduce_only' })
  assert.deepEqual(bridge.asked.at(-1).body, { orders: 'reduce_only' })
})

test('without a choice there are no life signs and there is no goodbye', async () => {
  const { body } = bridge.asked.findLast(({ header }) => header.t === 'hello')
  assert.deepEqual(Object.keys(body).sort(), ['library', 'protocol'])
  const before = bridge.asked.length
  await client.close()
  assert.equal(bridge.asked.length, before)
})

test('replies find their callers in whatever order they come', async () => {
  /** @type {any[]} */
  const held = []
  bridge.answers['order.get'] = (header, body) => {
    held.push({ header, body })
    return undefined
  }
  const answers = [1, 2, 3].map((order_id) => client.order({ order_id }))
  await until(() => held.length === 3, 'three questions')
  for (const { header, body } of held.reverse())
    await bridge.cmd?.send([bridge.route ?? '', 'IBB1', pack({ t: 'order.get', id: header.id, ok: true }), pack({ order: body })])
  assert.deepEqual(await Promise.all(answers), [1, 2, 3].map((order_id) => ({ order_id })))
})

test('a long answer comes in parts', async () => {
  bridge.answers['orders.list'] = () => [{ rows: [1, 2] }, { rows: [3] }, { rows: [] }]
  assert.deepEqual(await client.orders(), [1, 2, 3])
})

test('an error is of its family and says what to do', async () => {
  bridge.answers['order.place'] = () => ({
    code: 'req.invalid', outcome: 'rejected', retry: 'no', msg: 'order.tif: must be DAY', now: 'Nothing was done.',
    do: 'Correct the field named here.', field: 'order.tif', tws_code: null, details: null,
  })
  await assert.rejects(client.place('k', AAPL, ORDER), (error) => {
    assert.ok(error instanceof InvalidRequest)
    assert.equal(error.field, 'order.tif')
    assert.match(error.message, /must be DAY\. Nothing was done\. Correct the field named here\. \[req.invalid\]/)
    return true
  })
})

test('a read without an answer is safe to repeat; the fate of an order is unknown', async () => {
  await assert.rejects(client.status({ timeout: 50 }), (error) => {
    assert.ok(error instanceof Unreachable && error.code === 'client.timeout' && error.outcome === 'rejected')
    assert.ok(error.message.includes(bridge.connection?.cmd ?? '?'))
    return true
  })
  await assert.rejects(client.place('k', AAPL, ORDER, { timeout: 50 }), (error) => {
    assert.ok(error instanceof Unreachable && error.outcome === 'unknown' && error.retry === 'same_key')
    return true
  })
})

test('after a restart of the bridge reads go on in the new session; an order is the caller’s to judge', async () => {
  bridge.answers.status = () => ({ state: 'READY' })
  bridge.answers['order.place'] = () => ({ order: { order_id: 17 }, duplicate: false })
  bridge.sid = 'sid-2'
  assert.deepEqual(await client.status(), { state: 'READY' })
  bridge.sid = 'sid-3'
  await assert.rejects(client.place('k', AAPL, ORDER), { code: 'auth.session', outcome: 'rejected' })
  assert.deepEqual((await client.place('k', AAPL, ORDER)).order, { order_id: 17 })
})

test('a bridge that is killed and comes back is found again', async () => {
  bridge.answers.status = () => ({ state: 'READY' })
  await client.status()
  const order = assert.rejects(client.place('k', AAPL, ORDER), { code: 'client.timeout', outcome: 'unknown' })
  await until(() => bridge.asked.at(-1).header.t === 'order.place', 'the order')
  bridge.stop()
  await order
  const answer = client.status({ timeout: 10_000 })
  bridge = await FakeBridge.start(bridge.connection)
  bridge.sid = 'sid-2'
  bridge.answers.status = () => ({ state: 'BACK' })
  bridge.answers['order.place'] = () => ({ order: { order_id: 17 }, duplicate: false })
  assert.deepEqual((await client.place('k', AAPL, ORDER)).order, { order_id: 17 })
  assert.deepEqual(await answer, { state: 'BACK' })
})

test('a key that the bridge refuses is an error at once', async () => {
  const { publicKey, secretKey } = curveKeyPair()
  const connection = { .../** @type {any} */ (bridge.connection), public_key: publicKey, secret_key: secretKey }
  const began = Date.now()
  await assert.rejects(Client.connect({ connection, timeout: 60_000 }), (error) => {
    assert.ok(error instanceof AuthError)
    assert.ok(error.message.includes(connection.cmd))
    return true
  })
  assert.ok(Date.now() - began < 30_000)
})

test('when nobody is there, the error names the address and says so', async () => {
  bridge.stop()
  const attempt = Client.connect({ connection: bridge.connection, timeout: 300 })
  await assert.rejects(attempt, (error) => {
    assert.ok(error instanceof Unreachable && error.code === 'client.unreachable')
    assert.match(error.message, /tcp:\/\/127\.0\.0\.1:\d+ \(nothing listens there\)/)
    return true
  })
})

test('what waits when the client is closed is told, and so is whoever comes later', async () => {
  const waiting = assert.rejects(client.status(), { code: 'client.closed' })
  await until(() => bridge.asked.length > 1, 'the question')
  client.close()
  await waiting
  await assert.rejects(client.status(), { code: 'client.closed' })
})

test('bars come as rows', async () => {
  const f64 = { open: [1], high: [2], low: [0.5], close: [1.5], volume: [10], wap: [1.1] }
  bridge.answers['history.bars'] = () => ({ count: 1, dates: ['2026-11-20'], i64: { bar_count: [3] }, f64 })
  const [bar] = await client.history({ contract: AAPL, duration: '1 D', bar_size: '1 day' })
  assert.deepEqual([bar?.date, bar?.close, bar?.count], ['2026-11-20', 1.5, 3])
})

test('quotes: the topic is subscribed as long as somebody iterates, and frames that were lost are counted', async () => {
  const topic = 'md|265598@SMART|'
  bridge.answers['quote.open'] = () => ({ topic, contract: AAPL, min_tick: 0.01 })
  const quotes = client.quotes(AAPL)
  const first = quotes.next()
  await until(() => bridge.lines.includes(`+${topic}`), 'the subscription')
  await bridge.ticks(topic, ['image', 1, 5, [[1, 190.05], [0, '200']]])
  const { value: quote } = await first
  assert.deepEqual([quote?.get('bid'), quote?.get('bidSize'), quote?.get('last'), quote?.state], [190.05, '200', undefined, 'waiting'])
  await bridge.ticks(topic, ['state', 2, 6, { market_data_type: 3, state: 'delayed' }])
  await quotes.next()
  await bridge.ticks(topic, ['ticks', 5, 7, [[68, 190]]])
  await quotes.next()
  assert.deepEqual([quote?.state, quote?.get('last'), quote?.missed, quote?.changed], ['delayed', 190, 2, [68]])
  await quotes.return(undefined)
  await until(() => bridge.lines.includes(`-${topic}`), 'the end of the subscription')
})

test('rows: any stream of md as decoded frames, as long as somebody iterates', async () => {
  const topic = 'depth|265598@SMART:10:smart~250|'
  const rows = client.rows(topic)
  const first = rows.next()
  await until(() => bridge.lines.includes(`+${topic}`), 'the subscription')
  const body = [[0, 0, 1, 190.05, '200', 'ARCA']]
  await bridge.ticks(topic, ['image', 1, 5, body])
  assert.deepEqual((await first).value, { topic, kind: 'image', n: 1, ts_us: 5, body })
  await rows.return(undefined)
  await until(() => bridge.lines.includes(`-${topic}`), 'the end of the subscription')
})

test('rows: a bridge that goes leaves a gap, which the first rows of the next one end', async () => {
  const topic = 'depth|265598@SMART:10:smart~250|'
  const before = await FakeBridge.start()
  const watching = await Client.connect({ connection: before.connection })
  const rows = watching.rows(topic)
  const first = rows.next()
  await until(() => before.lines.includes(`+${topic}`), 'the subscription')
  const state = { market_data_type: 1, state: 'live' }
  await before.ticks(topic, ['state', 1, 5, state])
  assert.deepEqual((await first).value?.body, state)
  before.stop()
  const gap = { since_us: 5, reason: 'The connection to the bridge was lost' }
  assert.deepEqual((await rows.next()).value?.body, { ...state, state: 'stale', gap })
  const back = rows.next()
  const after = await FakeBridge.start(before.connection)
  await until(() => after.lines.includes(`+${topic}`), 'the new subscription')
  await after.ticks(topic, ['state', 1, 8, state])
  assert.deepEqual((await back).value?.body, { ...state, state: 'stale', gap })
  await after.ticks(topic, ['ticks', 2, 9, [[0, 0, 1, 190.05, '200', 'ARCA']]])
  assert.equal((await rows.next()).value?.kind, 'image')
  assert.deepEqual((await rows.next()).value?.body, { ...state, resumed: { since_us: 5, data_lost: true } })
  await watching.close()
  after.stop()
})

test('rows: a refusal, and the end of a line, are thrown; refusals of others are passed over', async () => {
  const topic = 'pnl|U1234567|'
  const own = bridge.connection?.public_key ?? ''
  const error = { code: 'auth.account', outcome: 'rejected', retry: 'no', msg: 'default may not follow account U1234567' }
  for (const ends of [
    () => bridge.ticks(`${topic}refused|${own}|`, ['refused', 0, 5, { to: own, error }]),
    () => bridge.ticks(topic, ['state', 1, 6, { state: 'ended', error }]),
  ]) {
    const next = client.rows(topic).next()
    await until(() => bridge.lines.at(-1) === `+${topic}`, 'the subscription')
    await bridge.ticks(`${topic}refused|other|`, ['refused', 0, 5, { to: 'other', error }])
    await ends()
    await assert.rejects(next, (/** @type {any} */ thrown) => thrown instanceof AuthError && thrown.code === 'auth.account')
    await until(() => bridge.lines.at(-1) === `-${topic}`, 'the end of the subscription')
  }
})

test('an ambiguous contract lists its candidates', async () => {
  const candidates = [{ con_id: 1, symbol: 'CSH2', sec_type: 'STK', exchange: 'LSE', currency: 'GBP' }]
  bridge.answers['contract.details'] = () => ({ code: 'req.ambiguous', outcome: 'rejected', msg: 'Two match', details: { candidates } })
  await assert.rejects(client.contracts('CSH2'), (/** @type {any} */ error) => {
    assert.ok(error instanceof AmbiguousContract && error instanceof InvalidRequest)
    assert.deepEqual(error.candidates, candidates)
    return error.message.endsWith('\n  conid:1  CSH2 STK LSE GBP')
  })
})

test('questions and groups: contracts as text, documents in pieces, answers without their envelope', async () => {
  bridge.answers['contract.option_chains'] = () => ({ rows: [1] })
  assert.deepEqual(await client.optionChains('AAPL', { exchange: 'SMART' }), [1])
  assert.deepEqual(bridge.asked.at(-1)?.body, { exchange: 'SMART', contract: AAPL })
  bridge.answers['advisor.replace'] = () => ({ text: 'done' })
  await client.replaceAdvisorDocument('groups', `<a>\n  ü${'x'.repeat(300)}</a>`)
  const { xml } = bridge.asked.at(-1)?.body
  assert.deepEqual([xml.length, xml.join('')], [2, `<a> &#252;${'x'.repeat(300)}</a>`])
  bridge.answers['order.place_group'] = () => ({ orders: [{ order_id: 1 }], duplicate: false })
  const member = { client_order_id: 'k.1', contract: 'AAPL', order: ORDER, strategy: 'mean' }
  assert.deepEqual(await client.placeGroup('oca', [/** @type {any} */ (member)], { oca_type: 2 }), [{ order_id: 1 }])
  assert.deepEqual(bridge.asked.at(-1)?.body, { kind: 'oca', oca_type: 2, members: [{ ...member, contract: AAPL }] })
  bridge.answers['order.get'] = () => ({ order: { attempt: 3 } })
  bridge.answers['order.resend'] = () => ({ order: { attempt: 4 } })
  assert.deepEqual(await client.resend('k.1'), { attempt: 4 })
  assert.deepEqual(bridge.asked.at(-1)?.body, { client_order_id: 'k.1', attempt: 3, wait: 'durable' })
})

test('books: each as it changes', async () => {
  const books = client.watchBooks('DU1234567', { owner: 'mean', every_ms: 250 })
  const next = books.next()
  const topic = 'books|DU1234567:mean~250|'
  await until(() => bridge.lines.includes(`+${topic}`), 'the subscription')
  await bridge.ticks(topic, ['state', 1, 5, { state: 'live' }])
  await bridge.ticks(topic, ['image', 2, 5, [['DU1234567', 'mean', '', AAPL, '10', 190, null, {}, 1]]])
  const { value } = await next
  assert.deepEqual([value?.owner, value?.position, value?.executions], ['mean', '10', 1])
  await books.return(undefined)
})

test('to flatten is a halt of an account or of everything, which has time', async () => {
  const told = { halts: [], cancelled: [], left: [], verified: true, closing: [], unclosed: [] }
  bridge.answers.halt = () => told
  assert.deepEqual(await client.flatten('end of it', { account: 'DU1234567' }), told)
  const { header, body } = bridge.asked.at(-1)
  assert.deepEqual(body, { scope: 'account', of: 'DU1234567', reason: 'end of it', flatten: true })
  assert.ok(header.exp / 1000 - Date.now() > 30_000)
  await client.flatten('all of it', { timeout: 5000 })
  assert.deepEqual(bridge.asked.at(-1).body, { reason: 'all of it', flatten: true })
  assert.ok(bridge.asked.at(-1).header.exp / 1000 - Date.now() <= 5000)
})
