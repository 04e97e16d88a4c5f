import type { KubeObject } from '../object.ts'
import { podSpecDefaults } from './pod-spec.ts'

export function podDefaults(object: KubeObject): KubeObject {
  return object.spec === undefined ? object : { ...object, spec: podSpecDefaults(object.spec, false) }
}
