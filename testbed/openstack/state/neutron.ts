import { HOME } from '../root.ts'
import { database, regionDatabase } from './databases.ts'
import { ini } from './ini.ts'
import { login, type ServiceSite, tokenCheck } from './service-user.ts'

export const neutron = (site: ServiceSite): string => {
  const { layout, region } = site
  return ini({
    DEFAULT: {
      bind_host: layout.address,
      bind_port: region.network,
      host: `net-${region.name}`,
      use_stderr: true,
      core_plugin: 'ml2',
      service_plugins: 'router',
      transport_url: 'fake:///',
      state_path: `${HOME}/${region.name}/neutron`,
      api_paste_config: '/etc/neutron/api-paste.ini',
      api_workers: 1,
      rpc_workers: 0,
      rpc_state_report_workers: 0,
      notify_nova_on_port_status_changes: false,
      notify_nova_on_port_data_changes: true,
      dhcp_agent_notification: false,
    },
    database: { connection: database(regionDatabase('neutron', region.name)) },
    oslo_concurrency: { lock_path: `${HOME}/lock` },
    nova: login('nova', site),
    ml2: {
      type_drivers: 'flat,local',
      tenant_network_types: 'local',
      mechanism_drivers: 'bind_at_once',
      extension_drivers: 'port_security',
    },
    ml2_type_flat: { flat_networks: '*' },
    securitygroup: { enable_security_group: true },
    keystone_authtoken: tokenCheck('neutron', site),
  })
}
