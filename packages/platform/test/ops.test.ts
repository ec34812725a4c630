import { expect } from 'chai'
import { request } from 'undici'
import {
  createHealth,
  createLogger,
  createMetrics,
  declareBuildInfo,
  declareDatabaseMetrics,
  declareHttpMetrics,
  declareReplicaMetrics,
  declareRpcMetrics,
  serveOps,
  type Health,
  type Metrics,
} from '../src/index.js'

describe('health', () => {
  it('[OPS6] ready is: started, not draining, and every check that counts is well', async () => {
    const health = createHealth()
    const ready = async (): Promise<boolean> => (await health.report()).isReady
    let failing = false
    health.add('window', {
      affectsReady: true,
      check: () => {
        if (failing) throw new Error('silent')
        return 'filled'
      },
    })
    expect(await ready()).to.equal(false)
    health.markStarted()
    expect(await ready()).to.equal(true)
    failing = true
    expect(await ready()).to.equal(false)
    failing = false
    health.markDraining()
    health.markStarted()
    expect(await ready()).to.equal(false)
    expect(() => health.add('window', { affectsReady: true, check: () => undefined })).to.throw('exists')
  })

  it('[OPS7] a shared dependency that is away, or does not answer, is told but leaves the process ready', async () => {
    const health = createHealth({ checkTimeoutMs: 10 })
    health.markStarted()
    health.add('redis', { affectsReady: false, check: () => new Promise(() => undefined) })
    const { isReady, checks } = await health.report()
    expect(isReady).to.equal(true)
    expect(checks).to.deep.include({ name: 'redis', isOk: false, affectsReady: false, detail: 'no answer in 10 ms' })
  })
})

describe('metrics', () => {
  it('[OPS8] every combination of label values is there at zero from the start', async () => {
    const metrics = createMetrics()
    metrics.counter({
      name: 'sockets_closed_total',
      help: 'x',
      labels: { reason: ['slow', 'draining'], transport: ['ws', 'polling'] },
    })
    metrics.gauge({ name: 'sockets', help: 'x' })
    metrics.histogram({ name: 'wait_seconds', help: 'x', labels: { of: ['a'] }, buckets: [1] })
    const text = await metrics.read()
    expect(text).to.contain('skein_sockets_closed_total{reason="draining",transport="polling"} 0')
    expect(text.match(/^skein_sockets_closed_total\{.*\} 0$/gm)).to.have.length(4)
    expect(text).to.contain('\nskein_sockets 0\n').and.contain('skein_wait_seconds_count{of="a"} 0')
  })

  it('[OPS9] counters add, gauges are set, changed or read, histograms observe, in whatever order labels are written', async () => {
    const metrics = createMetrics({ prefix: 't_' })
    const counter = metrics.counter({ name: 'a_total', help: 'x', labels: { x: ['1'], y: ['2'] } })
    counter.add({ y: '2', x: '1' })
    counter.add({ x: '1', y: '2' }, 4)
    const bare = metrics.counter({ name: 'b_total', help: 'x' })
    bare.add()
    bare.add(2)
    const gauge = metrics.gauge({ name: 'g', help: 'x', labels: { of: ['p'] } })
    gauge.set({ of: 'p' }, 5)
    gauge.add({ of: 'p' }, -2)
    metrics.gauge({ name: 'r', help: 'x', read: () => 7 })
    metrics.histogram({ name: 'h_seconds', help: 'x', buckets: [1, 2] }).observe(1.5)
    const text = await metrics.read()
    for (const line of [
      't_a_total{x="1",y="2"} 5',
      't_b_total 3',
      't_g{of="p"} 3',
      't_r 7',
      't_h_seconds_bucket{le="2"} 1',
    ]) {
      expect(text).to.contain(`${line}\n`)
    }
  })

  it('[OPS10] a name used twice, a value outside its set, a set too large and a misnamed counter are refused', () => {
    const metrics = createMetrics()
    const labels: Record<'of', string[]> = { of: ['a'] }
    const counter = metrics.counter({ name: 'a_total', help: 'x', labels })
    expect(() => counter.add({ of: 'user-17' })).to.throw('skein_a_total has no {"of":"user-17"}')
    expect(() => metrics.counter({ name: 'a_total', help: 'x' })).to.throw('exists')
    expect(() => metrics.counter({ name: 'a', help: 'x' })).to.throw('_total')
    const many = Array.from({ length: 50 }, (_, index) => String(index))
    expect(() => metrics.gauge({ name: 'big', help: 'x', labels: { a: many, b: many } })).to.throw('more than 2000')
  })

  it('[OPS11] what is declared can be listed, and is what is read', async () => {
    const metrics = createMetrics()
    declareBuildInfo(metrics, '1.2.3')
    const rpc = declareRpcMetrics(metrics, { notes: ['notes.get'] })
    const ejected = declareReplicaMetrics(metrics, ['notes'])
    const http = declareHttpMetrics(metrics, ['GET /v1/me'])
    const database = declareDatabaseMetrics(metrics, ['main'])
    rpc('notes').onCall({ method: 'notes.get', caller: 'gateway', code: 'gone', durationMs: 20 })
    rpc('notes').onCall({ method: 'unknown', caller: 'unknown', code: 'internal', durationMs: 20 })
    const onState = ejected('notes')
    for (const state of ['open', 'half-open'] as const) onState('10.0.0.1:1', state)
    http.observe({ route: 'GET /v1/me', status: 204, durationMs: 3 })
    http.observe({ route: 'GET /wp-login.php', status: 404, durationMs: 3 })
    database('main').observe({ kind: 'write', durationMs: 3, isOk: false })
    const text = await metrics.read()
    for (const line of [
      `skein_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
      'skein_rpc_served_total{method="notes.notes.get",outcome="refused"} 1',
      'skein_rpc_served_total{method="notes.unknown",outcome="failed"} 1',
      'skein_rpc_replicas_ejected{service="notes"} 1',
      'skein_http_requests_total{route="GET /v1/me",status="2xx"} 1',
      'skein_http_requests_total{route="unknown",status="4xx"} 1',
      'skein_db_failed_total{database="main",kind="write"} 1',
    ]) {
      expect(text).to.contain(line)
    }
    const listed = metrics.list().map(({ name, type }) => `# TYPE ${name} ${type}`)
    expect(text.match(/^# TYPE .*$/gm)).to.deep.equal(listed)
    expect(listed).to.have.length(8)
  })

  it('[OPS12] the metrics of the runtime are there on request, event-loop delay among them', async () => {
    const text = await createMetrics({ runtime: true }).read()
    expect(text).to.contain('nodejs_eventloop_lag_p99_seconds').and.contain('process_resident_memory_bytes')
    expect(await createMetrics().read()).not.to.contain('nodejs_')
  })
})

describe('the ops server', () => {
  async function withServer(
    work: (
      get: (path: string, method?: string) => Promise<[number, string]>,
      health: Health,
      metrics: Metrics,
    ) => Promise<void>,
  ): Promise<void> {
    const health = createHealth()
    const metrics = createMetrics()
    const server = await serveOps({ host: '127.0.0.1', port: 0, health, metrics })
    try {
      await work(
        async (path, method = 'GET') => {
          const response = await request(`http://127.0.0.1:${server.port}${path}`, {
            method: method === 'POST' ? 'POST' : 'GET',
          })
          return [response.statusCode, await response.body.text()]
        },
        health,
        metrics,
      )
    } finally {
      await Promise.all([server.close(), server.close()])
    }
  }

  it('[OPS13] livez says that the process answers, readyz whether it should be used, by the status code', async () => {
    await withServer(async (get, health) => {
      expect(await get('/livez')).to.deep.equal([200, 'ok\n'])
      expect(await get('/healthz')).to.deep.equal([200, 'ok\n'])
      expect(await get('/readyz')).to.deep.equal([503, 'not ready\n'])
      health.markStarted()
      expect(await get('/readyz')).to.deep.equal([200, 'ok\n'])
      health.add('log', { affectsReady: false, check: () => Promise.reject(new Error('away')) })
      health.add('window', { affectsReady: true, check: () => 'filled' })
      expect(await get('/readyz?verbose')).to.deep.equal([
        200,
        '[+]process started\n[!]log away\n[+]window filled\nready\n',
      ])
    })
  })

  it('[OPS14] it serves the metrics, and nothing else', async () => {
    await withServer(async (get, _health, metrics) => {
      metrics.counter({ name: 'x_total', help: 'x' }).add()
      expect((await get('/metrics'))[1]).to.contain('skein_x_total 1')
      expect((await get('/'))[0]).to.equal(404)
      expect((await get('/readyz', 'POST'))[0]).to.equal(405)
    })
  })
})

describe('logs', () => {
  function logged(pretty: boolean, write: (log: ReturnType<typeof createLogger>) => void): string[] {
    const lines: string[] = []
    write(createLogger({ level: 'info', service: 'post', version: '1.0.0', pretty, write: (line) => lines.push(line) }))
    return lines
  }

  it('[OPS15] a line is one JSON object with level, time, service, version and the fields given', () => {
    const [line = ''] = logged(false, (log) => log.child({ requestId: 'r1' }).info({ postId: 'p1' }, 'post created'))
    const { timeMs, ...rest } = JSON.parse(line) as Record<string, unknown>
    expect(rest).to.deep.equal({
      level: 'info',
      service: 'post',
      version: '1.0.0',
      requestId: 'r1',
      postId: 'p1',
      message: 'post created',
    })
    expect(timeMs).to.be.closeTo(Date.now(), 5_000)
    expect(logged(false, (log) => log.debug({}, 'unsaid'))).to.have.length(0)
  })

  it('[OPS16] what lies under a secret-looking name is hidden, two levels deep', () => {
    const secret = {
      password: 'hunter2',
      accessToken: 'hunter2',
      headers: { authorization: 'hunter2', 'x-service-token': 'hunter2' },
    }
    for (const pretty of [false, true]) {
      const [line = ''] = logged(pretty, (log) =>
        log.info({ ...secret, a: { b: { refreshToken: 'hunter2' } }, kept: 'seen' }, 'hello'),
      )
      expect(line).to.contain('seen').and.contain('[hidden]').and.not.contain('hunter2')
    }
  })

  it('[OPS17] an error is told with its stack and its causes', () => {
    const [line = ''] = logged(false, (log) =>
      log.error({ error: new Error('outer', { cause: new Error('inner') }) }, 'failed'),
    )
    expect(line).to.contain('outer').and.contain('inner').and.contain('ops.test.ts')
  })

  it('[OPS18] for a terminal a line is one readable line', () => {
    const [line = ''] = logged(true, (log) => log.warn({ part: 'store' }, 'slow'))
    expect(line).to.match(/^\d\d:\d\d:\d\d\.\d{3} warn  post: slow part=store\n$/)
  })
})
