import process from 'node:process'
import type { ApiView } from '../contract/index.ts'
import { type ApiOptions, readOptions, USAGE, UsageError } from './options.ts'

const say = (line: string) => process.stderr.write(`chainwalk: ${line}\n`)

/** The program behind `npm run api`. */
async function main(): Promise<number> {
  let options: ApiOptions | undefined
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n${USAGE}`)
    return 2
  }
  if (options === undefined) {
    process.stdout.write(USAGE)
    return 0
  }
  const asked = new Promise<undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(undefined))
  })
  try {
    const served = await serve(options)
    tell(served.view)
    const why = await Promise.race([asked, served.ended])
    await served.close()
    if (why === undefined) return 0
    say(why)
    return 1
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    say(code === 'no-such-lab' ? `no such lab: ${message}` : message)
    return 1
  }
}

async function serve(options: ApiOptions): Promise<{ view: ApiView; ended: Promise<string>; close(): Promise<void> }> {
  const { lab, objects } = options
  if (lab !== undefined) {
    const { serveLab } = await import('./lab.ts')
    return await serveLab({ ...options, lab })
  }
  const { serveObjects } = await import('./objects.ts')
  const { open, close } = await serveObjects({ ...options, objects: objects as string })
  return { view: open.view, ended: new Promise(() => {}), close }
}

function tell({ url, kubeconfig, context, command }: ApiView): void {
  process.stdout.write(
    [
      `The cluster's API is at ${url}`,
      `kubeconfig: ${kubeconfig} (context ${context})`,
      '',
      'In another terminal:',
      `  ${command}`,
      '  kubectl get nodes',
      '',
      'Ctrl-C ends it.',
      '',
    ].join('\n'),
  )
}

const exit = await main()
process.stdout.write('', () => process.exit(exit))
