import type { PlanInput } from '#domain/fleet/types.ts'
import { c2, cloud, input, jobs, vm } from './world.ts'

const names = ['arbutus', 'beluga', 'east', 'graham']
const everywhere = (value: string) => Object.fromEntries(names.map((name) => [name, value]))

/** 300,000 idle jobs of 60 users in 300 groups, 2,000 VMs, 4 clouds with quotas and caps: the planned peak of the service. */
export function largeWorld({ bootsPerPass = 20 } = {}): PlanInput {
  const quotas = {
    cores: { limit: 6000, used: 1000 },
    instances: { limit: 3000, used: 500 },
    ramMb: { limit: -1, used: 4_000_000 },
    ports: { limit: 9000, used: 500 },
  }
  return input({
    demand: Array.from({ length: 300 }, (_, index) =>
      jobs(1000, {
        id: `group-${index}`,
        owner: `user-${index % 60}`,
        vmType: `project:image-${index % 120}`,
        images: everywhere(`image-${index % 120}`),
        flavors: everywhere(c2.id),
        memoryMb: 1000 + (index % 20) * 128,
        priority: index % 7,
        requirements: `${'TARGET.Arch == "X86_64" && '.repeat(10)}${index}`,
      }),
    ),
    supply: Array.from({ length: 2000 }, (_, index) =>
      vm(index % 10 === 0 ? 'building' : 'serving', {
        id: `vm-${index}`,
        cloud: names[index % names.length] ?? 'arbutus',
        owner: `user-${index % 60}`,
        vmType: `project:image-${index % 120}`,
        image: `image-${index % 120}`,
        ...(index % 10 !== 0 && { slots: { free: { cpus: index % 3, memoryMb: 3000, diskKb: 20_000_000 }, jobs: 1 } }),
      }),
    ),
    clouds: names.map((name) =>
      cloud(name, { observed: { quotas }, caps: { vms: 2000, cores: 5000, vmsPerUser: 200, booting: 500 } }),
    ),
    policy: { ...input().policy, bootsPerPass },
  })
}
