/** Events for tests. */

const CONTRACT = { con_id: 265598, symbol: 'AAPL', sec_type: 'STK' }

/**
 * A fill as the bridge publishes it.
 * @param {number} seq
 * @param {string} [topic]
 * @param {object} [changes]
 */
export function fill(seq, topic = 'ord|DU1234567|', changes = {}) {
  const body = {
    exec_id: `0000e0d5.${seq}.01.01`, replaces: null, order_id: 17, client_order_id: 'mean-1', owner: 'default',
    account: 'DU1234567', contract: CONTRACT, side: 'BOT', shares: '10', price: 190.05, time_us: 1795600000123456 + seq,
    exchange: 'IEX', ...changes,
  }
  return { topic, epoch: 'e1', seq, type: 'execution', ts_us: 1795600000123456 + seq, flags: 0, body }
}
