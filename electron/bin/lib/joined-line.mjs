import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/**
 * `--session -c LINE`, the shortest way: a shell in the running app runs one line, and that is all there is to this process. It builds
 * and loads nothing, so that it starts as fast as Node does. Messages are those of electron/contract/tty.ts, folders those of
 * electron/data-folder.ts.
 */
export function joinedLine(args) {
  const options = optionsOf(args)
  if (options === undefined) return undefined
  const instance = readInstance()
  return instance === undefined ? undefined : runLine(instance, options)
}

/** Undefined for every other use of the shell. */
function optionsOf(args) {
  let session = false
  let line
  let node
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]
    if (argument === '--session') session = true
    else if ((argument === '-c' || argument === '--command') && i + 1 < args.length) line = args[++i]
    else if (argument === '--node' && i + 1 < args.length) node = args[++i]
    else return undefined
  }
  return session && line !== undefined ? { line, node } : undefined
}

function readInstance() {
  const { CHAINWALK_DATA: own, XDG_DATA_HOME: xdg, APPDATA: roaming } = process.env
  const system =
    process.platform === 'win32'
      ? join(roaming ?? join(homedir(), 'AppData', 'Roaming'), 'Chainwalk')
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Application Support', 'Chainwalk')
        : join(xdg?.startsWith('/') ? xdg : join(homedir(), '.local', 'share'), 'chainwalk')
  try {
    return JSON.parse(readFileSync(join(own || system, 'instance.json'), 'utf8'))
  } catch {
    return undefined
  }
}

/** The line's exit code; undefined where nobody answers, so that the long way may say why. */
function runLine({ socket: path, token }, { line, node }) {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.setEncoding('utf8')
    let rest = ''
    let sent = false
    let over = false
    const send = (message) => socket.write(`${JSON.stringify(message)}\n`)
    const finish = (exit, words) => {
      if (over) return
      over = true
      if (words !== undefined) process.stderr.write(`chainwalk: ${words}\n`)
      socket.end()
      resolve(exit)
    }
    const follow = (message) => {
      if (message.output !== undefined)
        (message.stderr ? process.stderr : process.stdout).write(Buffer.from(message.output, 'latin1'))
      else if (message.prompt !== undefined) {
        if (sent) finish(message.prompt.exit ?? 0)
        else send({ line })
        sent = true
      } else if (message.notice !== undefined) process.stderr.write(`${message.notice}\n`)
      else if (message.closed !== undefined) finish(message.closed.exit)
      else if (message.refused !== undefined) finish(1, message.refused)
    }
    socket.on('connect', () => send({ hello: { token, join: node === undefined ? {} : { node }, columns: 0, rows: 0 } }))
    socket.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop()
      for (const each of lines) follow(JSON.parse(each))
    })
    socket.on('error', () => {
      if (!sent) over = true
      resolve(sent ? 1 : undefined)
    })
    socket.on('close', () => finish(1, 'the connection to the app is gone'))
  })
}
