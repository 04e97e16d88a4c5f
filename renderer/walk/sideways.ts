/** Lets a plain wheel turn a row that scrolls sideways only. */
export function sideways(row: HTMLElement) {
  const wheel = (event: WheelEvent) => {
    if (event.deltaX !== 0 || event.shiftKey || row.scrollWidth <= row.clientWidth) return
    event.preventDefault()
    row.scrollLeft += event.deltaY
  }
  row.addEventListener('wheel', wheel, { passive: false })
  return { destroy: () => row.removeEventListener('wheel', wheel) }
}
