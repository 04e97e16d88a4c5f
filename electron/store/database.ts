import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { MIGRATIONS } from './migrations/index.ts'

export type Connection = Database.Database

/** The store cannot be used: another program holds it, it is newer than this version, or the disk failed. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}

export interface Opened {
  readonly connection: Connection
  /** Where a database that could not be read was moved to. */
  readonly movedAside?: string
}

const BUSY_MS = 5000
const BACKUPS_KEPT = 3

/**
 * Opens the database, making or migrating it as needed. One that is damaged is moved aside whole (never deleted) and a new one
 * begun; one that another program locks is an error with that reason.
 */
export function openDatabase(file: string, options: { readonly busyMs?: number; readonly now?: () => number } = {}): Opened {
  const now = options.now ?? Date.now
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  try {
    return { connection: openChecked(file, options.busyMs ?? BUSY_MS, now) }
  } catch (error) {
    if (!isDamage(error)) throw readable(error, file)
  }
  const movedAside = moveAside(file, now())
  try {
    return { connection: openChecked(file, options.busyMs ?? BUSY_MS, now), movedAside }
  } catch (error) {
    throw readable(error, file)
  }
}

function openChecked(file: string, busyMs: number, now: () => number): Connection {
  const connection = new Database(file, { timeout: busyMs })
  try {
    connection.pragma('journal_mode = WAL')
    connection.pragma('synchronous = NORMAL')
    connection.pragma('foreign_keys = ON')
    const verdict = connection.pragma('quick_check(1)', { simple: true })
    if (verdict !== 'ok') throw new Damaged(String(verdict))
    migrate(connection, file, now)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

function migrate(connection: Connection, file: string, now: () => number): void {
  const have = Number(connection.pragma('user_version', { simple: true }))
  if (have > MIGRATIONS.length) {
    throw new StoreError(`${file} was written by a newer Chainwalk (schema ${have}, this one knows ${MIGRATIONS.length})`)
  }
  if (have === MIGRATIONS.length) return
  if (have > 0) backup(connection, file, `before-${MIGRATIONS.length}-${now()}`)
  for (let version = have; version < MIGRATIONS.length; version++) {
    connection.transaction(() => {
      connection.exec(MIGRATIONS[version] as string)
      connection.pragma(`user_version = ${version + 1}`)
    })()
  }
}

/** A whole copy beside the database, made by SQLite itself so that it is consistent; the newest few are kept. */
export function backup(connection: Connection, file: string, label: string): string {
  const folder = join(dirname(file), 'backups')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const target = join(folder, `${basename(file, '.db')}-${label}.db`)
  connection.prepare('VACUUM INTO ?').run(target)
  const old = readdirSync(folder)
    .filter((name) => name.endsWith('.db'))
    .sort()
    .slice(0, -BACKUPS_KEPT)
  for (const name of old) rmSync(join(folder, name), { force: true })
  return target
}

class Damaged extends Error {}

function isDamage(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? ''
  return error instanceof Damaged || code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')
}

function moveAside(file: string, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[:.]/g, '-')
  let target = `${file}.damaged-${stamp}`
  for (let n = 1; existsSync(target); n++) target = `${file}.damaged-${stamp}-${n}`
  renameSync(file, target)
  for (const tail of ['-wal', '-shm']) if (existsSync(file + tail)) renameSync(file + tail, target + tail)
  return target
}

function readable(error: unknown, file: string): Error {
  if (error instanceof StoreError) return error
  const { code = '', message } = error as { code?: string; message: string }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new StoreError(`${file} is locked by another program; close it and try again`)
  }
  return new StoreError(`${file}: ${message}`)
}
