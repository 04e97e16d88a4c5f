import process from 'node:process'
import { TTY_ENV } from '../contract/tty.ts'
import { joinHost } from './join.ts'

const { [TTY_ENV.socket]: socket, [TTY_ENV.token]: token, [TTY_ENV.shell]: shell } = process.env
if (socket === undefined || token === undefined || shell === undefined) {
  process.stderr.write('chainwalk: this program is started by the app\n')
  process.exit(2)
}
process.exit(await joinHost(socket, { token, shell }))
