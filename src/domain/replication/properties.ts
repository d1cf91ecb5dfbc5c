import type { DataHash } from './same-data.ts'

/** The property of a copy that says of which data it shall be one: by it a later attempt finds what an earlier one made. */
export const markName = 'canfar_batch_copy_of'

export const markOf = ({ algorithm, value }: DataHash): string => `${algorithm}:${value}`

/**
 * Properties that clouds set themselves, or that mean something on the cloud of the source alone: Glance's own, Nova's record of
 * the VM that a snapshot was made of, keys and certificates that the other cloud does not have.
 */
const ofOneCloud = [
  /^os_(hash_|hidden$|glance_)/,
  /^(stores|locations|direct_url|self|file|schema|owner|checksum)$/,
  /^(base_image_ref|image_location|image_state|image_type|instance_uuid|boot_roles|user_id|clean_attempts)$/,
  /^owner_(id|project_name|project_domain_name|user_name|user_domain_name|domain_name)$/,
  /^(block_device_mapping|bdm_v2|root_device_name|mappings)$/,
  /^(img_signature|cinder_encryption_key)/,
]

/** What a copy keeps of its source's properties, with our mark. */
export function propertiesOfCopy(properties: Readonly<Record<string, string>>, mark: string): Record<string, string> {
  const kept = Object.entries(properties).filter(([name]) => !ofOneCloud.some((one) => one.test(name)))
  return { ...Object.fromEntries(kept), [markName]: mark }
}
