import { HOME } from '../root.ts'
import { database, regionDatabase } from './databases.ts'
import { ini } from './ini.ts'
import { login, type ServiceSite, tokenCheck } from './service-user.ts'

export const nova = (site: ServiceSite): string => {
  const { layout, region } = site
  return ini({
    DEFAULT: {
      my_ip: layout.address,
      host: `compute-${region.name}`,
      state_path: `${HOME}/${region.name}/nova`,
      use_stderr: true,
      // all of Nova is one process: its parts call each other without a broker
      transport_url: 'fake:///',
      compute_driver: 'folder_driver.FolderDriver',
      enabled_apis: 'osapi_compute',
      osapi_compute_listen: layout.address,
      osapi_compute_listen_port: region.compute,
      osapi_compute_workers: 1,
      reserved_host_memory_mb: 0,
      reserved_host_disk_mb: 0,
      cpu_allocation_ratio: '1.0',
      ram_allocation_ratio: '1.0',
      disk_allocation_ratio: '1.0',
      max_concurrent_builds: 50,
    },
    wsgi: { api_paste_config: '/etc/nova/api-paste.ini' },
    api_database: { connection: database(regionDatabase('nova_api', region.name)) },
    database: { connection: database(regionDatabase('nova_cell1', region.name)) },
    conductor: { workers: 1 },
    scheduler: { workers: 1 },
    vnc: { enabled: false },
    oslo_concurrency: { lock_path: `${HOME}/lock` },
    glance: { ...login('glance', site), endpoint_override: `http://${layout.address}:${region.image}` },
    placement: login('placement', site),
    neutron: { ...login('neutron', site), service_metadata_proxy: false },
    service_user: { send_service_user_token: true, ...login('nova', site) },
    cinder: { os_region_name: region.name },
    keystone_authtoken: tokenCheck('nova', site),
  })
}
