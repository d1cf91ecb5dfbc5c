import { badRequest } from '../refusal.ts'

/** What a list of servers may be asked for (nova/api/openstack/compute/schemas/servers.py, `query_params_v21` to `_v273`). */
const KNOWN = new Set(
  [
    'user_id project_id tenant_id launch_index image_ref image kernel_id ramdisk_id hostname key_name power_state vm_state',
    'task_state host node flavor reservation_id launched_at terminated_at availability_zone name display_name description',
    'display_description locked_by uuid root_device_name config_drive access_ip_v4 access_ip_v6 auto_disk_config progress',
    'sort_key sort_dir all_tenants soft_deleted deleted status changes-since changes-before ip ip6 created_at limit marker',
    'tags tags-any not-tags not-tags-any locked',
  ].flatMap((line) => line.split(' ')),
)

/** Since 2.75 Nova ignores nothing any more. @throws Refusal 400 */
export function checkParameters(microversion: number, query: URLSearchParams): void {
  if (microversion < 75) return
  const unknown = [...query.keys()].find((key) => !KNOWN.has(key) && !key.startsWith('_'))
  if (unknown !== undefined) throw badRequest(`'${unknown}' does not match any of the regexes: '^_'`)
}
