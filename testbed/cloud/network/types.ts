export interface Network {
  id: string
  name: string
  projectId: string
  shared: boolean
  external: boolean
  description: string
  createdAt: number
}

export interface Subnet {
  id: string
  name: string
  networkId: string
  projectId: string
  cidr: string
  gateway: string | null
  pool: [first: string, last: string]
  createdAt: number
}

export interface Port {
  id: string
  name: string
  networkId: string
  projectId: string
  mac: string
  fixedIps: { subnet_id: string; ip_address: string }[]
  deviceId: string
  deviceOwner: string
  /** Made by Nova for a server, so removed with it. */
  ownedByServer: boolean
  status: 'ACTIVE' | 'DOWN' | 'BUILD'
  securityGroups: string[]
  createdAt: number
}

export interface Router {
  id: string
  name: string
  projectId: string
  gatewayNetworkId: string | null
  subnetIds: string[]
  createdAt: number
}

export interface FloatingIp {
  id: string
  networkId: string
  projectId: string
  address: string
  portId: string | null
  fixedIp: string | null
  description: string
  createdAt: number
}

export interface SecurityGroup {
  id: string
  name: string
  projectId: string
  description: string
  createdAt: number
}

export interface SecurityGroupRule {
  id: string
  groupId: string
  projectId: string
  direction: 'ingress' | 'egress'
  ethertype: 'IPv4' | 'IPv6'
  protocol: string | null
  portMin: number | null
  portMax: number | null
  remoteIpPrefix: string | null
  remoteGroupId: string | null
  description: string
  createdAt: number
}

export interface NetworkQuota {
  projectId: string
  limits: Record<string, number>
}
