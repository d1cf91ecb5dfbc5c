/** Official service type to the other names under which catalogs list it (service-types-authority). */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  'block-storage': ['volumev3', 'volumev2', 'volume', 'block-store'],
  'container-infrastructure-management': ['container-infrastructure', 'container-infra'],
  'object-store': ['object-storage'],
  'shared-file-system': ['sharev2', 'share'],
  workflow: ['workflowv2'],
}

/** All names of a service, the official one first, whichever of them is asked for. */
export function namesOfService(type: string): string[] {
  const official = Object.entries(ALIASES).find(([name, aliases]) => name === type || aliases.includes(type))
  return official === undefined ? [type] : [official[0], ...official[1]]
}
