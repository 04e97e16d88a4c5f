// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { type FieldError, invalid, required } from '../../status.ts'
import { fileMode, nonReservedPath } from '../fields.ts'
import { fieldRef, resourceFieldRef, VOLUME_FIELDS } from './env.ts'

/** validateKeyToPath. */
export function keyToPath(item: any, at: string): FieldError[] {
  const out: FieldError[] = []
  if (!item.key) out.push(required(`${at}.key`))
  if (!item.path) out.push(required(`${at}.path`))
  return [...out, ...nonReservedPath(item.path ?? '', `${at}.path`), ...fileMode(item.mode, `${at}.mode`)]
}

/** A Secret's or ConfigMap's keys as files. */
export function keyedFiles(given: any, at: string, name: string): FieldError[] {
  return [
    ...(given[name] ? [] : [required(`${at}.${name}`)]),
    ...fileMode(given.defaultMode, `${at}.defaultMode`),
    ...(given.items ?? []).flatMap((item: any, i: number) => keyToPath(item, `${at}.items[${i}]`)),
  ]
}

/** validateDownwardAPIVolumeFile: its errors name the volume, not the file. */
export function downwardAPIFile(file: any, at: string): FieldError[] {
  const out: FieldError[] = []
  if (!file.path) out.push(required(`${at}.path`))
  out.push(...nonReservedPath(file.path ?? '', `${at}.path`))
  if (file.fieldRef) {
    out.push(...fieldRef(file.fieldRef, `${at}.fieldRef`, VOLUME_FIELDS))
    if (file.resourceFieldRef) {
      out.push(invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
    }
  } else if (file.resourceFieldRef) out.push(...resourceFieldRef(file.resourceFieldRef, `${at}.resourceFieldRef`, true))
  else out.push(required(at, 'one of fieldRef and resourceFieldRef is required'))
  return [...out, ...fileMode(file.mode, `${at}.mode`)]
}

/** validateDownwardAPIVolumeSource. */
export function downwardAPI(given: any, at: string): FieldError[] {
  return [...fileMode(given.defaultMode, `${at}.defaultMode`), ...(given.items ?? []).flatMap((f: any) => downwardAPIFile(f, at))]
}
