import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker'
import { createActivities } from '#activities/index.ts'
import type { LoadedConfig } from '#config/load.ts'
import { untilTakenUp } from '#contract/questions.ts'
import { cloudQueue, operationsQueue, watchQueue } from '#contract/queues.ts'
import { createClouds } from '#clouds/connections.ts'
import { bootstrap } from './bootstrap.ts'
import { createLogger } from './logger.ts'
import { startStanding } from '#activities/standing/start-standing.ts'
import { setUpSchedules } from './schedules.ts'
import { workflowBundle } from './workflow-bundle.ts'

/** How many calls to one cloud run at a time. */
const cloudSlots = 10

/** How long activities may go on after a signal to stop. The watches stop at once: whoever comes next looks anew. */
const shutdownGrace = '30 seconds'

/**
 * The worker process: runs workflows and activities until it is told to stop. Everything durable is in Temporal; killing
 * it at any moment loses nothing.
 *
 * @param ready called once it polls
 */
export async function runWorkerProcess({ config, digest }: LoadedConfig, ready: () => void = () => {}): Promise<void> {
  const logger = createLogger(config.log.level)
  Runtime.install({
    logger,
    ...(config.metrics && { telemetryOptions: { metrics: { prometheus: { bindAddress: config.metrics.address } } } }),
  })
  const { address, namespace } = config.temporal
  const [bundle, connection, native] = await Promise.all([
    workflowBundle(),
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ])
  const client = new Client({ connection, namespace, interceptors: { workflow: [untilTakenUp] } })
  const clouds = createClouds(config)
  await bootstrap(connection, namespace)
  const activities = createActivities({ config, digest, client, condor: config.condor, clouds })
  const shared = { connection: native, namespace } satisfies Partial<WorkerOptions>
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: operationsQueue(config.pool),
      workflowBundle: bundle,
      activities: activities.operations,
      shutdownGraceTime: shutdownGrace,
      // after a killed worker process, signals go to the next one this soon
      stickyQueueScheduleToStartTimeout: '2 seconds',
    }),
    Worker.create({
      ...shared,
      taskQueue: watchQueue(config.pool),
      activities: activities.watch,
      shutdownGraceTime: 0,
      // a watch that is not heard of for 10 s is started anew: its heartbeats must not be held back
      maxHeartbeatThrottleInterval: '1 second',
      defaultHeartbeatThrottleInterval: '1 second',
    }),
    ...config.clouds.map((cloud) =>
      Worker.create({
        ...shared,
        taskQueue: cloudQueue(config.pool, cloud.name),
        activities: activities.cloud,
        maxConcurrentActivityTaskExecutions: cloudSlots,
        maxTaskQueueActivitiesPerSecond: cloud.callsPerSecond,
        shutdownGraceTime: shutdownGrace,
      }),
    ),
  ])
  await startStanding(client, config, digest)
  await setUpSchedules(client, config)
  logger.info('worker process ready', { pool: config.pool, clouds: config.clouds.map(({ name }) => name) })
  ready()
  try {
    await Promise.all(workers.map((worker) => worker.run()))
  } finally {
    await clouds.close()
    await connection.close()
    await native.close()
  }
}
