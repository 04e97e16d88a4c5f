/**
 * Takes away what Node's permission model leaves open: the network through globals, and modules through the back door. Runs before
 * the engine is loaded; what the bundle itself imports is checked by a test over the built graph.
 */
export function raiseWalls(scope: Record<string, unknown>, process: object): void {
  for (const name of [
    'fetch',
    'WebSocket',
    'EventSource',
    'XMLHttpRequest',
    'Request',
    'Response',
    'Headers',
    'BroadcastChannel',
  ]) {
    Object.defineProperty(scope, name, { value: undefined, configurable: false, writable: false })
  }
  for (const name of ['getBuiltinModule', 'binding', '_linkedBinding', 'dlopen']) {
    Object.defineProperty(process, name, { value: undefined, configurable: false, writable: false })
  }
}
