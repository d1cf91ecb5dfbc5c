import { z } from 'zod'
import { flag, number, resource, text, type Fields, type Resource } from '../schema.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** What the hypervisor counts of a guest. What it does not count is null. */
export interface ServerDiagnostics extends Resource {
  /** `running`, `paused`, `shutdown`, …; null before 2.48: all is in `extra` then, by the hypervisor's own names. */
  state: string | null
  driver: string | null
  hypervisor: string | null
  uptimeSeconds: number | null
  configDrive: boolean | null
  memory: { maximumMb: number | null; usedMb: number | null } | null
  cpus: { id: number | null; timeNs: number | null; utilisationPercent: number | null }[]
  nics: { mac: string | null; receivedBytes: number | null; sentBytes: number | null }[]
  disks: { readBytes: number | null; writtenBytes: number | null; errors: number | null }[]
}

const diagnostics = resource(
  {
    state: text,
    driver: text,
    hypervisor: text,
    uptime: number,
    config_drive: flag,
    memory_details: z.object({ maximum: number, used: number }).nullish(),
    cpu_details: z.array(z.object({ id: number, time: number, utilisation: number })).default([]),
    nic_details: z.array(z.object({ mac_address: text, rx_octets: number, tx_octets: number })).default([]),
    disk_details: z.array(z.object({ read_bytes: number, write_bytes: number, errors_count: number })).default([]),
  },
  (body): Fields<ServerDiagnostics> => ({
    state: body.state,
    driver: body.driver,
    hypervisor: body.hypervisor,
    uptimeSeconds: body.uptime,
    configDrive: body.config_drive,
    memory: body.memory_details ? { maximumMb: body.memory_details.maximum, usedMb: body.memory_details.used } : null,
    cpus: body.cpu_details.map((cpu) => ({ id: cpu.id, timeNs: cpu.time, utilisationPercent: cpu.utilisation })),
    nics: body.nic_details.map((nic) => ({
      mac: nic.mac_address,
      receivedBytes: nic.rx_octets,
      sentBytes: nic.tx_octets,
    })),
    disks: body.disk_details.map((disk) => ({
      readBytes: disk.read_bytes,
      writtenBytes: disk.write_bytes,
      errors: disk.errors_count,
    })),
  }),
)

/** For administrators unless a cloud says otherwise. https://docs.openstack.org/api-ref/compute/#servers-diagnostics-servers-diagnostics */
export class ServerDiagnosticsReader {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** @throws OpenStackError `Conflict` if it does not run */
  show(serverId: string, options: CallOptions = {}): Promise<ServerDiagnostics> {
    return this.#client.get(path`/servers/${serverId}/diagnostics`, diagnostics, options)
  }
}
