/** Nova's, Glance's and Neutron's form: whole seconds, Z. */
export const seconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

/** Keystone's form, and Nova's for launched_at without the Z: microseconds. */
export const micros = (ms: number): string => new Date(ms).toISOString().replace(/(\.\d{3})Z$/, '$1000Z')
export const microsBare = (ms: number): string => micros(ms).slice(0, -1)
