import type { MachineFs } from '../../../cluster/fs.ts'
import type { GrepOptions } from './options.ts'

/** A file to search: the name it is shown by and its path. */
export interface Found {
  readonly name: string
  readonly path: string
}

/** The files under a folder that was named on the command line, as fts(3) meets them. */
export function* filesUnder(fs: MachineFs, folder: Found, options: GrepOptions): Generator<Found> {
  const follow = options.directories === 'recurse and follow'
  for (const entry of fs.list(folder.path)) {
    const found: Found = {
      name: folder.name === '' ? entry : `${folder.name.replace(/\/$/, '')}/${entry}`,
      path: `${folder.path === '/' ? '' : folder.path}/${entry}`,
    }
    const isLink = fs.stat(found.path, { follow: false }).type === 'symlink'
    if (isLink && (!follow || !fs.exists(found.path))) continue
    if (fs.stat(found.path).type === 'dir') {
      if (!isExcludedFolder(entry, options)) yield* filesUnder(fs, found, options)
    } else if (isWanted(entry, options)) yield found
  }
}

export function isExcludedFolder(name: string, { globs }: GrepOptions): boolean {
  return globs.some(({ kind, glob }) => kind === 'exclude-dir' && matchesGlob(glob.replace(/\/+$/, ''), name))
}

/** The last of --include and --exclude that matches decides; with an --include, what none matches is left out. */
export function isWanted(path: string, { globs }: GrepOptions): boolean {
  const list = globs.filter(({ kind }) => kind !== 'exclude-dir')
  const last = list.findLast(({ glob }) => matchesGlob(glob, path) || matchesGlob(glob, path.slice(path.lastIndexOf('/') + 1)))
  return last === undefined ? list[0]?.kind !== 'include' : last.kind === 'include'
}

/** fnmatch(3) without flags. */
function matchesGlob(glob: string, name: string): boolean {
  const source = glob.replace(/\[!?[^\]]+\]|\\.|[\s\S]/g, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (part.startsWith('[') && part.length > 2) return part.replace(/^\[!/, '[^').replace(/\\/g, '\\\\')
    return (part.length === 2 ? (part[1] as string) : part).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  })
  return new RegExp(`^${source}$`, 's').test(name)
}
