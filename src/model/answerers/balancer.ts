import type { Answerer } from './answerer.ts';

/** Load balancers, gateways, ingress controllers and proxies. */
export const balancers: readonly Answerer[] = [
  {
    id: 'aws-elb',
    name: 'AWS load balancer',
    role: 'load-balancer',
    sources: [
      'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html',
      'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html',
    ],
    headers: [{ name: 'server', value: /^awselb\//i, shows: 'own' }],
    pages: [
      { says: 'upstream-failed', contains: ['Bad Gateway'], statuses: [502], header: { name: 'server', value: /^awselb\//i } },
      {
        says: 'no-backend',
        contains: ['Service Temporarily Unavailable'],
        statuses: [503],
        header: { name: 'server', value: /^awselb\//i },
      },
      { says: 'upstream-timeout', contains: ['Gateway Time-out'], statuses: [504], header: { name: 'server', value: /^awselb\//i } },
      { says: 'blocked', contains: ['403 Forbidden'], statuses: [403], header: { name: 'server', value: /^awselb\//i } },
    ],
    requestIds: ['x-amzn-trace-id'],
    limits: [
      { seconds: 60, what: 'first-byte', setting: 'idle_timeout.timeout_seconds', statuses: [504] },
      { seconds: 10, what: 'connect', setting: 'connection to the target', statuses: [504] },
    ],
  },
  {
    id: 'azure-application-gateway',
    name: 'Azure Application Gateway',
    role: 'load-balancer',
    sources: [
      'https://learn.microsoft.com/en-us/azure/application-gateway/http-response-codes',
      'https://learn.microsoft.com/en-us/azure/application-gateway/configuration-http-settings',
    ],
    headers: [{ name: 'server', value: /^Microsoft-Azure-Application-Gateway/i, shows: 'own' }],
    pages: [
      { says: 'blocked', contains: ['Microsoft-Azure-Application-Gateway', '403 Forbidden'], statuses: [403] },
      { says: 'upstream-timeout', contains: ['Microsoft-Azure-Application-Gateway'], statuses: [504] },
      { says: 'upstream-failed', contains: ['Microsoft-Azure-Application-Gateway'], statuses: [502] },
      { says: 'error', contains: ['Microsoft-Azure-Application-Gateway'] },
    ],
    limits: [
      { seconds: 20, what: 'first-byte', setting: 'Request timeout of the backend settings', statuses: [502, 504] },
      { seconds: 30, what: 'first-byte', setting: 'Request timeout of the backend settings', statuses: [502, 504] },
    ],
  },
  {
    id: 'haproxy',
    name: 'HAProxy',
    role: 'load-balancer',
    sources: [
      'https://docs.haproxy.org/2.8/configuration.html#1.3.1',
      'https://docs.haproxy.org/2.8/configuration.html#4-timeout%20server',
    ],
    pages: [
      { says: 'no-backend', contains: ['No server is available to handle this request.'], statuses: [503] },
      { says: 'upstream-failed', contains: ['The server returned an invalid or incomplete response.'], statuses: [502] },
      { says: 'upstream-timeout', contains: ["The server didn't respond in time."], statuses: [504] },
      { says: 'error', contains: ['Your browser sent an invalid request.'], statuses: [400] },
      { says: 'error', contains: ["Your browser didn't send a complete request in time."], statuses: [408] },
      { says: 'blocked', contains: ['Request forbidden by administrative rules.'], statuses: [403] },
      { says: 'rate-limited', contains: ['You have sent too many requests in a given amount of time.'], statuses: [429] },
    ],
    limits: [
      { seconds: 50, what: 'first-byte', setting: 'timeout server', statuses: [504] },
      { seconds: 30, what: 'first-byte', setting: 'timeout server', statuses: [504] },
    ],
  },
  {
    id: 'envoy',
    name: 'Envoy',
    role: 'proxy',
    sources: [
      'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags',
      'https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter',
      'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts',
    ],
    headers: [{ name: 'server', value: /^envoy$/i }, { name: 'x-envoy-upstream-service-time', shows: 'passed-on' }, { name: 'x-envoy-*' }],
    pages: [
      { says: 'upstream-failed', contains: ['upstream connect error or disconnect/reset before headers'], statuses: [503, 502] },
      { says: 'no-backend', contains: ['no healthy upstream'], statuses: [503] },
      { says: 'upstream-timeout', contains: ['upstream request timeout'], statuses: [504, 408] },
      { says: 'rate-limited', contains: ['local_rate_limited'], statuses: [429] },
      { says: 'blocked', contains: ['RBAC: access denied'], statuses: [403] },
    ],
    requestIds: ['x-request-id'],
    limits: [{ seconds: 15, what: 'whole-answer', setting: 'route timeout', statuses: [504] }],
  },
  {
    id: 'istio',
    name: 'Istio',
    role: 'ingress',
    sources: [
      'https://istio.io/latest/docs/ops/common-problems/network-issues/',
      'https://istio.io/latest/docs/reference/config/networking/virtual-service/',
    ],
    headers: [{ name: 'server', value: /^istio-envoy$/i }],
    requestIds: ['x-request-id'],
  },
  {
    id: 'ingress-nginx',
    name: 'ingress-nginx',
    role: 'ingress',
    sources: [
      'https://kubernetes.github.io/ingress-nginx/user-guide/default-backend/',
      'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/',
    ],
    pages: [{ says: 'unknown-site', contains: ['default backend - 404'], statuses: [404] }],
    limits: [
      { seconds: 60, what: 'first-byte', setting: 'proxy-read-timeout', statuses: [504] },
      { seconds: 5, what: 'connect', setting: 'proxy-connect-timeout', statuses: [504] },
      { seconds: 15, what: 'connect', setting: 'proxy-connect-timeout over three tries', statuses: [504] },
    ],
  },
  {
    id: 'gke-ingress',
    name: 'GKE Ingress',
    role: 'ingress',
    sources: ['https://cloud.google.com/kubernetes-engine/docs/concepts/ingress#default_backend'],
    pages: [
      { says: 'unknown-site', contains: ['response 404 (backend NotFound), service rules for the path non-existent'], statuses: [404] },
      { says: 'unknown-site', contains: ['response 404 (backend NotFound), service rules for'], statuses: [404] },
    ],
  },
  {
    id: 'openshift-router',
    name: 'OpenShift router',
    role: 'ingress',
    sources: ['https://docs.openshift.com/container-platform/4.14/networking/ingress-operator.html'],
    pages: [
      {
        says: 'no-backend',
        contains: ['Application is not available', 'The application is currently not serving requests at this endpoint.'],
        statuses: [503],
      },
    ],
  },
  {
    id: 'traefik',
    name: 'Traefik',
    role: 'ingress',
    sources: ['https://doc.traefik.io/traefik/getting-started/faq/', 'https://doc.traefik.io/traefik/routing/services/'],
    pages: [{ says: 'no-backend', contains: ['no available server'], statuses: [503] }],
  },
  {
    id: 'kong',
    name: 'Kong Gateway',
    role: 'gateway',
    sources: [
      'https://docs.konghq.com/gateway/latest/reference/configuration/',
      'https://docs.konghq.com/gateway/latest/production/troubleshooting/',
    ],
    headers: [
      { name: 'server', value: /^kong\//i, shows: 'own' },
      { name: 'via', value: /\bkong\//i },
      { name: 'x-kong-upstream-latency', shows: 'passed-on' },
      { name: 'x-kong-response-latency', shows: 'own' },
      { name: 'x-kong-*' },
    ],
    pages: [
      { says: 'unknown-site', contains: ['no Route matched with those values'], statuses: [404] },
      { says: 'upstream-failed', contains: ['An invalid response was received from the upstream server'], statuses: [502] },
      { says: 'no-backend', contains: ['failure to get a peer from the ring-balancer'], statuses: [503] },
      { says: 'upstream-failed', contains: ['name resolution failed'], statuses: [503] },
      { says: 'upstream-timeout', contains: ['The upstream server is timing out'], statuses: [504] },
      { says: 'rate-limited', contains: ['API rate limit exceeded'], statuses: [429], header: { name: 'server', value: /^kong\//i } },
      { says: 'rate-limited', contains: ['API rate limit exceeded'], statuses: [429], header: { name: 'x-kong-*' } },
    ],
    requestIds: ['x-kong-request-id'],
    limits: [{ seconds: 60, what: 'first-byte', setting: 'read_timeout', statuses: [504] }],
  },
  {
    id: 'aws-api-gateway',
    name: 'Amazon API Gateway',
    role: 'gateway',
    sources: [
      'https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html',
      'https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html',
    ],
    headers: [{ name: 'x-amz-apigw-id' }, { name: 'apigw-requestid' }, { name: 'x-amzn-errortype', shows: 'own' }],
    pages: [
      { says: 'upstream-timeout', contains: ['"Endpoint request timed out"'], statuses: [504] },
      { says: 'upstream-timeout', contains: ['"Service Unavailable"'], statuses: [503], header: { name: 'apigw-requestid' } },
      // Many an application says the same in JSON of itself.
      ...['x-amzn-errortype', 'apigw-requestid', 'x-amz-apigw-id'].flatMap(
        (name) =>
          [
            { says: 'upstream-failed', contains: ['"Internal server error"'], statuses: [500, 502], header: { name } },
            { says: 'unknown-site', contains: ['"Missing Authentication Token"'], statuses: [403], header: { name } },
          ] as const,
      ),
    ],
    requestIds: ['x-amzn-requestid', 'apigw-requestid', 'x-amz-apigw-id'],
    limits: [
      { seconds: 29, what: 'first-byte', setting: 'Integration timeout', statuses: [504] },
      { seconds: 30, what: 'first-byte', setting: 'Integration timeout (HTTP API)', statuses: [503, 504] },
    ],
  },
  {
    id: 'apigee',
    name: 'Apigee',
    role: 'gateway',
    sources: ['https://cloud.google.com/apigee/docs/api-platform/troubleshoot/runtime/errors'],
    headers: [{ name: 'x-apigee-*' }],
    pages: [
      { says: 'upstream-timeout', contains: ['messaging.adaptors.http.flow.GatewayTimeout'], statuses: [504] },
      { says: 'no-backend', contains: ['messaging.adaptors.http.flow.NoActiveTargets'], statuses: [503] },
      { says: 'upstream-failed', contains: ['messaging.adaptors.http.flow.'], statuses: [502, 503] },
      { says: 'unknown-site', contains: ['messaging.adaptors.http.flow.ApplicationNotFound'], statuses: [404] },
    ],
    limits: [{ seconds: 55, what: 'first-byte', setting: 'io.timeout.millis', statuses: [504] }],
  },
  {
    id: 'netscaler',
    name: 'NetScaler (Citrix ADC)',
    role: 'load-balancer',
    sources: [
      'https://docs.netscaler.com/en-us/citrix-adc/current-release/load-balancing.html',
      'https://support.citrix.com/article/CTX120240',
    ],
    headers: [{ name: 'via', value: /\bNS-CACHE-/i }, { name: 'cneonction' }, { name: 'nncoection' }],
    pages: [{ says: 'no-backend', contains: ['<b>Http/1.1 Service Unavailable</b>'], statuses: [503] }],
  },
  {
    id: 'squid',
    name: 'Squid',
    role: 'proxy',
    sources: [
      'http://www.squid-cache.org/Doc/config/via/',
      'https://wiki.squid-cache.org/Features/CustomErrors',
      'http://www.squid-cache.org/Doc/config/read_timeout/',
    ],
    headers: [
      { name: 'server', value: /^squid/i, shows: 'own' },
      { name: 'via', value: /\(squid/i },
      { name: 'x-squid-error', shows: 'own' },
      { name: 'x-cache', value: /^(HIT|MISS) from \S+$/ },
    ],
    pages: [
      {
        says: 'upstream-failed',
        contains: ['The following error was encountered while trying to retrieve the URL', 'Connection to'],
        statuses: [502, 503],
      },
      { says: 'upstream-timeout', contains: ['The following error was encountered while trying to retrieve the URL'], statuses: [504] },
      {
        says: 'blocked',
        contains: ['The following error was encountered while trying to retrieve the URL', 'Access Denied'],
        statuses: [403],
      },
      { says: 'error', contains: ['The following error was encountered while trying to retrieve the URL'] },
    ],
    cacheField: 'x-cache',
    limits: [
      { seconds: 60, what: 'connect', setting: 'connect_timeout', statuses: [503, 504] },
      { seconds: 900, what: 'first-byte', setting: 'read_timeout', statuses: [504] },
    ],
  },
  {
    id: 'traffic-server',
    name: 'Apache Traffic Server',
    role: 'cache',
    sources: ['https://docs.trafficserver.apache.org/en/latest/admin-guide/files/records.yaml.en.html'],
    headers: [
      { name: 'server', value: /^ATS\//i },
      { name: 'via', value: /\(ApacheTrafficServer/i },
    ],
    pages: [{ says: 'upstream-failed', contains: ['Could Not Connect', 'Description: Could not connect to the requested server host.'] }],
    limits: [{ seconds: 30, what: 'first-byte', setting: 'proxy.config.http.transaction_no_activity_timeout_out', statuses: [504, 502] }],
  },
  {
    id: 'varnish',
    name: 'Varnish',
    role: 'cache',
    sources: [
      'https://varnish-cache.org/docs/7.4/users-guide/troubleshooting.html',
      'https://varnish-cache.org/docs/7.4/reference/varnishd.html#first-byte-timeout',
    ],
    headers: [{ name: 'x-varnish' }, { name: 'via', value: /\b(varnish)\b/i }, { name: 'server', value: /^varnish$/i, shows: 'own' }],
    pages: [
      { says: 'upstream-failed', contains: ['Backend fetch failed', 'Guru Meditation'], statuses: [503] },
      { says: 'error', contains: ['Guru Meditation', 'Varnish cache server'], isErrorAlways: true },
    ],
    requestIds: ['x-varnish'],
    cacheField: 'x-cache',
    limits: [
      { seconds: 60, what: 'first-byte', setting: 'first_byte_timeout', statuses: [503] },
      { seconds: 3.5, what: 'connect', setting: 'connect_timeout', statuses: [503] },
    ],
  },
];
