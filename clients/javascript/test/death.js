/** Places an order with a dead-man switch, says so, and lives until it is killed: node death.js CONNECTION. */

import { Client } from '../src/index.js'

const AAPL = { symbol: 'AAPL', sec_type: 'STK', exchange: 'SMART', currency: 'USD' }
const tws = await Client.connect({ connection: process.argv[2], onDeath: 'cancel', grace: 1000 })
const FAR = { action: 'BUY', quantity: '1', order_type: 'LMT', limit_price: 1 }
await tws.place(`death-${process.pid}`, AAPL, FAR, { wait: 'acknowledged' })
console.log('placed')
