/** One change of an image; `path` is `/` and the property's name in Glance's spelling, `~` as `~0` and `/` as `~1`. */
export type JsonPatchOperation =
  | { op: 'add' | 'replace'; path: string; value: unknown }
  | { op: 'remove'; path: string }

export type JsonPatch = readonly JsonPatchOperation[]
