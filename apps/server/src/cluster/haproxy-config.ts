export interface BalancerConfig {
  readonly port: number
  readonly opsPort: number
  readonly gateways: readonly { readonly name: string; readonly port: number; readonly opsPort: number }[]
}

/** HAProxy for gateways on this machine, with the checks and limits of deploy/haproxy.cfg. */
export function haproxyConfig({ port, opsPort, gateways }: BalancerConfig): string {
  const servers = gateways.map((own) => `  server ${own.name} 127.0.0.1:${own.port} port ${own.opsPort}`)
  return `global
  maxconn 4000
  hard-stop-after 5s

defaults
  mode http
  option redispatch 1
  retry-on conn-failure
  retries 3
  timeout connect 2s
  timeout queue 5s
  timeout http-request 10s
  timeout http-keep-alive 30s
  timeout client 60s
  timeout server 60s
  timeout tunnel 90s
  timeout client-fin 10s
  timeout check 2s

frontend people
  bind 127.0.0.1:${port}
  acl is_internal path,url_dec -i -m reg ^/+(metrics|livez|readyz|rpc|internal)(/|$)
  http-request deny deny_status 404 if is_internal
  http-request del-header Forwarded
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http
  default_backend gateways

backend gateways
  balance leastconn
  option httpchk
  http-check send meth GET uri /readyz
  http-check expect status 200
  default-server check inter 500ms fastinter 250ms fall 2 rise 1
${servers.join('\n')}

frontend operators
  bind 127.0.0.1:${opsPort}
  acl has_gateway nbsrv(gateways) ge 1
  http-request return status 200 content-type text/plain string ok if { path /readyz } has_gateway
  http-request return status 503 content-type text/plain string "no gateway" if { path /readyz }
  http-request deny deny_status 404
`
}
