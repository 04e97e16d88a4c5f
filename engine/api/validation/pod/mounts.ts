// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { type FieldError, forbiddenField, invalid, notFoundField, notSupported, required } from '../../status.ts'
import { localPath, noBacksteps } from '../fields.ts'

const PROPAGATION = ['Bidirectional', 'HostToContainer', 'None']
const RECURSIVE = ['Disabled', 'Enabled', 'IfPossible']

/** validateMountPropagation and validateMountRecursiveReadOnly; `at` is the list, not the mount, as there. */
function propagation(mount: any, container: any, at: string): FieldError[] {
  const out: FieldError[] = []
  const mode = mount.mountPropagation
  if (mode !== undefined && !PROPAGATION.includes(mode)) out.push(notSupported(`${at}.mountPropagation`, mode, PROPAGATION))
  if (mode === 'Bidirectional' && container.securityContext?.privileged !== true) {
    out.push(
      forbiddenField(`${at}.mountPropagation`, 'Bidirectional mount propagation is available only to privileged containers'),
    )
  }
  const recursive = mount.recursiveReadOnly
  if (recursive === undefined || recursive === 'Disabled') return out
  const field = `${at}.recursiveReadOnly`
  if (!RECURSIVE.includes(recursive)) return [...out, notSupported(field, recursive, RECURSIVE)]
  if (!mount.readOnly) out.push(forbiddenField(field, 'may only be specified when readOnly is true'))
  if (mode !== undefined && mode !== 'None')
    out.push(forbiddenField(field, 'may only be specified when mountPropagation is None or not specified'))
  return out
}

/** ValidateVolumeMounts. */
export function validateMounts(container: any, at: string, volumes: ReadonlyMap<string, any>): FieldError[] {
  const out: FieldError[] = []
  const devices: readonly any[] = container.volumeDevices ?? []
  const paths = new Set<string>()
  for (const [i, m] of (container.volumeMounts ?? []).entries()) {
    const field = `${at}[${i}]`
    const [name, path] = [m.name ?? '', m.mountPath ?? '']
    if (name === '') out.push(required(`${field}.name`))
    if (!volumes.has(name)) out.push(notFoundField(`${field}.name`, name))
    if (path === '') out.push(required(`${field}.mountPath`))
    if (paths.has(path)) out.push(invalid(`${field}.mountPath`, path, 'must be unique'))
    paths.add(path)
    if (devices.some((d) => d.name === name)) out.push(invalid(`${field}.name`, name, 'must not already exist in volumeDevices'))
    if (devices.some((d) => d.devicePath === path))
      out.push(invalid(`${field}.mountPath`, path, 'must not already exist as a path in volumeDevices'))
    if (m.subPath) out.push(...localPath(m.subPath, `${at}.subPath`))
    if (m.subPathExpr) {
      if (m.subPath) out.push(invalid(`${field}.subPathExpr`, m.subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
      out.push(...localPath(m.subPathExpr, `${at}.subPathExpr`))
    }
    out.push(...propagation(m, container, at))
  }
  return out
}

/** ValidateVolumeDevices. */
export function validateDevices(container: any, at: string, volumes: ReadonlyMap<string, any>): FieldError[] {
  const out: FieldError[] = []
  const mounts: readonly any[] = container.volumeMounts ?? []
  const names = new Set<string>()
  const paths = new Set<string>()
  for (const [i, d] of (container.volumeDevices ?? []).entries()) {
    const field = `${at}[${i}]`
    const [name, path] = [d.name ?? '', d.devicePath ?? '']
    const volume = volumes.get(name)
    if (name === '') out.push(required(`${field}.name`))
    if (names.has(name)) out.push(invalid(`${field}.name`, name, 'must be unique'))
    if (volume !== undefined && !volume.persistentVolumeClaim && !volume.ephemeral) {
      const words = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
      out.push(invalid(`${field}.name`, name, words))
    }
    if (volume === undefined) out.push(notFoundField(`${field}.name`, name))
    if (path === '') out.push(required(`${field}.devicePath`))
    if (paths.has(path)) out.push(invalid(`${field}.devicePath`, path, 'must be unique'))
    if (path !== '' && noBacksteps(path, field).length > 0)
      out.push(invalid(`${field}.devicePath`, path, "can not contain backsteps ('..')"))
    else paths.add(path)
    if (mounts.some((m) => m.name === name)) out.push(invalid(`${field}.name`, name, 'must not already exist in volumeMounts'))
    if (mounts.some((m) => m.mountPath === path))
      out.push(invalid(`${field}.devicePath`, path, 'must not already exist as a path in volumeMounts'))
    if (name !== '') names.add(name)
  }
  return out
}
