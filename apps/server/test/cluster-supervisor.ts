import { startCluster, type ClusterPlan } from '../src/cluster/index.js'

/* A supervisor as a process of its own, to be killed: its plan comes as JSON, its engines as scripts. */

interface Asked {
  readonly plan: Omit<ClusterPlan, 'programs'>
  readonly engine: string
  readonly journal: string
}

const { plan, engine, journal } = JSON.parse(process.argv[2] ?? '{}') as Asked
const program = (name: string) => ({
  command: process.execPath,
  argsFor: (port: number) => [engine, name, String(port), journal],
})
const cluster = await startCluster({ ...plan, programs: { redis: program('redis'), mongo: program('mongo') } })
console.log(JSON.stringify(cluster.parts().map(({ pid }) => pid)))
