/** Questions to TWS: contracts, options, the past, news, documents. Each rejects with the bridge's error. */

import { toContract } from './notation.js'

/** @typedef {import('./notation.js').ContractLike} ContractLike */
/** @typedef {import('./protocol.js').Commands} Commands */
/** @typedef {{timeout?: number}} Wait Milliseconds after which the answer is no longer wanted. */

/**
 * The fields of a command besides its contract.
 * @template {keyof Commands} Name
 * @typedef {Omit<Commands[Name]['body'], 'contract'>} More
 */

/**
 * The fields of a command, its contract in any notation.
 * @template {keyof Commands} Name
 * @typedef {More<Name> & {contract: ContractLike}} About
 */

const PIECE = 256

export class Asking {
  /** @param {import('./session.js').Session} session */
  constructor(session) {
    this.session = session
  }

  /** Stocks by the beginning of their symbol or name. @param {string} pattern @param {Wait} [wait] */
  async search(pattern, wait) {
    return (await this.session.request('contract.search', { pattern }, wait)).rows
  }

  /** Which options there are, exchange by exchange. @param {ContractLike} contract @param {More<'contract.option_chains'>} [more] @param {Wait} [wait] */
  async optionChains(contract, more = {}, wait) {
    return (await this.session.request('contract.option_chains', about({ contract, ...more }), wait)).rows
  }

  /** Price steps of a rule that contract details name. @param {number} market_rule_id @param {Wait} [wait] */
  async marketRule(market_rule_id, wait) {
    return (await this.session.request('contract.market_rule', { market_rule_id }, wait)).increments
  }

  /** The exchanges behind SMART; `quote.parameters` names the bbo_exchange. @param {string} bbo_exchange @param {Wait} [wait] */
  async smartComponents(bbo_exchange, wait) {
    return (await this.session.request('market.smart_components', { bbo_exchange }, wait)).rows
  }

  /** Exchanges that offer order books. @param {Wait} [wait] */
  async depthExchanges(wait) {
    return (await this.session.request('market.depth_exchanges', {}, wait)).rows
  }

  /** Microseconds UTC since when there are bars. @param {About<'history.head'>} asked @param {Wait} [wait] */
  async headTimestamp(asked, wait) {
    return (await this.session.request('history.head', about(asked), wait)).time_us
  }

  /** How much was traded at which price. @param {About<'history.histogram'>} asked @param {Wait} [wait] */
  async histogram(asked, wait) {
    return (await this.session.request('history.histogram', about(asked), wait)).rows
  }

  /** Ticks of the past as columns, see `ints` and `floats`. @param {About<'history.ticks'>} asked @param {Wait} [wait] */
  historicalTicks(asked, wait) {
    return this.session.request('history.ticks', about(asked), wait)
  }

  /** Trading sessions of the past. @param {About<'history.schedule'>} asked @param {Wait} [wait] */
  schedule(asked, wait) {
    return this.session.request('history.schedule', about(asked), wait)
  }

  /** Volatility and greeks at a price of an option. @param {About<'option.implied_volatility'>} asked @param {Wait} [wait] */
  impliedVolatility(asked, wait) {
    return this.session.request('option.implied_volatility', about(asked), wait)
  }

  /** Price and greeks at a volatility. @param {About<'option.price'>} asked @param {Wait} [wait] */
  optionPrice(asked, wait) {
    return this.session.request('option.price', about(asked), wait)
  }

  /** TWS's XML on scanners. @param {Wait} [wait] */
  async scannerParameters(wait) {
    return (await this.session.request('scanner.parameters', {}, wait)).xml
  }

  /** Who gives news to this login. @param {Wait} [wait] */
  async newsProviders(wait) {
    return (await this.session.request('news.providers', {}, wait)).rows
  }

  /** Headlines about a contract, the newest first. @param {About<'news.headlines'>} asked @param {Wait} [wait] */
  async headlines(asked, wait) {
    return (await this.session.request('news.headlines', about(asked), wait)).rows
  }

  /** The article behind a headline. @param {Commands['news.article']['body']} headline @param {Wait} [wait] */
  article({ provider_code, article_id }, wait) {
    return this.session.request('news.article', { provider_code, article_id }, wait)
  }

  /** A report on a company, TWS's XML. @param {About<'fundamentals.report'>} asked @param {Wait} [wait] */
  async fundamentals(asked, wait) {
    return (await this.session.request('fundamentals.report', about(asked), wait)).xml
  }

  /** Wall Street Horizon's JSON on its events and filters. @param {Wait} [wait] */
  async wshMetadata(wait) {
    return (await this.session.request('wsh.metadata', {}, wait)).json_text
  }

  /** Wall Street Horizon's events, as its JSON. @param {Commands['wsh.events']['body']} query @param {Wait} [wait] */
  async wshEvents(query, wait) {
    return (await this.session.request('wsh.events', query, wait)).json_text
  }

  /** TWS's clock, in microseconds UTC. @param {Wait} [wait] */
  async twsTime(wait) {
    return (await this.session.request('tws.time', {}, wait)).time_us
  }

  /** Under which brand the login is. @param {Wait} [wait] */
  async whiteBranding(wait) {
    return (await this.session.request('tws.user', {}, wait)).white_branding_id
  }

  /** Which accounts belong to one family. @param {Wait} [wait] */
  async familyCodes(wait) {
    return (await this.session.request('account.family_codes', {}, wait)).rows
  }

  /** @param {Wait} [wait] */
  async softDollarTiers(wait) {
    return (await this.session.request('account.soft_dollar_tiers', {}, wait)).rows
  }

  /** The numbers of TWS's display groups. @param {Wait} [wait] */
  async displayGroups(wait) {
    return (await this.session.request('display_group.list', {}, wait)).groups
  }

  /** An advisor's document; an admin's key alone. @param {'groups' | 'aliases'} document @param {Wait} [wait] */
  async advisorDocument(document, wait) {
    return (await this.session.request('advisor.get', { document }, wait)).xml
  }

  /** Put a document in the place of the one that is there. @param {'groups' | 'aliases'} document @param {string} xml @param {Wait} [wait] */
  async replaceAdvisorDocument(document, xml, wait) {
    return (await this.session.request('advisor.replace', { document, xml: pieces(xml) }, wait)).text
  }
}

/**
 * The same fields, the contract as the protocol has it.
 * @template {{contract: ContractLike}} Asked
 * @param {Asked} asked
 * @returns {Omit<Asked, 'contract'> & {contract: import('./protocol.js').ContractSent}}
 */
export function about(asked) {
  return { ...asked, contract: toContract(asked.contract) }
}

/**
 * A document as the protocol has it: pieces of ASCII.
 * @param {string} xml
 */
function pieces(xml) {
  const written = [...xml].map((letter) => (letter < '\x80' ? letter : `&#${letter.codePointAt(0)};`)).join('')
  const line = written.trim().split(/\s+/).join(' ')
  return Array.from({ length: Math.ceil(line.length / PIECE) }, (_, n) => line.slice(n * PIECE, (n + 1) * PIECE))
}
