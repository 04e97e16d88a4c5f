import process from 'node:process'
import { TTY_ENV } from '../contract/tty.ts'
import { runTerminal } from './run.ts'
import { connectShell } from './socket-port.ts'

/** The program in a terminal tab: the host started it in a pty and told it where to connect. */
async function main(): Promise<number> {
  const { [TTY_ENV.socket]: socket, [TTY_ENV.token]: token, [TTY_ENV.shell]: shell } = process.env
  if (socket === undefined || token === undefined || shell === undefined) {
    process.stderr.write('chainwalk: this program is started by the app\n')
    return 2
  }
  const { columns = 80, rows = 24 } = process.stdout
  const port = await connectShell(socket, { token, shell, columns, rows })
  return await runTerminal(port, process.stdin, process.stdout)
}

main().then(
  (exit) => process.exit(exit),
  (error: Error) => {
    process.stderr.write(`chainwalk: ${error.message}\r\n`)
    process.exit(1)
  },
)
