import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { type FromHost, type ToHost, TTY_ENV } from '../../../electron/contract/tty.ts'

/** The tty client of host tests: the terminal's own line discipline edits, this relays. */
const { env } = process
const socket = connect(env[TTY_ENV.socket] as string)
const send = (message: ToHost) => socket.write(`${JSON.stringify(message)}\n`)
send({
  hello: {
    token: env[TTY_ENV.token] as string,
    shell: env[TTY_ENV.shell] as string,
    columns: process.stdout.columns,
    rows: process.stdout.rows,
  },
})
createInterface({ input: process.stdin }).on('line', (line) => send({ line }))
process.on('SIGINT', () => send({ signal: 'INT' }))
process.stdout.on('resize', () => send({ resize: { columns: process.stdout.columns, rows: process.stdout.rows } }))
createInterface({ input: socket }).on('line', (line) => {
  const message = JSON.parse(line) as FromHost
  if ('output' in message) process.stdout.write(message.output)
  else if ('prompt' in message) process.stdout.write(message.prompt.prompt)
  else if ('notice' in message) process.stdout.write(`\n[${message.notice}]\n`)
  else if ('refused' in message) process.stdout.write(`refused: ${message.refused}\n`)
  else if ('closed' in message) process.exit(0)
})
socket.on('close', () => process.exit(0))
