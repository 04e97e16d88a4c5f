import { sha256 } from '@noble/hashes/sha2.js'

/** sha256 in hex: ids that follow from a name. */
export function digest(text: string): string {
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0) & 255)
  return [...sha256(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('')
}

/** "nginx" → "docker.io/library/nginx:latest": an image's full reference (distribution/reference, ParseDockerRef). */
export function fullReference(image: string): string {
  const slash = image.indexOf('/')
  const host = slash < 0 ? '' : image.slice(0, slash)
  const isHost = host.includes('.') || host.includes(':') || host === 'localhost'
  const path = isHost ? image : `docker.io/${slash < 0 ? 'library/' : ''}${image}`
  return path.slice(path.lastIndexOf('/')).match(/[:@]/) ? path : `${path}:latest`
}

/** "repository@sha256:…" as containerd reports an image; the digest follows from its reference. */
export function imageId(image: string): string {
  const full = fullReference(image)
  return `${full.replace(/:[^:/]*$/, '')}@sha256:${digest(full)}`
}

/** The tag of an image ("latest" if it names none). */
export function tagOf(image: string): string {
  return fullReference(image)
    .replace(/^.*\//, '')
    .replace(/^[^:]*:/, '')
}
