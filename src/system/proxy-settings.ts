import type { ProxySetting } from '../ports/host.ts';
import { partCredentials } from './proxy-environment.ts';

/** Readers of the proxies that a desktop's settings name; programs of a terminal mostly do not look there. Nothing throws. */

type SchemeProxy = readonly [setting: string, url: string];

function settingsOf(proxies: readonly SchemeProxy[]): ProxySetting[] {
  const settings = proxies.map(([variable, url]): ProxySetting => ({ variable, ...partCredentials(url), bypassed: false }));
  return settings.filter((setting, index) => settings.findIndex((other) => other.url === setting.url) === index);
}

/** `scutil --proxy` of macOS: a dictionary with `HTTPSEnable : 1`, `HTTPSProxy : host`, `HTTPSPort : 3128`. */
export function parseScutilProxy(text: string): ProxySetting[] {
  const values = new Map([...text.matchAll(/^\s*(\w+) : (\S+)\s*$/gmu)].map(([, name = '', value = '']) => [name, value]));
  const schemes: readonly (readonly [name: string, scheme: string])[] = [
    ['HTTPS', 'http'],
    ['HTTP', 'http'],
    ['SOCKS', 'socks5h'],
  ];
  return settingsOf(
    schemes.flatMap(([name, scheme]): SchemeProxy[] => {
      const host = values.get(`${name}Proxy`);
      if (values.get(`${name}Enable`) !== '1' || host === undefined) return [];
      return [[`system settings (${name})`, urlOf(scheme, host, values.get(`${name}Port`))]];
    }),
  );
}

/** `gsettings list-recursively org.gnome.system.proxy`: `org.gnome.system.proxy.https host 'proxy'`; used when the mode is manual. */
export function parseGnomeProxy(text: string): ProxySetting[] {
  const values = new Map(
    [...text.matchAll(/^org\.gnome\.system\.proxy(\.\w+)? ([\w-]+) '?([^'\r\n]*?)'?\s*$/gmu)].map(
      ([, schema = '', key = '', value = '']) => [`${schema} ${key}`, value],
    ),
  );
  if (values.get(' mode') !== 'manual') return [];
  return settingsOf(
    (['https', 'http', 'socks'] as const).flatMap((name): SchemeProxy[] => {
      const host = values.get(`.${name} host`) ?? '';
      const port = values.get(`.${name} port`);
      return host === '' || port === '0' ? [] : [[`desktop settings (${name})`, urlOf(name === 'socks' ? 'socks5h' : 'http', host, port)]];
    }),
  );
}

/**
 * `reg query "HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"`: `ProxyServer REG_SZ host:port`, or `http=...;https=...`, used
 * when `ProxyEnable` is 1.
 */
export function parseInternetSettings(text: string): ProxySetting[] {
  if (!/^\s*ProxyEnable\s+REG_DWORD\s+0x1\s*$/mu.test(text)) return [];
  const server = /^\s*ProxyServer\s+REG_SZ\s+(\S+)\s*$/mu.exec(text)?.[1];
  const parts = (server ?? '').split(';').filter((part) => part !== '');
  return settingsOf(
    parts.flatMap((part): SchemeProxy[] => {
      const [, scheme = 'all', value = ''] = /^(?:(\w+)=)?(.+)$/u.exec(part) ?? [];
      if (!['all', 'http', 'https', 'socks'].includes(scheme)) return [];
      return [
        [`Internet settings (${scheme})`, /:\/\//u.test(value) ? value : urlOf(scheme === 'socks' ? 'socks5h' : 'http', value, undefined)],
      ];
    }),
  );
}

function urlOf(scheme: string, host: string, port: string | undefined): string {
  const bracketed = host.includes(':') && !host.startsWith('[') && host.split(':').length > 2 ? `[${host}]` : host;
  return `${scheme}://${bracketed}${port === undefined || !/^\d{1,5}$/u.test(port) ? '' : `:${port}`}`;
}
