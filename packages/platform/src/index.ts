export type { Actor, CallContext, ServiceContext } from './rpc/context.js'
export type { ReadStatement, Sqlite, Statement, Tx } from './sqlite/sqlite-port.js'
export { openSqlite } from './sqlite/open-sqlite.js'
export { isSqliteInUse } from './sqlite/sqlite-in-use.js'
export type { SqliteOptions } from './sqlite/open-sqlite.js'
export { isStorageFailure, isUniqueViolation, sqliteCodeOf } from './sqlite/sqlite-failure.js'
export { inList, sqlList } from './sqlite/sql-list.js'
export type { AccessRules } from './rpc/access.js'
export { fieldsOf, toAppError } from './rpc/app-error.js'
export { createRpcClient } from './rpc/client.js'
export type { RpcClient, RpcClientOptions } from './rpc/client.js'
export { Caller, passOn } from './rpc/context.js'
export { httpLink } from './rpc/http-link.js'
export type { HttpLinkOptions, HttpLinkTarget } from './rpc/http-link.js'
export { implementService } from './rpc/implement.js'
export { inProcessLink } from './rpc/in-process-link.js'
export type { ReplicaState } from './rpc/replica.js'
export { createServiceHandler } from './rpc/service-handler.js'
export type { ServedCall, ServiceHandler, ServiceHandlerOptions } from './rpc/service-handler.js'
export { createServiceTokens } from './rpc/service-tokens.js'
export type { ServiceTokens, ServiceTokensConfig } from './rpc/service-tokens.js'
export { serveRpc } from './rpc/serve-rpc.js'
export type { RpcServer, RpcServerOptions } from './rpc/serve-rpc.js'
export type { RpcCall, RpcLink, RpcRequest, RpcResponse } from './rpc/wire.js'
export { systemClock } from './clock.js'
export type { Cancel, Clock } from './clock.js'
export { createRequestId, systemRandom } from './random.js'
export type { Random } from './random.js'
export { createTimedSignal, orAborted } from './timed-signal.js'
export type { TimedSignal, TimedSignalOptions } from './timed-signal.js'
export { createLogger, logLevels, silentLogger } from './log.js'
export type { LogFields, Logger, LoggerOptions, LogLevel } from './log.js'
export { jwkOf, keyIdOf } from './auth/access-token.js'
export { createEndedSessions } from './auth/ended-sessions.js'
export type { EndedSessions } from './auth/ended-sessions.js'
export { createTokenSigner } from './auth/token-signer.js'
export type { TokenSigner, TokenSignerConfig } from './auth/token-signer.js'
export { createTokenVerifier } from './auth/token-verifier.js'
export type { TokenVerifier, TokenVerifierConfig, VerifiedToken } from './auth/token-verifier.js'
export { ConfigError } from './config/config-error.js'
export type { ConfigProblem } from './config/config-error.js'
export { defineConfig } from './config/define-config.js'
export type { ConfigDefinition, ConfigEntry, ConfigItem, ConfigSchemas, ConfigValues } from './config/define-config.js'
export { describeConfig, printConfig } from './config/describe-config.js'
export type { ConfigFormat } from './config/describe-config.js'
export { loadConfig } from './config/load-config.js'
export type { ConfigSources, LoadedConfig } from './config/load-config.js'
export { createLifecycle, onSignal } from './lifecycle.js'
export type { Lifecycle, LifecycleOptions, Part, SignalOptions } from './lifecycle.js'
export { createHealth } from './health.js'
export type { CheckResult, Health, HealthCheck, HealthOptions, HealthReport } from './health.js'
export { createMetrics } from './metrics.js'
export type {
  Counter,
  DeclaredMetric,
  Gauge,
  GaugeSpec,
  Histogram,
  HistogramSpec,
  LabelSets,
  LabelsOf,
  MetricSpec,
  Metrics,
  MetricsOptions,
} from './metrics.js'
export {
  declareBuildInfo,
  declareDatabaseMetrics,
  declareHttpMetrics,
  declareReplicaMetrics,
  declareRpcMetrics,
  latencyBuckets,
} from './common-metrics.js'
export type { DatabaseMetrics, HttpMetrics, RpcMetrics } from './common-metrics.js'
export { serveOps } from './ops-server.js'
export type { OpsServer, OpsServerOptions } from './ops-server.js'
export { listen, shut } from './http-server.js'
export type { ListenOptions } from './http-server.js'
