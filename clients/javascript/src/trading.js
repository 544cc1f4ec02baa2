/** Orders beyond the single one: groups, further attempts, owners, the cost beforehand; and the halt. */

import { Asking, about } from './asking.js'
import { toContract } from './notation.js'

/** @typedef {import('./asking.js').ContractLike} ContractLike */
/** @typedef {import('./asking.js').Commands} Commands */
/** @typedef {import('./asking.js').Wait} Wait */
/** @typedef {import('./protocol.js').OrderSent} Order */
/** @typedef {Omit<import('./protocol.js').GroupMemberSent, 'contract'> & {contract: ContractLike}} Member */

export class Trading extends Asking {
  /**
   * Several orders as one: a bracket (the first is the entry) or orders of which one fill ends the others (oca). After an error
   * with outcome `unknown`, the very same call is safe to repeat. Each member may have a `strategy`.
   * @param {'bracket' | 'oca'} kind
   * @param {Member[]} members
   * @param {Omit<Commands['order.place_group']['body'], 'kind' | 'members'> & Wait} [options]
   */
  async placeGroup(kind, members, { timeout, ...options } = {}) {
    const sent = members.map((member) => ({ ...member, contract: toContract(member.contract) }))
    return (await this.session.request('order.place_group', { kind, members: sent, ...options }, limit(timeout))).orders
  }

  /**
   * Place an order again that is proven NOT_FOUND at TWS, under its own key.
   * @param {string} client_order_id
   * @param {Wait & {wait?: 'durable' | 'acknowledged' | 'filled'}} [options]
   */
  async resend(client_order_id, { wait = 'durable', timeout } = {}) {
    const { attempt } = (await this.session.request('order.get', { client_order_id }, limit(timeout))).order
    return (await this.session.request('order.resend', { client_order_id, attempt, wait }, limit(timeout))).order
  }

  /** What an order would cost; nothing is placed. @param {ContractLike} contract @param {Order} order @param {Wait} [wait] */
  whatIf(contract, order, wait) {
    return this.session.request('order.what_if', about({ contract, order }), wait)
  }

  /** Hand an order over to another client. @param {number} order_id @param {string} to @param {Wait} [wait] */
  async give(order_id, to, wait) {
    return (await this.session.request('order.give', { order_id, to }, wait)).order
  }

  /** Take over an order of another client. @param {number} order_id @param {Wait} [wait] */
  async take(order_id, wait) {
    return (await this.session.request('order.take', { order_id }, wait)).order
  }

  /**
   * Stop, or with `state` REDUCING take only what reduces a position. `left` are the orders that TWS still has.
   * @param {Commands['halt']['body']} [what]
   * @param {Wait} [wait] With `flatten` the answer may take 30 seconds.
   */
  halt(what = {}, wait = what.flatten ? { timeout: 40_000 } : {}) {
    return this.session.request('halt', what, wait)
  }

  /**
   * Stop, cancel everything, and close every position, of `account` or of all accounts; an admin's key alone. `unclosed` are
   * the positions that are still there, each with why; the bridge goes on closing them.
   * @param {string} reason
   * @param {Wait & {account?: string}} [options]
   */
  flatten(reason, { account, timeout } = {}) {
    /** @type {Commands['halt']['body']} */
    const what = { ...(account ? { scope: 'account', of: account } : {}), reason, flatten: true }
    return timeout === undefined ? this.halt(what) : this.halt(what, { timeout })
  }

  /** Let the bridge go down in order; an admin's key alone. @param {Commands['drain']['body']} what @param {Wait} [wait] */
  drain(what, wait) {
    return this.session.request('drain', what, wait)
  }

  /** Lift a halt; an admin's key alone. @param {Commands['resume']['body']} what @param {Wait} [wait] */
  resume(what, wait) {
    return this.session.request('resume', what, wait)
  }
}

/** @param {number} [timeout] */
export function limit(timeout) {
  return timeout === undefined ? {} : { timeout }
}
