import type { OpenStack } from 'openstack-ts'
import { flavorsOf, imagesOf } from '#clouds/choices.ts'
import { flavorRules } from '#config/flavor-rules.ts'
import type { CloudConfig } from '#config/schema.ts'
import { considerFlavors, type FlavorOptions } from '#domain/flavor.ts'
import { chooseImage } from '#domain/image.ts'
import { Problem } from '#domain/problem.ts'
import type { Context } from './context.ts'
import { connected, credentialsOf } from './images.ts'
import type { FlavorList, FlavorQuery, FlavorRow } from './types.ts'

/**
 * Every flavor that the user's projects see, by the rules by which a submission chooses one.
 * @throws Problem if nothing can be said of any cloud: that of the first
 */
export async function listFlavors(context: Context, query: FlavorQuery): Promise<FlavorList> {
  const { clouds } = context.loaded.config
  const looked = await Promise.all(
    credentialsOf(context, query).map(async (found) => {
      const policy = clouds.find(({ name }) => name === found.cloud)
      if (policy === undefined) throw new RangeError(`no cloud ${found.cloud}`)
      try {
        return await connected(found, (cloud) => considered(cloud, policy, query))
      } catch (error) {
        if (error instanceof Problem) return { cloud: found.cloud, problem: error }
        throw error
      }
    }),
  )
  const flavors = looked.flatMap((one) => ('problem' in one ? [] : one))
  const problems = looked.flatMap((one) => ('problem' in one ? [one] : []))
  const [first] = problems
  if (first !== undefined && flavors.length === 0) throw first.problem
  return { flavors, problems: problems.map(({ cloud, problem }) => ({ cloud, problem: problem.data })) }
}

async function considered(
  connection: OpenStack,
  policy: CloudConfig,
  { image: wanted, cpus, memoryMb, scratchGb }: FlavorQuery,
): Promise<FlavorRow[]> {
  const cloud = policy.name
  const [flavors, images] = await Promise.all([
    flavorsOf(connection),
    wanted === undefined ? undefined : imagesOf(connection),
  ])
  const options: FlavorOptions = {
    ...flavorRules(policy),
    ...(images === undefined || wanted === undefined ? {} : { image: chooseImage(images, wanted, cloud) }),
  }
  const needs = {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(scratchGb === undefined ? {} : { scratchGb }),
  }
  const all = considerFlavors(flavors, needs, options)
  const smallest = all.find(({ refusal }) => refusal === undefined)
  return all.map((one) => ({
    name: one.flavor.name,
    id: one.flavor.id,
    cloud,
    cores: one.flavor.vcpus,
    ramMb: one.flavor.ramMb,
    diskGb: one.flavor.diskGb,
    scratchGb: one.flavor.ephemeralGb,
    chosen: one === smallest,
    refusal: one.refusal,
  }))
}
