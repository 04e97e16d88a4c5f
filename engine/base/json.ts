/** Plain data: what snapshots, journals and API objects are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/** A part of the engine whose whole state is plain data; `load(save())` changes nothing. */
export interface Stateful {
  save(): Json
  load(state: Json): void
}
