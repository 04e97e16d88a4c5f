export { registerWorkloads } from './programs.ts'
export { isModelled, startNodeDaemons, startWorkload, stopWorkload, type WorkloadFailure, type WorkloadSpec } from './start.ts'
