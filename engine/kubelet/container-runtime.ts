import type { Behalf } from '../apiserver/client.ts'

/** A program to start in a running container. */
export interface ProgramRequest {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly command: readonly string[]
  /** Without, its standard input is empty. */
  readonly stdin: boolean
  /** It runs on a terminal of its own: one stream of output, lines edited there. */
  readonly tty: boolean
}

export interface ProgramEvents {
  readonly behalf?: Behalf
  onOutput(from: 'stdout' | 'stderr', bytes: string): void
  /** Once, last. */
  onExit(code: number): void
}

/** A program that runs; its standard input, its terminal's size, its end. */
export interface ContainerProgram {
  write(bytes: string): void
  end(): void
  resize(columns: number, rows: number): void
  /** SIGKILL: nothing is heard of it any more. */
  kill(): void
}

/**
 * What runs programs inside containers (the part of containerd that a CRI ExecSync and Exec reach). The shell that interprets them lies
 * above the kubelet, so whoever opens a session hands it in.
 */
export interface ContainerRuntime {
  /** Starts the program, or says why runc could not (containerd's words). Events may come before this returns. */
  start(request: ProgramRequest, events: ProgramEvents): ContainerProgram | { readonly error: string }
}
