import type { TcpConnection } from '../../net/socket/api.ts'
import { STRERROR } from '../../net/socket/types.ts'
import type { CommandContext } from '../command.ts'
import { servicePort } from '../services.ts'
import { waitFor } from '../waiting.ts'
import type { NcOptions } from './options.ts'

/** `nc -l`: waits for a connection (for ever: -w does not count here), then talks. */
export async function listen(context: CommandContext, options: NcOptions, operands: readonly string[]): Promise<number> {
  const { stderr, stdout } = context
  const { netns } = context.machine
  const [host, portText] = operands.length > 1 ? operands : [undefined, operands[0]]
  const port =
    options.sourcePort ??
    (portText === undefined ? undefined : servicePort(context.machine, portText, options.udp ? 'udp' : 'tcp'))
  if (port === undefined) {
    stderr.write(portText === undefined ? 'nc: missing port number\n' : `nc: port number invalid: ${portText}\n`)
    return 1
  }
  const address = host ?? options.source ?? '0.0.0.0'
  const where = {
    address,
    port,
    uid: context.user.uid,
    owner: { comm: 'nc', pid: 30_000 + context.machine.dice.int(2_000), fd: 3 },
  }
  const opened = options.udp ? netns.ip.listenUdp(where) : netns.ip.listenTcp(where)
  if (typeof opened === 'string') {
    stderr.write(`nc: ${STRERROR[opened]}\n`)
    return 1
  }
  if (options.verbose) stderr.write(`${options.udp ? 'Bound' : 'Listening'} on ${address} ${port}\n`)
  if ('receive' in opened) {
    await waitFor(context, [opened], () => {
      for (let d = opened.receive(); d !== undefined; d = opened.receive()) stdout.write(d.data)
      return false
    })
    opened.close()
    return 0
  }
  let taken: TcpConnection | undefined
  do {
    taken = undefined
    const arrived = await waitFor(context, [opened], () => {
      taken ??= opened.accept()
      return taken !== undefined
    })
    if (!arrived) break
    await serve(context, options, taken as unknown as TcpConnection)
  } while (options.keep)
  opened.close()
  return context.signal.aborted ? 130 : 0
}

async function serve(context: CommandContext, options: NcOptions, connection: TcpConnection): Promise<void> {
  const { remote, rport } = connection.socket
  if (options.verbose) context.stderr.write(`Connection received on ${remote} ${rport}\n`)
  if (!context.stdin.isTty) {
    const text = await context.stdin.text()
    if (text !== '') connection.send(text)
  }
  await waitFor(context, [connection], () => {
    const data = connection.read()
    if (data !== '') context.stdout.write(data)
    return connection.eof || connection.state === 'closed'
  })
  connection.close()
}
