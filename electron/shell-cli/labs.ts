import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LabFolder } from '../../engine/index.ts'

/** The labs folder: beside the nearest package.json above this file, whether it runs from source or built. */
function labsFolder(): string | undefined {
  let here = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    if (existsSync(join(here, 'labs')) && existsSync(join(here, 'package.json'))) return join(here, 'labs')
    const up = dirname(here)
    if (up === here) return undefined
    here = up
  }
}

function filesUnder(folder: string): Record<string, string> {
  const files: Record<string, string> = {}
  const walk = (path: string) => {
    for (const name of readdirSync(path).sort()) {
      const at = join(path, name)
      if (statSync(at).isDirectory()) walk(at)
      else files[relative(folder, at)] = readFileSync(at, 'utf8')
    }
  }
  if (existsSync(folder)) walk(folder)
  return files
}

/** A lab and its scenario as data, or undefined where there is no such lab. */
export function findLab(id: string): LabFolder | undefined {
  const labs = labsFolder()
  if (labs === undefined || !/^[a-z0-9][a-z0-9-]*$/.test(id) || !existsSync(join(labs, id, 'lab.yaml'))) return undefined
  const files = filesUnder(join(labs, id))
  const scenario = /^scenario:\s*["']?([a-z0-9-]+)/m.exec(files['lab.yaml'] ?? '')?.[1]
  return { id, files, scenario: scenario === undefined ? {} : filesUnder(join(labs, 'scenarios', scenario)) }
}

/** The lab that a shell opens when none is named. */
export function firstLab(): string {
  const labs = labsFolder()
  const ids = labs === undefined ? [] : readdirSync(labs).sort()
  const id = ids.find((each) => findLab(each) !== undefined)
  if (id === undefined) throw new Error('there is no lab')
  return id
}
