/** Electron's own channel names between preload and main; what travels on them is the contract's. */
export const IPC = { invoke: 'chainwalk:invoke', send: 'chainwalk:send', event: 'chainwalk:event' } as const
