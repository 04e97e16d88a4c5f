import { spawn } from 'node:child_process'
import process from 'node:process'
import { ROOT } from './paths.mjs'

/**
 * Runs a program in the checkout and resolves with its exit code. `quiet` sends its stdout to our stderr; `timeout` ends it and
 * everything it started.
 */
export function run(command, args, options = {}) {
  const { quiet = false, timeout, env, cwd = ROOT, stdin = 'inherit' } = options
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [stdin, quiet ? 2 : 'inherit', 'inherit'],
      detached: timeout !== undefined && process.platform !== 'win32',
    })
    let timer
    if (timeout !== undefined) {
      timer = setTimeout(() => {
        try {
          if (process.platform === 'win32') child.kill('SIGKILL')
          else process.kill(-child.pid, 'SIGKILL')
        } catch {}
      }, timeout)
    }
    // Ctrl-C in a terminal reaches the whole group by itself; a signal sent to the launcher alone is handed on.
    const forward = (signal) => child.kill(signal)
    const onInt = () => {}
    const onTerm = () => forward('SIGTERM')
    const onHup = () => forward('SIGHUP')
    process.on('SIGINT', onInt)
    process.on('SIGTERM', onTerm)
    process.on('SIGHUP', onHup)
    const done = (code) => {
      clearTimeout(timer)
      process.off('SIGINT', onInt)
      process.off('SIGTERM', onTerm)
      process.off('SIGHUP', onHup)
      resolve(code)
    }
    child.on('error', (error) => {
      process.stderr.write(`chainwalk: ${command}: ${error.message}\n`)
      done(127)
    })
    child.on('exit', (code, signal) => done(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGTERM' ? 15 : 9)))
  })
}

/** Runs a program and gives its stdout as text, with its exit code. stderr is passed on unless `silent`. */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', options.silent ? 'ignore' : 'inherit'],
    })
    let stdout = ''
    child.stdout.setEncoding('utf8')
    child.stdout.on('data', (text) => {
      stdout += text
    })
    child.on('error', () => resolve({ code: 127, stdout }))
    child.on('close', (code) => resolve({ code: code ?? 1, stdout }))
  })
}
