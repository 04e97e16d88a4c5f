/** Words of the kubelet's Events, which changed over the releases (pkg/kubelet/kuberuntime, pkg/kubelet/images). */
export function alreadyPresent(image: string, minor: number): string {
  const words = `Container image "${image}" already present on machine`
  return minor >= 35 ? `${words} and can be accessed by the pod` : words
}

export function pulled(image: string, took: number, size: number): string {
  const seconds = goDuration(took)
  return `Successfully pulled image "${image}" in ${seconds} (${seconds} including waiting). Image size: ${size} bytes.`
}

export function created(container: string, minor: number): string {
  if (minor >= 35) return 'Container created'
  return minor >= 32 ? `Created container: ${container}` : `Created container ${container}`
}

export function started(container: string, minor: number): string {
  return minor >= 35 ? 'Container started' : `Started container ${container}`
}

/** "1.523s", "953ms": a time.Duration rounded to milliseconds. */
function goDuration(ms: number): string {
  return ms < 1000 ? `${ms}ms` : `${Number((ms / 1000).toFixed(3))}s`
}

export function noSuchImage(full: string): string {
  return (
    `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": failed to resolve reference "${full}": ` +
    `${full}: not found`
  )
}
