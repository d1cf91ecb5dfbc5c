/**
 * Official service type to the other names under which catalogs list it, the preferred ones first: all of the
 * service-types authority (https://service-types.openstack.org), and `object-storage`, which some catalogs have.
 */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  'admin-logic': ['registration'],
  alarm: ['alarming'],
  'application-container': ['container'],
  'application-deployment': ['application_deployment'],
  baremetal: ['bare-metal'],
  'block-storage': ['volumev3', 'volumev2', 'volume', 'block-store'],
  clustering: ['resource-cluster', 'cluster'],
  'container-infrastructure-management': ['container-infrastructure', 'container-infra'],
  event: ['events'],
  'instance-ha': ['ha'],
  message: ['messaging'],
  meter: ['metering', 'telemetry'],
  'monitoring-logging': ['monitoring-log-api'],
  'multi-region-network-automation': ['tricircle'],
  'object-store': ['object-storage'],
  'operator-policy': ['policy'],
  'resource-optimization': ['infra-optim'],
  'root-cause-analysis': ['rca'],
  'shared-file-system': ['sharev2', 'share'],
  workflow: ['workflowv2'],
}

/** All names of a service, the official one first, whichever of them is asked for. */
export function namesOfService(type: string): string[] {
  const official = Object.entries(ALIASES).find(([name, aliases]) => name === type || aliases.includes(type))
  return official === undefined ? [type] : [official[0], ...official[1]]
}

/** What a service's configuration says, under any of its names. */
export function ofService<T>(values: Readonly<Record<string, T>>, type: string): T | undefined {
  // Keys of files have underscores where types have hyphens, and `application_deployment` has one of its own.
  return namesOfService(type)
    .map((name) => values[name.replaceAll('_', '-')])
    .find((value) => value !== undefined)
}
