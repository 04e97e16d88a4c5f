export { registerWorkloads } from './programs.ts'
export { isModelled, startWorkload, stopWorkload, type WorkloadFailure, type WorkloadSpec } from './start.ts'
