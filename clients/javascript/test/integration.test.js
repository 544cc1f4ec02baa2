/** Against a real bridge: the one that TWSBRIDGE_CONNECTION names. It places orders: use one with the simulator. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { Client, InvalidRequest, OrderError } from '../src/index.js'

const skip = !process.env.TWSBRIDGE_CONNECTION && 'TWSBRIDGE_CONNECTION names no connection file'
const AAPL = { symbol: 'AAPL', sec_type: 'STK', exchange: 'SMART', currency: 'USD' }
const MARKET = { action: 'BUY', quantity: 2, order_type: 'MKT' }
const FAR = { action: 'BUY', quantity: '1', order_type: 'LMT', limit_price: 1 }

/** @type {Client} */
let client
const run = `js-${Date.now().toString(36)}`

before(async () => {
  if (skip) return
  client = await Client.connect({ timeout: 20_000 })
  for await (const { type, body } of client.events({ topics: ['sys|'] })) if (type === 'session' && body.state === 'READY') break
})
after(() => client?.close())

test('status, account, positions', { skip }, async () => {
  const status = await client.status()
  assert.equal(status.state, 'READY')
  assert.equal(status.tws.mode, 'paper')
  const values = await client.account({ tags: ['NetLiquidation', 'BuyingPower'] })
  assert.deepEqual(new Set(values.map(({ tag }) => tag)), new Set(['NetLiquidation', 'BuyingPower']))
  assert.ok(Array.isArray(await client.positions()))
})

test('contracts and history', { skip }, async () => {
  const [details] = await client.contracts(AAPL)
  assert.equal(details?.contract.symbol, 'AAPL')
  const daily = await client.history({ contract: AAPL, duration: '5 D', bar_size: '1 day' })
  assert.ok(daily.length >= 3)
  for (const bar of daily) assert.ok(/^\d{4}-\d\d-\d\d$/.test(bar.date ?? '') && bar.low <= bar.high)
  const intraday = await client.history({ contract: AAPL, duration: '3600 S', bar_size: '5 mins' })
  assert.ok(intraday.every((bar) => bar.time instanceof Date && !Number.isNaN(bar.time.getTime())))
})

test('history of a range: its bars and no others, also when it takes several requests', { skip }, async () => {
  const day = 86_400e6
  const end_us = Math.floor((Date.now() * 1000) / day) * day - day
  const start_us = end_us - 40 * day
  /** @type {import('../src/client.js').BarsAsked} */
  const asked = { contract: AAPL, start_us, end_us, bar_size: '1 hour' }
  const hours = await client.history(asked)
  const times = hours.map(({ time }) => Number(time))
  assert.ok(times.length > 100 && times.every((time, at) => time > (times[at - 1] ?? 0)))
  assert.ok(Math.min(...times) >= start_us / 1000 && Math.max(...times) < end_us / 1000)
  assert.deepEqual(await client.history(asked), hours)
  assert.deepEqual(await client.history({ ...asked, start_us: end_us - day }), hours.filter(({ time }) => Number(time) >= (end_us - day) / 1000))
  await assert.rejects(client.history({ ...asked, start_us: end_us }), { code: 'req.invalid' })
})

test('a market order: its fill arrives as an event, live, and again from a cursor', { skip }, async () => {
  const key = `${run}-market`
  const { order, duplicate } = await client.place(key, AAPL, MARKET, { wait: 'filled', timeout: 20_000 })
  assert.deepEqual([order.status, order.filled, duplicate], ['Filled', '2', false])
  let shares = 0
  let last
  for await (const event of client.events({ live: false })) {
    const fill = /** @type {any} */ (event.body)
    if (event.type === 'execution' && fill.client_order_id === key) shares += Number(fill.shares)
    last = event
  }
  assert.equal(shares, 2)
  assert.ok(last)
  const again = await client.place(key, AAPL, MARKET)
  assert.deepEqual([again.duplicate, again.order.order_id], [true, order.order_id])
})

test('place, modify, cancel', { skip }, async () => {
  const key = `${run}-limit`
  const { order } = await client.place(key, AAPL, FAR, { wait: 'acknowledged' })
  const order_id = Number(order.order_id)
  const changed = await client.modify(order_id, { ...FAR, limit_price: 1.5 })
  assert.equal(changed.order.limit_price, 1.5)
  assert.ok((await client.orders()).some((row) => row.client_order_id === key))
  assert.equal((await client.cancel({ client_order_id: key })).status, 'Cancelled')
  await assert.rejects(client.cancel({ order_id }), (error) => error instanceof OrderError && error.code === 'order.done')
})

test('events arrive while they happen', { skip }, async () => {
  const key = `${run}-live`
  const statuses = []
  for await (const { type, body } of client.events({ onState: (text) => text === 'caught up' && client.place(key, AAPL, MARKET) })) {
    const state = /** @type {any} */ (body)
    if (type === 'order' && state.client_order_id === key) statuses.push(state.status)
    if (statuses.at(-1) === 'Filled') break
  }
  assert.equal(statuses.at(-1), 'Filled')
})

test('a quote', { skip }, async () => {
  for await (const quote of client.quotes(AAPL))
    if (typeof quote.get('bid') === 'number' && typeof quote.get('ask') === 'number') {
      assert.ok(Number(quote.get('bid')) <= Number(quote.get('ask')))
      break
    }
})

test('what cannot be is refused by name', { skip }, async () => {
  const { limit_price, ...without } = FAR
  await assert.rejects(client.place(`${run}-x`, AAPL, without), (error) => {
    return error instanceof InvalidRequest && error.field === 'order.limit_price'
  })
  const float = client.place(`${run}-y`, AAPL, { ...FAR, quantity: /** @type {any} */ (1.5) })
  await assert.rejects(float, (error) => error instanceof InvalidRequest && error.field === 'order.quantity')
})
