import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parseDocument } from 'yaml'
import type { LabFolder } from '../../engine/index.ts'

/** A lab's text in total; a folder above it is no lab. */
const MAX_LAB_BYTES = 8 * 1024 * 1024
const MAX_FILES = 2000
const SCENARIOS = 'scenarios'
/** What a lab may be made of: text. */
const TEXT = /\.(ya?ml|md|sh|json|txt|conf)$/

export interface LabOnDisk {
  readonly folder: LabFolder
  readonly hash: string
  /** Set when the folder cannot even be read as text, or its scenario is not there. */
  readonly problem?: { readonly file: string; readonly line?: number; readonly message: string }
}

/** Every lab under `root` (labs/), with the scenario it names (labs/scenarios/NAME). */
export function readLabs(root: string): LabOnDisk[] {
  const labs: LabOnDisk[] = []
  for (const entry of readdirSync(root, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory() || entry.name === SCENARIOS || entry.name.startsWith('.')) continue
    labs.push(readLab(root, entry.name))
  }
  return labs
}

function readLab(root: string, id: string): LabOnDisk {
  try {
    const files = readTexts(join(root, id))
    const name = scenarioName(files['lab.yaml'])
    const known = name !== undefined && existsSync(join(root, SCENARIOS, name))
    const folder: LabFolder = { id, files, scenario: known ? readTexts(join(root, SCENARIOS, name)) : {} }
    const lab = { folder, hash: hashLab(folder) }
    if (known || name === undefined) return lab
    const line = (files['lab.yaml'] ?? '').split('\n').findIndex((text) => text.startsWith('scenario:')) + 1
    return { ...lab, problem: { file: 'lab.yaml', line, message: `no scenario "${name}" in labs/${SCENARIOS}` } }
  } catch (error) {
    const folder: LabFolder = { id, files: {}, scenario: {} }
    return { folder, hash: hashLab(folder), problem: { file: id, message: (error as Error).message } }
  }
}

/** The scenario's name in lab.yaml, if it is a plain name: never a path out of labs/scenarios. */
function scenarioName(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const name: unknown = parseDocument(text).get('scenario')
  return typeof name === 'string' && /^[a-z0-9][a-z0-9-]*$/.test(name) ? name : undefined
}

function readTexts(folder: string): Record<string, string> {
  const files: Record<string, string> = {}
  let bytes = 0
  let count = 0
  const walk = (path: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const full = join(path, entry.name)
      if (entry.isDirectory()) walk(full)
      else if (entry.isFile() && TEXT.test(entry.name)) {
        bytes += statSync(full).size
        if (++count > MAX_FILES || bytes > MAX_LAB_BYTES)
          throw new Error(`more than ${MAX_FILES} files or ${MAX_LAB_BYTES} bytes`)
        files[relative(folder, full).split(sep).join('/')] = readFileSync(full, 'utf8')
      }
    }
  }
  walk(folder)
  return files
}

/** Of every name and text, in order: the same content is the same lab wherever it lies. */
export function hashLab(folder: LabFolder): string {
  const hash = createHash('sha256').update(folder.id)
  for (const [kind, files] of [
    ['lab', folder.files],
    ['scenario', folder.scenario],
  ] as const) {
    for (const path of Object.keys(files).sort())
      hash.update(`\0${kind}\0${path}\0${(files[path] as string).length}\0${files[path]}`)
  }
  return hash.digest('hex')
}
