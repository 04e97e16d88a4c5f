import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import process from 'node:process'

export interface Access {
  readonly url: string
  /** The authority that the client is to trust, PEM. */
  readonly ca: string
  readonly token: string
  readonly cluster: string
}

/** The first line of every kubeconfig that we wrote: only such a file is overwritten or removed unasked. */
const MARK = '# Written by Chainwalk; it is written anew at every start.'

export const USER = 'kubernetes-admin'

export function contextOf(cluster: string): string {
  return `${USER}@${cluster}`
}

/** A kubeconfig in kubeadm's form, with a bearer token in place of a client certificate. */
export function kubeconfig({ url, ca, token, cluster }: Access): string {
  const context = contextOf(cluster)
  return [
    MARK,
    'apiVersion: v1',
    'clusters:',
    '- cluster:',
    `    certificate-authority-data: ${Buffer.from(ca).toString('base64')}`,
    `    server: ${url}`,
    `  name: ${cluster}`,
    'contexts:',
    '- context:',
    `    cluster: ${cluster}`,
    `    user: ${USER}`,
    `  name: ${context}`,
    `current-context: ${context}`,
    'kind: Config',
    'users:',
    `- name: ${USER}`,
    '  user:',
    `    token: ${token}`,
    '',
  ].join('\n')
}

/** The file is somebody else's. */
export class NotOurs extends Error {}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Writes the file for its owner alone, whole or not at all. */
export function writeKubeconfig(path: string, text: string, force: boolean): void {
  const there = read(path)
  if (there !== undefined && !there.startsWith(MARK) && !force) {
    throw new NotOurs(`${path} was not written by Chainwalk; name another file with --kubeconfig, or overwrite it with --force`)
  }
  const beside = `${path}.${process.pid}`
  try {
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx' })
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'its folder does not exist' : code === 'EACCES' ? 'permission denied' : message
    throw new Error(`${path} cannot be written: ${why}`)
  }
}

/** Removes the file if it still is the one that was written with `token`. */
export function removeKubeconfig(path: string, token: string): void {
  try {
    const there = read(path)
    if (there?.startsWith(MARK) && there.includes(token)) rmSync(path, { force: true })
  } catch {
    // Not ours to judge any more.
  }
}
