import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const ROOT = path.resolve(import.meta.dirname, '../..')

export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  /** Path from the root, for a relative import. */
  readonly target?: string
}

export interface SourceFile {
  readonly path: string
  readonly lines: number
  readonly imports: readonly Import[]
}

const IMPORT =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:([^'";]*?)\s+from\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

/** Every TypeScript, Svelte and launcher file under the top-level folders, with what it imports. */
export function sourceFiles(folders: readonly string[] = ['engine', 'electron', 'renderer']): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|svelte|mjs)$/.test(entry.name))
      .map((entry) => read(path.relative(ROOT, path.join(entry.parentPath, entry.name)))),
  )
}

function read(file: string): SourceFile {
  const text = readFileSync(path.join(ROOT, file), 'utf8')
  const imports: Import[] = []
  for (const m of text.matchAll(IMPORT)) {
    const specifier = m[4] ?? m[5] ?? ''
    const names = m[3]?.match(/^\{([^}]*)\}$/)?.[1]
    const typeOnly =
      m[2] !== undefined ||
      (names ?? 'value')
        .split(',')
        .filter((n) => n.trim())
        .every((n) => n.trim().startsWith('type '))
    const target = specifier.startsWith('.') ? path.normalize(path.join(path.dirname(file), specifier)) : undefined
    imports.push({ specifier, typeOnly, ...(target === undefined ? {} : { target }) })
  }
  return { path: file, lines: text.split('\n').length - 1, imports }
}
