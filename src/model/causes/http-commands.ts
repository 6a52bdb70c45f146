/** The response header of one request. */
export const header: string = 'curl -sS -D - -o /dev/null --max-time 30 {url}';

/** The conversation of one request, header lines of both directions. */
export const conversation: string = 'curl -sS -v -o /dev/null --max-time 30 {url}';

/** Where the time of one request goes, in seconds since its start. */
export const stages: string =
  "curl -sS -o /dev/null -w 'dns %{time_namelookup}  connect %{time_connect}  tls %{time_appconnect}  first byte %{time_starttransfer}  total %{time_total}\\n' {url}";
