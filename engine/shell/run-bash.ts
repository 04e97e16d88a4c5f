import { BashShell } from './bash.ts'
import { type Call, childOf, type Launcher } from './launch.ts'
import { quoted } from './quoted.ts'
import type { SyntaxSource } from './syntax.ts'
import { TEXT_TOOLS } from './text-tools.ts'

/** A program that is none of ours: bash itself, one of just-bash's text tools, or nothing at all. */
export async function runForeign(launcher: Launcher, call: Call): Promise<number> {
  const name = (call.argv[0] ?? '').replace(/^\/(usr\/)?bin\//, '')
  if (name === 'bash' || name === 'sh' || name === '-bash') return runBash(launcher, call)
  if ((name === 'env' && call.argv.length === 1) || name === 'printenv') return printEnvironment(call)
  if (!(TEXT_TOOLS as readonly string[]).includes(name)) {
    call.stderr.write(`bash: line 1: ${call.argv[0]}: command not found\n`)
    return 127
  }
  const ran = await shellFor(launcher, call, '-c').run(name, launcher, childOf(call.signal), call.argv.slice(1))
  return ran.exit
}

/** env and printenv started without a shell: exactly what they were given, in its order. */
function printEnvironment({ argv, env, stdout }: Call): number {
  const names = argv.slice(1)
  if (names.length === 0) for (const [name, value] of Object.entries(env)) stdout.write(`${name}=${value}\n`)
  let missing = false
  for (const name of names) {
    const value = env[name]
    if (value === undefined) missing = true
    else stdout.write(`${value}\n`)
  }
  return missing ? 1 : 0
}

/** `bash -c TEXT [NAME ARG…]`, `bash FILE [ARG…]`, or commands from standard input. */
async function runBash(launcher: Launcher, call: Call): Promise<number> {
  const args = [...call.argv.slice(1)]
  const set: string[] = []
  let fromText = false
  while (args[0]?.startsWith('-') && args[0] !== '-') {
    const option = args.shift() as string
    if (option === '--') break
    if (option.startsWith('--')) {
      if (['--login', '--norc', '--noprofile', '--posix'].includes(option)) continue
      call.stderr.write(`bash: ${option}: invalid option\n`)
      return 2
    }
    for (const letter of option.slice(1)) {
      if (letter === 'c') fromText = true
      else if ('exuv'.includes(letter)) set.push(letter)
      else if (letter !== 'l' && letter !== 'i') {
        call.stderr.write(`bash: -${letter}: invalid option\n`)
        return 2
      }
    }
  }
  let text: string
  let source: SyntaxSource = '-c'
  const name = args.shift()
  if (fromText) {
    if (name === undefined) {
      call.stderr.write('bash: -c: option requires an argument\n')
      return 2
    }
    text = name
    args.shift()
  } else if ((name === undefined || name === '-') && call.stdin.isTty && launcher.enterShell !== undefined) {
    const program = call.argv[0]?.endsWith('bash') ? 'bash' : 'sh'
    launcher.enterShell({ machine: call.machine, host: '', kind: 'child', program, cwd: call.cwd })
    return 0
  } else if (name === undefined || name === '-') {
    text = await call.stdin.text()
    source = { script: 'bash' }
  } else {
    const path = name.startsWith('/') ? name : `${call.cwd}/${name}`
    if (!call.machine.fs.exists(path)) {
      call.stderr.write(`bash: ${name}: No such file or directory\n`)
      return 127
    }
    text = call.machine.fs.read(path)
    source = { script: name }
  }
  const head = [...set.map((letter) => `set -${letter}; `), args.length > 0 ? `set -- ${args.map(quoted).join(' ')}; ` : '']
  const shell = shellFor(launcher, call, source)
  return (await shell.run(head.join('') + text, launcher, childOf(call.signal))).exit
}

function shellFor(launcher: Launcher, call: Call, source: SyntaxSource): BashShell {
  const { stdin, stdout, stderr, machine, user, tty, env, cwd } = call
  return new BashShell({ turns: launcher.turns, machine, user, terminal: { stdin, stdout, stderr }, tty, env, cwd, source })
}
