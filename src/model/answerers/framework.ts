import type { Answerer } from './answerer.ts';

/** Application frameworks. */
export const frameworks: readonly Answerer[] = [
  {
    id: 'express',
    name: 'Express',
    role: 'framework',
    sources: ['https://expressjs.com/en/guide/error-handling.html'],
    headers: [{ name: 'x-powered-by', value: /^Express$/i }],
    pages: [{ says: 'error', contains: ['<pre>Cannot GET /'], statuses: [404] }],
  },
  {
    id: 'next',
    name: 'Next.js',
    role: 'framework',
    sources: ['https://nextjs.org/docs/app/api-reference/config/next-config-js/poweredByHeader'],
    headers: [{ name: 'x-powered-by', value: /^Next\.js/i }, { name: 'x-nextjs-cache' }],
    pages: [{ says: 'error', contains: ['Application error: a server-side exception has occurred'], statuses: [500] }],
    cacheField: 'x-nextjs-cache',
  },
  {
    id: 'php',
    name: 'PHP',
    role: 'framework',
    sources: [
      'https://www.php.net/manual/en/ini.core.php#ini.expose-php',
      'https://www.php.net/manual/en/info.configuration.php#ini.max-execution-time',
    ],
    headers: [{ name: 'x-powered-by', value: /^PHP\//i }],
    pages: [
      { says: 'error', contains: ['Maximum execution time of', 'seconds exceeded'], statuses: [500, 200], isErrorAlways: true },
      { says: 'error', contains: ['<b>Fatal error</b>:'], isErrorAlways: true },
    ],
    limits: [{ seconds: 30, what: 'whole-answer', setting: 'max_execution_time', statuses: [500] }],
  },
  {
    id: 'asp-net',
    name: 'ASP.NET',
    role: 'framework',
    sources: ['https://learn.microsoft.com/en-us/previous-versions/aspnet/'],
    headers: [{ name: 'x-aspnet-version' }, { name: 'x-powered-by', value: /^ASP\.NET$/i }, { name: 'x-aspnetmvc-version' }],
    pages: [{ says: 'error', contains: ["Server Error in '", "' Application."], statuses: [500, 403, 404, 200], isErrorAlways: true }],
  },
  {
    id: 'rails',
    name: 'Ruby on Rails',
    role: 'framework',
    sources: [
      'https://guides.rubyonrails.org/configuring.html',
      'https://guides.rubyonrails.org/configuring.html#actiondispatch-hostauthorization',
    ],
    headers: [{ name: 'x-runtime', value: /^\d+\.\d+$/ }],
    pages: [
      { says: 'error', contains: ["We're sorry, but something went wrong"], statuses: [500, 200], isErrorAlways: true },
      { says: 'host-not-allowed', contains: ['Blocked host', 'config.hosts'], statuses: [403] },
    ],
    requestIds: ['x-request-id'],
  },
  {
    id: 'django',
    name: 'Django',
    role: 'framework',
    sources: ['https://docs.djangoproject.com/en/5.0/ref/settings/#allowed-hosts', 'https://docs.djangoproject.com/en/5.0/ref/views/'],
    pages: [
      { says: 'host-not-allowed', contains: ['DisallowedHost at', 'Invalid HTTP_HOST header'], statuses: [400] },
      { says: 'default-page', contains: ['The install worked successfully! Congratulations!', 'Django'], statuses: [200] },
      { says: 'error', contains: ["You're seeing this error because you have", 'DEBUG = True'], isErrorAlways: true },
      { says: 'error', contains: ['<h1>Server Error (500)</h1>'], statuses: [500, 200], isErrorAlways: true },
    ],
  },
  {
    id: 'spring',
    name: 'Spring Boot',
    role: 'framework',
    sources: ['https://docs.spring.io/spring-boot/reference/web/servlet.html#web.servlet.spring-mvc.error-handling'],
    headers: [{ name: 'x-application-context' }],
    pages: [{ says: 'error', contains: ['Whitelabel Error Page'], isErrorAlways: true }],
  },
  {
    id: 'laravel',
    name: 'Laravel',
    role: 'framework',
    sources: ['https://laravel.com/docs/errors', 'https://laravel.com/docs/configuration#maintenance-mode'],
    pages: [
      { says: 'error', contains: ['Whoops, looks like something went wrong.'], statuses: [500, 200], isErrorAlways: true },
      { says: 'error', contains: ['ignition', 'Laravel'], statuses: [500] },
    ],
  },
  {
    id: 'wordpress',
    name: 'WordPress',
    role: 'framework',
    sources: ['https://wordpress.org/documentation/article/common-wordpress-errors/'],
    headers: [
      { name: 'link', value: /rel="https:\/\/api\.w\.org\/"/i },
      { name: 'x-redirect-by', value: /^WordPress/i },
    ],
    pages: [
      { says: 'error', contains: ['Error establishing a database connection'], statuses: [500, 200], isErrorAlways: true },
      { says: 'error', contains: ['There has been a critical error on this website'], statuses: [500, 200], isErrorAlways: true },
      { says: 'maintenance', contains: ['Briefly unavailable for scheduled maintenance.'], statuses: [503, 200], isErrorAlways: true },
    ],
  },
  {
    id: 'vite',
    name: 'Vite',
    role: 'framework',
    sources: ['https://vite.dev/config/server-options.html#server-allowedhosts'],
    pages: [{ says: 'host-not-allowed', contains: ['Blocked request. This host (', 'is not allowed.'], statuses: [403] }],
  },
  {
    id: 'webpack-dev-server',
    name: 'webpack-dev-server',
    role: 'framework',
    sources: ['https://webpack.js.org/configuration/dev-server/#devserverallowedhosts'],
    pages: [{ says: 'host-not-allowed', contains: ['Invalid Host header'], statuses: [200, 403] }],
  },
  {
    id: 'tls-port',
    name: 'a server that speaks TLS on this port',
    role: 'server',
    sources: ['https://github.com/nginx/nginx/blob/master/src/http/ngx_http_special_response.c', 'https://go.dev/src/net/http/server.go'],
    pages: [
      { says: 'error', contains: ['The plain HTTP request was sent to HTTPS port'], statuses: [400, 497] },
      { says: 'error', contains: ['Client sent an HTTP request to an HTTPS server.'], statuses: [400] },
      { says: 'error', contains: ["You're speaking plain HTTP to an SSL-enabled server port."], statuses: [400] },
    ],
  },
];
