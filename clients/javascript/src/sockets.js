/** Sockets with the keys, limits and intervals of clients/README.md, and what goes wrong with their handshake. */

import { Dealer, Subscriber } from 'zeromq'

/** @typedef {import('./connection.js').Connection} Connection */

/**
 * The kernel asks whether the bridge is alive: heartbeats of ZMTP may abort the process (see clients/README.md).
 * @param {Connection} connection
 */
function options(connection) {
  return {
    linger: 0,
    handshakeInterval: 2000,
    tcpKeepalive: 1,
    tcpKeepaliveIdle: 2,
    tcpKeepaliveInterval: 2,
    tcpKeepaliveCount: 3,
    reconnectInterval: 100,
    reconnectMaxInterval: 1000,
    maxMessageSize: 64 * 1024 * 1024,
    curveServerKey: connection.server_key,
    curvePublicKey: connection.public_key,
    curveSecretKey: connection.secret_key,
  }
}

/** @param {Connection} connection */
export function commandSocket(connection) {
  const socket = new Dealer(options(connection))
  socket.connect(connection.cmd)
  return socket
}

/**
 * @param {Connection} connection
 * @param {'evt' | 'md'} which
 */
export function subscriber(connection, which) {
  const socket = new Subscriber({ ...options(connection), receiveHighWaterMark: 200_000 })
  socket.connect(connection[which])
  return socket
}

/**
 * Call back with what happens to a connection: up, refused (the key), strange (not this bridge), nobody, down.
 * @param {Dealer | Subscriber} socket
 * @param {(happened: 'up' | 'refused' | 'strange' | 'nobody' | 'down') => void} tell
 */
export function watch(socket, tell) {
  socket.events.on('handshake', () => tell('up'))
  socket.events.on('handshake:error:auth', () => tell('refused'))
  socket.events.on('handshake:error:protocol', () => tell('strange'))
  socket.events.on('handshake:error:other', () => tell('strange'))
  socket.events.on('connect:retry', () => tell('nobody'))
  socket.events.on('disconnect', () => tell('down'))
}
