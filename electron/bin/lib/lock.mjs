import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { CACHE } from './paths.mjs'
import { say } from './say.mjs'

const alive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Two launchers must not install or build at once: the second waits, and takes over a lock whose holder is gone. */
export async function withLock(name, work) {
  mkdirSync(CACHE, { recursive: true })
  const folder = join(CACHE, `${name}.lock`)
  const holder = join(folder, 'pid')
  let told = false
  for (;;) {
    try {
      mkdirSync(folder)
      writeFileSync(holder, String(process.pid))
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      let pid = 0
      try {
        pid = Number(readFileSync(holder, 'utf8'))
      } catch {
        await wait(200)
        try {
          pid = Number(readFileSync(holder, 'utf8'))
        } catch {}
      }
      if (!alive(pid)) {
        rmSync(folder, { recursive: true, force: true })
        continue
      }
      if (!told) say(`waiting for another ${name} (process ${pid})`)
      told = true
      await wait(200)
    }
  }
  try {
    return await work()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
