/** Contracts as compact text: one parser and its inverse. clients/README.md has the grammar, Python the same code. */

import { InvalidRequest } from './errors.js'

/** @typedef {import('./protocol.js').ContractSent} Contract */
/** @typedef {Contract | string} ContractLike A contract, or its compact text. */

/** An example of each form. */
export const FORMS = [
  'AAPL', 'AAPL@SMART:NASDAQ/USD', 'EUR.USD', 'ES 202612@CME', 'ES CONT@CME', '/ESZ6@CME', 'ES 20261218 C6000@CME',
  'AAPL  261218C00200000', 'ind:SPX@CBOE', 'crypto:BTC@PAXOS/USD', 'conid:265598',
]

/** Exchange and currency where the text names none, for each security type that has a text. @type {Record<string, string[]>} */
const DEFAULT_PLACES = {
  CASH: ['IDEALPRO', ''],
  ...Object.fromEntries(['STK', 'OPT', 'BOND', 'CFD', 'FUND', 'WAR'].map((kind) => [kind, ['SMART', 'USD']])),
  ...Object.fromEntries(['FUT', 'CONTFUT', 'FOP', 'IND', 'CMDTY', 'CRYPTO', 'IOPT'].map((kind) => [kind, ['', '']])),
}

const WORD = '[!-)+-.0-9;<>?A-~]+'
const NUMBER = '[0-9]{1,9}(?:\\.[0-9]{1,6})?'
const TERMS_AFTER = `(?:\\*(?<multiplier>${NUMBER}))?(?:=(?<trading_class>${WORD}))?`
const PLACE =
  '(?:@(?<exchange>[A-Za-z0-9._-]+)(?::(?<primary_exchange>[A-Za-z0-9._-]+))?)?(?:/(?<currency>[A-Za-z]{3}))?'
const CON_ID = /^conid:(?<con_id>[1-9][0-9]{0,14})(?:@(?<exchange>[A-Za-z0-9._-]+))?$/i
const PAIR = new RegExp(`^(?<symbol>[A-Za-z]{3})\\.(?<quote>[A-Za-z]{3})${PLACE}$`)
const OCC = new RegExp(
  `^(?<symbol>[!-)+-.0-9;<>?A-~]{1,6}?) *(?<date>[0-9]{6})(?<right>[CP])(?<strike>[0-9]{8})${TERMS_AFTER}${PLACE}$`,
)
const LOCAL = new RegExp(`^/(?<local_symbol>${WORD}(?<option> [CP]${NUMBER})?)${PLACE}$`)
const TERMS = new RegExp(
  `^(?:(?<sec_type>[A-Za-z]+):)?(?<symbol>${WORD}(?: ${WORD})??)` +
    `(?: (?<date>[0-9]{6}|[0-9]{8}|CONT)(?: (?<right>[CP])(?<strike>${NUMBER}))?)?${TERMS_AFTER}${PLACE}$`,
)
const GIVEN = ['symbol', 'right', 'multiplier', 'trading_class', 'local_symbol']
const PLACES = ['exchange', 'primary_exchange', 'currency']

/**
 * The contract that a text means; throws InvalidRequest, which names the forms, for any other text.
 * @param {string} text
 * @returns {Contract}
 */
export function parseContract(text) {
  const words = text.trim()
  let said = CON_ID.exec(words)?.groups
  if (said) return known({ con_id: Number(said.con_id), exchange: said.exchange?.toUpperCase() })
  said = PAIR.exec(words)?.groups
  if (said && !said.currency)
    return contract(said, 'CASH', { symbol: said.symbol?.toUpperCase(), currency: said.quote?.toUpperCase() })
  said = OCC.exec(words)?.groups
  if (said) return contract(said, 'OPT', { last_trade_date: `20${said.date}`, strike: Number(said.strike) / 1000 })
  said = LOCAL.exec(words)?.groups
  if (said) return contract(said, said.option ? 'FOP' : 'FUT', {})
  said = TERMS.exec(words)?.groups
  const kind = said && (said.sec_type ?? kindOf(said)).toUpperCase()
  if (!said || !kind || !DEFAULT_PLACES[kind] || kind === 'CASH') throw notUnderstood(`'${text}' is not a contract`)
  const date = said.date === 'CONT' ? undefined : said.date
  return contract(said, kind, { last_trade_date: date, strike: Number(said.strike ?? 0) })
}

/**
 * The text that `parseContract` reads back as an equal contract; throws InvalidRequest when there is none.
 * @param {Contract} contract
 */
export function formatContract(contract) {
  const text = texts(contract).find((each) => isSame(each, contract))
  if (text === undefined) throw notUnderstood(`No text says ${JSON.stringify(contract)}`)
  return text
}

/**
 * The contract itself, or what its text means.
 * @param {ContractLike} contract
 * @returns {Contract}
 */
export function toContract(contract) {
  return typeof contract === 'string' ? parseContract(contract) : contract
}

/** @param {Record<string, string | undefined>} said */
function kindOf(said) {
  if (said.date === 'CONT') return 'CONTFUT'
  if (!said.date) return 'STK'
  return said.right ? 'FOP' : 'FUT'
}

/**
 * @param {Record<string, string | undefined>} said
 * @param {string} kind
 * @param {Contract} more
 */
function contract(said, kind, more) {
  const [exchange, currency] = DEFAULT_PLACES[kind] ?? []
  const given = Object.fromEntries(GIVEN.map((name) => [name, said[name]]))
  const places = Object.fromEntries(PLACES.filter((name) => said[name]).map((name) => [name, said[name]?.toUpperCase()]))
  return known({ exchange, currency, ...given, ...places, sec_type: kind, ...more })
}

/**
 * Without what has its default.
 * @param {Contract} contract
 * @returns {Contract}
 */
function known(contract) {
  const isSaid = (/** @type {unknown} */ value) => value || (Array.isArray(value) && value.length > 0)
  return Object.fromEntries(Object.entries(contract).filter(([, value]) => isSaid(value)))
}

/**
 * Texts that may say it, the shortest first; which of them does, only the parser knows.
 * @param {Contract} said
 */
function texts(said) {
  if (said.con_id) return [`conid:${said.con_id}${said.exchange ? `@${said.exchange}` : ''}`]
  const place = placeOf(said)
  if (said.sec_type === 'CASH') return [`${said.symbol}.${said.currency}${place}`]
  if (said.local_symbol) return [`/${said.local_symbol}${place}`]
  const terms = (said.multiplier ? `*${said.multiplier}` : '') + (said.trading_class ? `=${said.trading_class}` : '')
  const date = said.sec_type === 'CONTFUT' ? 'CONT' : said.last_trade_date
  const strike = said.right ? `${said.right}${said.strike ?? 0}` : ''
  const long = [said.symbol, date, strike].filter(Boolean).join(' ') + terms + place
  const occ = said.sec_type === 'OPT' ? [occOf(said) + terms + place] : []
  return [...occ, long, `${(said.sec_type ?? '').toLowerCase()}:${long}`]
}

/** @param {Contract} said */
function placeOf({ sec_type = '', exchange = '', primary_exchange, currency = '' }) {
  const [usual, money] = DEFAULT_PLACES[sec_type] ?? ['', '']
  const primary = primary_exchange ? `:${primary_exchange}` : ''
  const where = exchange !== usual || primary ? `@${exchange}${primary}` : ''
  return where + (currency !== money && sec_type !== 'CASH' ? `/${currency}` : '')
}

/** @param {Contract} said */
function occOf({ symbol = '', last_trade_date = '', right = '', strike }) {
  return symbol.padEnd(6) + last_trade_date.slice(2) + right + String(Math.round(Number(strike) * 1000)).padStart(8, '0')
}

/**
 * @param {string} text
 * @param {Contract} contract
 */
function isSame(text, contract) {
  try {
    return asText(parseContract(text)) === asText(contract)
  } catch (error) {
    if (error instanceof InvalidRequest) return false
    throw error
  }
}

/** @param {Contract} contract */
function asText(contract) {
  return JSON.stringify(Object.entries(known(contract)).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** @param {string} what */
function notUnderstood(what) {
  return new InvalidRequest({
    code: 'req.invalid',
    outcome: 'rejected',
    retry: 'no',
    msg: what,
    now: 'Nothing was done.',
    do: `Write ${FORMS.map((form) => `'${form}'`).join(', ')}`,
    field: 'contract',
    details: { forms: FORMS },
  })
}
