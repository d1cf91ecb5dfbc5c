import { posix } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { z } from 'zod'

const WriteFileSchema = z.object({
  path: z.string().startsWith('/'),
  content: z.string().default(''),
  encoding: z.string().default('text/plain'),
  /** YAML 1.1 makes an unquoted 0644 a number, in octal; cloud-init takes that as it is meant. */
  permissions: z.union([z.string(), z.number()]).default('0644'),
  append: z.boolean().default(false),
})

const CloudConfigSchema = z.object({
  write_files: z.array(WriteFileSchema).default([]),
  users: z.array(z.union([z.string(), z.object({ name: z.string() })])).default([]),
  runcmd: z.array(z.union([z.string(), z.array(z.union([z.string(), z.number()]))])).default([]),
})

/** What a worker's user-data asks cloud-init to do, as far as plain worker processes have a use for it. */
export interface CloudConfig {
  files: { path: string; content: Buffer; mode: number; append: boolean }[]
  users: string[]
  commands: (string | string[])[]
}

/**
 * Reads user-data in cloud-config form, gzipped or not.
 * @throws Error if it is of another form or no valid YAML
 */
export function parseUserData(data: Buffer): CloudConfig {
  const text = (isGzip(data) ? gunzipSync(data) : data).toString('utf8')
  if (!/^#cloud-config\s*\n/.test(text)) throw new Error('user-data is not a #cloud-config')
  const config = CloudConfigSchema.parse(parse(text, { version: '1.1' }) ?? {})
  return {
    files: config.write_files.map((file) => ({
      path: posix.normalize(file.path),
      content: decode(file.content, file.encoding),
      mode: typeof file.permissions === 'number' ? file.permissions : Number.parseInt(file.permissions, 8),
      append: file.append,
    })),
    users: config.users.map((user) => (typeof user === 'string' ? user : user.name)),
    commands: config.runcmd.map((command) => (typeof command === 'string' ? command : command.map(String))),
  }
}

const isGzip = (data: Buffer): boolean => data[0] === 0x1f && data[1] === 0x8b

/** The encodings of cloud-init's write_files module. */
function decode(content: string, encoding: string): Buffer {
  switch (encoding.toLowerCase()) {
    case 'b64':
    case 'base64':
      return Buffer.from(content, 'base64')
    case 'gz+b64':
    case 'gzip+b64':
    case 'gz+base64':
    case 'gzip+base64':
      return gunzipSync(Buffer.from(content, 'base64'))
    case 'gz':
    case 'gzip':
      return gunzipSync(Buffer.from(content, 'latin1'))
    case 'text/plain':
      return Buffer.from(content)
    default:
      throw new Error(`write_files: unknown encoding ${encoding}`)
  }
}
