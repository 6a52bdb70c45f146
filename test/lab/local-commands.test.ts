import { describeCommands } from './recommended-commands.ts';

await describeCommands('this host', {
  'local-no-link': [/^eth0\S*\s+DOWN/m],
  'local-no-carrier': [/^eth0\S*\s+\S*DOWN.*NO-CARRIER/m],
  'local-no-address': [/^eth0\S*\s+UP\s+169\.254\.7\.7\/16/m],
  'local-no-address-at-all': [/^eth0\S*\s+UP\s+fe80:/m],
  'local-no-route': [/Network is unreachable/],
  'local-no-route-to-resolver': [/\$ ip route get 192\.0\.2\.53\n.*Network is unreachable/],
  'local-gateway-unresolved': [/default via 192\.168\.1\.1/, /^192\.168\.1\.1 dev eth0.*(FAILED|INCOMPLETE)/m],
  'local-gateway-unresolved-far-resolver': [/^192\.168\.1\.1 dev eth0.*(FAILED|INCOMPLETE)/m],
  'local-no-resolver': [/resolv\.conf/],
  'local-firewall-https': [/TcpExtTCPRetransFail\s+[1-9]/],
  'local-neighbor-unresolved': [/^192\.168\.1\.77 dev eth0.*(FAILED|INCOMPLETE)/m],
  'local-resource-limit': [/^50000\s+50000$/m],
  'local-captive-portal': [/^302 http:\/\/192\.168\.1\.1\/login$/m],
  'local-proxy-unreachable': [/^https_proxy=http:\/\/192\.168\.1\.2:3128$/m],
  'local-proxy-auth': [/407/],
  'local-proxy-denied': [/403/],
  'local-proxy-required': [/^no_proxy=\.shop\.example$/m, /timed out|timeout/i],
  'local-clock-wrong': [/Date: \w+, \d\d \w+ \d{4}/i],
  'route-proxy-upstream': [/503/],
});
