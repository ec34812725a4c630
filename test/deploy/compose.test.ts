import { expect } from 'chai'
import { bytesOf, development, production, secondsOf, type Compose, type Service } from './compose.js'

const compositions: readonly (readonly [string, () => Compose])[] = [
  ['development', development],
  ['production', production],
]

/** Who may talk to whom: a service reaches another only where both stand in one network. */
const networks: Record<string, readonly string[]> = {
  balancer: ['public', 'edge', 'monitor'],
  gateway: ['edge', 'app', 'log'],
  account: ['app', 'log', 'accounts-db'],
  post: ['app', 'log', 'posts-db'],
  timeline: ['app', 'log'],
  redis: ['log'],
  'accounts-db': ['accounts-db'],
  'accounts-db-init': ['accounts-db'],
  'posts-db': ['posts-db'],
  'posts-db-init': ['posts-db'],
  backup: ['accounts-db', 'posts-db', 'monitor'],
  restore: ['accounts-db', 'posts-db', 'log'],
  'scratch-db': ['scratch'],
  prometheus: ['app', 'monitor'],
}

const secrets: Record<string, readonly string[]> = {
  gateway: ['service_secret', 'redis_url_gateway'],
  account: ['service_secret', 'redis_url_account', 'accounts_db_url'],
  post: ['service_secret', 'redis_url_post', 'posts_db_url'],
  timeline: ['service_secret', 'redis_url_timeline'],
  redis: ['redis_users'],
  'accounts-db': ['accounts_db_key', 'accounts_db_root'],
  'accounts-db-init': ['accounts_db_root', 'accounts_db_url', 'accounts_db_backup_url'],
  'posts-db': ['posts_db_key', 'posts_db_root'],
  'posts-db-init': ['posts_db_root', 'posts_db_url', 'posts_db_backup_url'],
  backup: ['service_secret', 'accounts_db_backup_url', 'posts_db_backup_url', 'scratch_db_url'],
  restore: ['service_secret', 'accounts_db_url', 'posts_db_url', 'scratch_db_url', 'redis_url_operator'],
  'scratch-db': ['scratch_db_root'],
}

const isOneShot = (name: string): boolean => name.endsWith('-init') || name === 'restore'
const isSkein = ({ image }: Service): boolean => image === 'skein:dev'
const failing = (of: Compose, isRight: (service: Service, name: string) => boolean): string[] =>
  Object.entries(of.services)
    .filter(([name, service]) => !isRight(service, name))
    .map(([name]) => name)

for (const [title, read] of compositions)
  describe(`the compose files, ${title}`, () => {
    const compose = read()

    it('[PKG2] only the balancer publishes a port, and it is 8080', () => {
      const published = Object.entries(compose.services).flatMap(([name, { ports }]) => ports.map((p) => [name, p]))
      expect(published).to.deep.equal([['balancer', '8080:8080']])
      expect(
        failing(compose, ({ network_mode, expose }) => network_mode === undefined && expose.length === 0),
      ).to.deep.equal([])
    })

    it('[PKG3] a service stands in exactly the networks of its tier, and all but the balancer`s have no way out', () => {
      for (const [name, service] of Object.entries(compose.services))
        expect(
          service.networks.filter((of) => of !== 'scratch' || name === 'scratch-db'),
          name,
        ).to.have.members([...(networks[name] ?? [])])
      const open = Object.entries(compose.networks).filter(([, { internal }]) => !internal)
      expect(open.map(([name]) => name)).to.deep.equal(['public'])
    })

    it('[PKG3] the balancer shares no network with a database or Redis, and no gateway with a database', () => {
      const shared = (a: string, b: string): string[] =>
        (compose.services[a]?.networks ?? []).filter((name) => compose.services[b]?.networks.includes(name))
      for (const [a, b] of [
        ['balancer', 'redis'],
        ['balancer', 'accounts-db'],
        ['balancer', 'posts-db'],
        ['balancer', 'account'],
        ['gateway', 'accounts-db'],
        ['gateway', 'posts-db'],
        ['timeline', 'accounts-db'],
        ['timeline', 'posts-db'],
        ['account', 'posts-db'],
        ['post', 'accounts-db'],
      ] as const)
        expect(shared(a, b), `${a} and ${b}`).to.deep.equal([])
      expect(shared('gateway', 'redis')).to.deep.equal(['log'])
    })

    it('[PKG4] nothing runs as root, writes to its own files, holds a capability or can get one', () => {
      expect(failing(compose, ({ user }) => /^[1-9]\d*:[1-9]\d*$/.test(user ?? ''))).to.deep.equal([])
      expect(failing(compose, (service) => service.read_only && !service.privileged)).to.deep.equal([])
      expect(
        failing(compose, ({ cap_drop, cap_add }) => cap_drop.includes('ALL') && cap_add.length === 0),
      ).to.deep.equal([])
      expect(failing(compose, (service) => service.security_opt.includes('no-new-privileges:true'))).to.deep.equal([])
      expect(failing(compose, ({ volumes }) => !volumes.some((of) => of.includes('docker.sock')))).to.deep.equal([])
    })

    it('[PKG5] everything is asked whether it is well, and comes back when it dies', () => {
      const isWatched = ({ healthcheck }: Service): boolean => (healthcheck?.test?.length ?? 0) > 1
      expect(failing(compose, (service, name) => isOneShot(name) || isWatched(service))).to.deep.equal([])
      const isRestarted = ({ restart }: Service, name: string): boolean =>
        isOneShot(name) ? /^(no|on-failure:\d+)$/.test(restart ?? '') : restart === 'unless-stopped'
      expect(failing(compose, isRestarted)).to.deep.equal([])
    })

    it('[PKG5] there are two gateways or more, and no role but theirs and the database`s is bound to one process', () => {
      expect(compose.services['gateway']?.deploy.replicas).to.be.at.least(2)
      expect(failing(compose, ({ volumes, deploy }) => deploy.replicas === 1 || volumes.length === 0)).to.deep.equal([])
    })

    it('[PKG7] images have a name and a tag, no digest, and none is the latest', () => {
      expect(
        failing(compose, ({ image }) => /^[\w./-]+:[\w.-]+$/.test(image) && !image.endsWith(':latest')),
      ).to.deep.equal([])
      expect(
        failing(compose, (service) => !isSkein(service) || service.build?.dockerfile === 'deploy/Dockerfile'),
      ).to.deep.equal([])
    })
  })

describe('the compose files, production over development', () => {
  const compose = production()

  it('[PKG4] memory, processor, processes and logs are bounded, and a Node process collects before it is killed', () => {
    const limits = ({ deploy }: Service) => deploy.resources?.limits ?? {}
    expect(failing(compose, (of) => bytesOf(limits(of).memory ?? '') > 0)).to.deep.equal([])
    expect(failing(compose, (of) => Number(limits(of).cpus) > 0 && Number(limits(of).cpus) <= 1)).to.deep.equal([])
    expect(failing(compose, (of) => (limits(of).pids ?? 0) > 0)).to.deep.equal([])
    expect(failing(compose, ({ logging }) => logging?.options['max-size'] === '10m')).to.deep.equal([])
    const heap = ({ environment }: Service): number =>
      Number(/--max-old-space-size=(\d+)/.exec(environment['NODE_OPTIONS'] ?? '')?.[1]) * 1_024 ** 2
    const isRoomy = (of: Service): boolean => heap(of) <= 0.7 * bytesOf(limits(of).memory ?? '')
    expect(failing(compose, (of, name) => !isSkein(of) || isOneShot(name) || isRoomy(of))).to.deep.equal([])
  })

  it('[PKG5] a stop waits longer than a gateway takes to send its sockets elsewhere', () => {
    const { environment, stop_grace_period } = compose.services['gateway'] ?? expect.fail('no gateway')
    const drainSeconds = Number(environment['SKEIN_LIVE_DRAIN_GRACE_MS']) / 1_000
    expect(drainSeconds).to.be.at.least(5)
    expect(secondsOf(stop_grace_period)).to.be.at.least(drainSeconds + 10)
  })

  it('[PKG6] every secret is a file, given to nobody but who needs it', () => {
    for (const [name, service] of Object.entries(compose.services))
      expect(service.secrets, name).to.have.members([...(secrets[name] ?? [])])
    expect(Object.entries(compose.secrets).filter(([name, { file }]) => file !== `./secrets/${name}`)).to.deep.equal([])
    const used = new Set(Object.values(compose.services).flatMap((service) => service.secrets))
    expect(Object.keys(compose.secrets)).to.have.members([...used])
  })

  it('[PKG6] no environment, command or image holds a secret, and what development has of them is taken away', () => {
    const isSecret = /PASSWORD|SECRET|_URL|TOKEN|KEY/
    const inline = Object.entries(compose.services).flatMap(([name, { environment }]) =>
      Object.entries(environment)
        .filter(([key, value]) => isSecret.test(key) && value !== '' && !value.startsWith('/run/secrets/'))
        .map(([key]) => `${name}: ${key}`),
    )
    expect(inline).to.deep.equal([])
    expect(failing(compose, ({ command }) => !/requirepass|:\/\/[^/ ]*:[^/ ]*@/.test(command.join(' ')))).to.deep.equal(
      [],
    )
    expect(
      failing(compose, (of, name) => !isSkein(of) || isOneShot(name) || of.environment['SKEIN_MODE'] === 'production'),
    ).to.deep.equal([])
  })

  it('[PKG6] Redis and MongoDB let nobody in without a name', () => {
    expect(compose.services['redis']?.command).to.include('--aclfile')
    for (const name of ['accounts-db', 'posts-db'])
      expect(compose.services[name]?.command.join(' ')).to.include('--keyFile').and.include('--replSet')
  })

  it('[PKG12] Redis keeps an append-only file and refuses what it has no room for, instead of forgetting', () => {
    const command = compose.services['redis']?.command.join(' ')
    expect(command).to.include('--appendonly yes').and.include('--maxmemory-policy noeviction')
  })
})
