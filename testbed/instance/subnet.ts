import { createHash } from 'node:crypto'
import { z } from 'zod'

export const NetworkSchema = z.object({
  /** `bridge`: a subnet of its own on a bridge of its own (root). `loopback`: addresses of 127/8 alone. */
  kind: z.enum(['bridge', 'loopback']),
  /** Name of the bridge, at most 15 characters. Absent on loopback. */
  bridge: z.string().exactOptional(),
  /** First three octets of the pool's /24: `10.77.5` or `127.77.5`. */
  prefix: z.string(),
  /** The host's own address in the pool's subnet: the central manager's. */
  address: z.string(),
  /** An address of the instance's own in 127/8, whatever the kind: for the cloud APIs. */
  loopback: z.string(),
  /** First of four ports on 127.0.0.1 for what can't have an address of its own; below the ephemeral ones. */
  port: z.int(),
})

/** Where an instance lives on the host's networks; everything derives from its id and an attempt's number. */
export type InstanceNetwork = z.infer<typeof NetworkSchema>

/** Subnets that an id can have: 64 × 256, 10.64.0.0/10 and 127.64.0.0/10 in step. */
export const SUBNETS = 64 * 256

/** The `attempt`-th choice of an id: the first is as good as random, later ones are the next subnets. */
export function networkOf(id: string, kind: InstanceNetwork['kind'], attempt = 0): InstanceNetwork {
  const n = (createHash('sha256').update(id).digest().readUInt32BE() + attempt) % SUBNETS
  const tail = `${64 + Math.floor(n / 256)}.${n % 256}`
  const prefix = kind === 'bridge' ? `10.${tail}` : `127.${tail}`
  return {
    kind,
    ...(kind === 'bridge' ? { bridge: `cb-${id}` } : {}),
    prefix,
    address: `${prefix}.1`,
    loopback: `127.${tail}.1`,
    port: 20_000 + (n % 3_000) * 4,
  }
}

/** True if two networks in CIDR notation share an address; `default` and 0.0.0.0/0 are no place, so they never do. */
export function overlap(a: string, b: string): boolean {
  const [x, y] = [parse(a), parse(b)]
  if (x === undefined || y === undefined || x.bits === 0 || y.bits === 0) return false
  const mask = (0xffffffff << (32 - Math.min(x.bits, y.bits))) >>> 0
  return (x.value & mask) >>> 0 === (y.value & mask) >>> 0
}

function parse(cidr: string): { value: number; bits: number } | undefined {
  const [address = '', bits = '32'] = cidr.split('/')
  const octets = address.split('.').map(Number)
  if (octets.length !== 4 || octets.some((o) => !(o >= 0 && o <= 255))) return undefined
  return { value: octets.reduce((sum, octet) => sum * 256 + octet, 0), bits: Number(bits) }
}
