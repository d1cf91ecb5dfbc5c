import type { Snapshot, Volume, VolumeQuota } from './block-storage/types.ts'
import type { Timings } from './config.ts'
import type { Flavor, Host, Keypair, Quota, Server, ServerGroup, UserData } from './compute/types.ts'
import type { Rule } from '#testbed/front/rule.ts'
import type { ApplicationCredential, Assignment, Domain, Project, Token, User } from './identity/types.ts'
import type { Image, Member } from './image/types.ts'
import type {
  FloatingIp,
  Network,
  NetworkQuota,
  Port,
  Router,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
} from './network/types.ts'
import type { Store, Table } from './store.ts'

/** Every table of a cloud. */
export interface State {
  meta: Table<{ seededAt: number }>
  /** One row, `now`: as configured, or as the admin API changed them. */
  timings: Table<Timings>
  rules: Table<Rule>
  domains: Table<Domain>
  projects: Table<Project>
  users: Table<User>
  assignments: Table<Assignment>
  credentials: Table<ApplicationCredential>
  tokens: Table<Token>
  images: Table<Image>
  /** Their ids are never used again. */
  deletedImages: Table<{ id: string }>
  members: Table<Member>
  flavors: Table<Flavor>
  keypairs: Table<Keypair>
  servers: Table<Server>
  serverGroups: Table<ServerGroup>
  userData: Table<UserData>
  hosts: Table<Host>
  quotas: Table<Quota>
  networks: Table<Network>
  subnets: Table<Subnet>
  ports: Table<Port>
  routers: Table<Router>
  floatingIps: Table<FloatingIp>
  securityGroups: Table<SecurityGroup>
  securityGroupRules: Table<SecurityGroupRule>
  networkQuotas: Table<NetworkQuota>
  volumes: Table<Volume>
  volumeSnapshots: Table<Snapshot>
  volumeQuotas: Table<VolumeQuota>
}

export const openState = (store: Store): State => ({
  meta: store.table('meta'),
  timings: store.table('timings'),
  rules: store.table('rules'),
  domains: store.table('domains'),
  projects: store.table('projects'),
  users: store.table('users'),
  assignments: store.table('assignments'),
  credentials: store.table('credentials'),
  tokens: store.table('tokens'),
  images: store.table('images'),
  deletedImages: store.table('deletedImages'),
  members: store.table('members'),
  flavors: store.table('flavors'),
  keypairs: store.table('keypairs'),
  servers: store.table('servers'),
  serverGroups: store.table('serverGroups'),
  userData: store.table('userData'),
  hosts: store.table('hosts'),
  quotas: store.table('quotas'),
  networks: store.table('networks'),
  subnets: store.table('subnets'),
  ports: store.table('ports'),
  routers: store.table('routers'),
  floatingIps: store.table('floatingIps'),
  securityGroups: store.table('securityGroups'),
  securityGroupRules: store.table('securityGroupRules'),
  networkQuotas: store.table('networkQuotas'),
  volumes: store.table('volumes'),
  volumeSnapshots: store.table('volumeSnapshots'),
  volumeQuotas: store.table('volumeQuotas'),
})
