import { decodeBase64 } from '../../../base/utf8.ts'
import { type Obj, sortedKeys } from '../values.ts'
import type { Describer } from './describer.ts'
import { describeEvents } from './events.ts'
import { annotations, type Lines, labels } from './writer.ts'

export const configMap: Describer = {
  kind: 'ConfigMap',
  describe(out, object, tools) {
    head(out, object)
    out.at(0, '\nData\n====\n')
    for (const key of sortedKeys(object.data)) out.at(0, `${key}:\n----\n${object.data[key]}\n\n`)
    out.at(0, '\nBinaryData\n====\n')
    for (const key of sortedKeys(object.binaryData))
      out.at(0, `${key}: ${(decodeBase64(object.binaryData[key]) ?? '').length} bytes\n`)
    out.at(0, '\n')
    describeEvents(out, object, tools)
  },
}

export const secret: Describer = {
  kind: 'Secret',
  describe(out, object) {
    head(out, object)
    out.at(0, `\nType:\t${object.type ?? ''}\n\nData\n====\n`)
    for (const key of sortedKeys(object.data)) {
      const bytes = decodeBase64(object.data[key]) ?? ''
      const shown = key === 'token' && object.type === 'kubernetes.io/service-account-token'
      out.at(0, shown ? `${key}:\t${bytes}\n` : `${key}:\t${bytes.length} bytes\n`)
    }
  },
}

export const serviceAccount: Describer = {
  kind: 'ServiceAccount',
  describe(out, object, tools) {
    head(out, object)
    const names = (object.imagePullSecrets ?? []).map((s: Obj) => s.name as string)
    if (names.length === 0) out.field('Image pull secrets', '<none>')
    for (const [i, name] of names.entries()) out.at(0, `${i === 0 ? 'Image pull secrets:' : '                   '}\t${name}\n`)
    const mountable = (object.secrets ?? []).map((s: Obj) => s.name as string)
    // Long-lived token Secrets are no longer listed from v1.33 on.
    if (tools.call.minor < 33) {
      for (const title of ['Mountable secrets', 'Tokens']) {
        const list = title === 'Tokens' ? [] : mountable
        if (list.length === 0) out.field(title, '<none>')
        for (const [i, name] of list.entries()) out.at(0, `${i === 0 ? `${title}:` : ' '.repeat(title.length + 1)}\t${name}\n`)
      }
    }
    describeEvents(out, object, tools)
  },
}

function head(out: Lines, object: Obj): void {
  out.field('Name', object.metadata.name).field('Namespace', object.metadata.namespace)
  labels(out, 'Labels', object.metadata.labels)
  annotations(out, 'Annotations', object.metadata.annotations)
}
