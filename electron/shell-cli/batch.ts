import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { gunzipSync } from 'node:zlib'
import { type BatchResult, type Json, type LabFolder, runBatchRecord } from '../../engine/index.ts'
import { nodePorts } from './host.ts'

/** `--batch`: JSON lines from `input`, JSON lines to `output`, one answer a record, in order, each as soon as it is done. */
export async function runBatch(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  lab: (id: string) => LabFolder | undefined,
): Promise<void> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue
    const answer = await answerLine(line, lab)
    if (!output.write(`${JSON.stringify(answer)}\n`)) await once(output, 'drain')
  }
}

async function answerLine(line: string, lab: (id: string) => LabFolder | undefined): Promise<BatchResult> {
  let record: Json
  try {
    record = JSON.parse(line) as Json
  } catch (error) {
    return { id: null, error: `not JSON: ${(error as Error).message}` }
  }
  const read = withObjects(record)
  if ('error' in read) return read
  return runBatchRecord(read.record, { ...ports, lab })
}

const ports = nodePorts()

/** Object files that records share are read once. */
const parsed = new Map<string, Json>()
const KEPT = 16

/** The record with `cluster.objects` as a path replaced by what the file holds. */
function withObjects(record: Json): { record: Json } | { id: string | number | null; error: string } {
  if (!isMap(record) || !isMap(record.cluster) || typeof record.cluster.objects !== 'string') return { record }
  const path = record.cluster.objects
  try {
    const objects = parsed.get(path) ?? readObjects(path)
    if (parsed.size >= KEPT) parsed.clear()
    parsed.set(path, objects)
    return { record: { ...record, cluster: { ...record.cluster, objects } } }
  } catch (error) {
    const id = typeof record.id === 'string' || typeof record.id === 'number' ? record.id : null
    return { id, error: `cluster.objects: ${path}: ${(error as Error).message}` }
  }
}

function readObjects(path: string): Json {
  const bytes = readFileSync(path)
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as Json
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
