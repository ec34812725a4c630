import { openRedis, whenRedisReady } from '@skein/platform/redis'
import { silentLogger } from '@skein/platform/testing'

/** One command as the server ran it. */
export interface Ran {
  readonly command: string
  readonly args: readonly string[]
  /** Run by a script, not sent by a process. */
  readonly byScript: boolean
}

export interface RedisWatch extends AsyncDisposable {
  /** Everything the server ran while `act` did; what came from others at the same time too. */
  during(act: () => Promise<unknown>): Promise<readonly Ran[]>
  /** How many connections hear the channel. */
  subscribers(channel: string): Promise<number>
}

/** Sees every command with its arguments (`MONITOR`), so that each can be told by what it is for. */
export async function watchRedis(url: string): Promise<RedisWatch> {
  const open = async () => {
    const redis = openRedis({ url, name: 'test', log: silentLogger, whenAway: 'fail' })
    await whenRedisReady(redis, 5_000)
    return redis
  }
  const [commands, opener] = await Promise.all([open(), open()])
  const monitor = await opener.monitor()
  let ran: Ran[] = []
  monitor.on('monitor', (_time: string, [command = '', ...args]: string[], source: string) => {
    ran.push({ command: command.toLowerCase(), args, byScript: source === 'lua' })
  })
  /** What was run before this has been seen when it is seen itself. */
  async function caughtUp(): Promise<void> {
    const mark = `mark-${Math.random()}`
    const isSeen = new Promise<void>((done) => {
      const look = (_time: string, args: string[]): void => {
        if (args[1] !== mark) return
        monitor.off('monitor', look)
        done()
      }
      monitor.on('monitor', look)
    })
    await commands.echo(mark)
    await isSeen
  }
  return {
    async during(act) {
      await caughtUp()
      ran = []
      await act()
      await caughtUp()
      return ran.filter(({ command }) => command !== 'echo')
    },
    subscribers: async (channel) => Number((await commands.pubsub('NUMSUB', channel))[1]),
    async [Symbol.asyncDispose]() {
      for (const redis of [commands, opener, monitor]) redis.disconnect()
    },
  }
}
