import { z } from 'zod'
import { isUuid } from '../ids.ts'
import { base64Text, checkBody, invalid } from './body.ts'

const metadataValue = z.string().max(255)
const KEY = /^[a-zA-Z0-9-_:. ]{1,255}$/
export const Metadata = z.record(z.string(), metadataValue).superRefine((items, context) => {
  const bad = Object.keys(items).find((key) => !KEY.test(key))
  if (bad !== undefined) context.addIssue(`'${bad}' does not match any of the regexes: '${KEY.source}'`)
})

const uuidText = z
  .string()
  .refine(isUuid, { error: (issue) => `'${String(issue.input)}' is not a 'uuid'`, abort: true })
const tag = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[^,/]*$/)
const count = z.union([
  z.int().positive(),
  z
    .string()
    .regex(/^[1-9]\d*$/)
    .transform(Number),
])

const networks = z.array(
  z.strictObject({
    uuid: uuidText.optional(),
    port: uuidText.nullable().optional(),
    fixed_ip: z.string().optional(),
    tag: z.string().optional(),
  }),
)

const device = z.strictObject({
  source_type: z.enum(['image', 'volume', 'snapshot', 'blank']),
  destination_type: z.enum(['local', 'volume']).optional(),
  uuid: uuidText.nullish(),
  boot_index: z.union([z.int(), z.string()]).nullish(),
  volume_size: count.nullish(),
  delete_on_termination: z.union([z.boolean(), z.string()]).nullish(),
  volume_type: z.string().nullish(),
  device_name: z.string().nullish(),
  guest_format: z.string().nullish(),
  disk_bus: z.string().nullish(),
  device_type: z.string().nullish(),
  tag: z.string().nullish(),
})

const server = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(255)
    .regex(/^\S(.*\S)?$/s),
  imageRef: z.union([uuidText, z.literal('')]).optional(),
  flavorRef: z.union([z.string().min(1), z.int().nonnegative().transform(String)]),
  networks: z.union([z.enum(['auto', 'none']), networks]).optional(),
  description: z.string().max(255).nullable().optional(),
  tags: z.array(tag).max(50).optional(),
  trusted_image_certificates: z.array(z.string()).nullable().optional(),
  host: z.string().optional(),
  hypervisor_hostname: z.string().optional(),
  hostname: z
    .string()
    .regex(/^[a-zA-Z0-9-._]{2,63}$/)
    .optional(),
  user_data: base64Text.max(65_535).optional(),
  metadata: Metadata.optional(),
  key_name: z.string().min(1).max(255).optional(),
  availability_zone: z.string().min(1).max(255).optional(),
  security_groups: z.array(z.strictObject({ name: z.string().min(1) })).optional(),
  min_count: count.optional(),
  max_count: count.optional(),
  return_reservation_id: z.union([z.boolean(), z.string()]).optional(),
  config_drive: z.union([z.boolean(), z.string()]).nullable().optional(),
  adminPass: z.string().optional(),
  'OS-DCF:diskConfig': z.enum(['AUTO', 'MANUAL']).optional(),
  accessIPv4: z.string().optional(),
  accessIPv6: z.string().optional(),
  block_device_mapping: z.array(z.unknown()).optional(),
  block_device_mapping_v2: z.array(device).optional(),
})

/** The minor version since which Nova knows a field; it refuses in older ones what it doesn't know there. */
const SINCE: Record<string, number> = {
  description: 19,
  tags: 52,
  trusted_image_certificates: 63,
  host: 74,
  hypervisor_hostname: 74,
  hostname: 90,
}

const hints = z.looseObject({ group: uuidText.optional() })

const Body = z.strictObject({
  server,
  'os:scheduler_hints': hints.optional(),
  'OS-SCH-HNT:scheduler_hints': hints.optional(),
})

export type ServerWish = z.infer<typeof server> & { groupId?: string | undefined }
export type DeviceWish = z.infer<typeof device>

/** Reads the body of POST /servers as a microversion allows it. @throws Refusal 400. */
export function readWish(microversion: number, body: unknown): ServerWish {
  const { server: wish, ...beside } = checkBody(Body, body)
  const early = Object.keys(wish).find((key) => microversion < (SINCE[key] ?? 0))
  if (early !== undefined) throw unexpected(wish, early)
  if (microversion < 67 && wish.block_device_mapping_v2?.some((one) => one.volume_type != null) === true)
    throw unexpected(wish.block_device_mapping_v2, 'volume_type')
  if (microversion >= 37 && wish.networks === undefined)
    throw invalid('server', wish, "'networks' is a required property")
  if (microversion < 37 && typeof wish.networks === 'string')
    throw invalid('networks', wish.networks, `'${wish.networks}' is not of type 'array'`)
  const { group } = beside['os:scheduler_hints'] ?? beside['OS-SCH-HNT:scheduler_hints'] ?? {}
  return { ...wish, groupId: group }
}

const unexpected = (value: unknown, key: string) =>
  invalid('server', value, `Additional properties are not allowed ('${key}' was unexpected)`)
