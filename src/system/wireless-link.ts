import type { WirelessFacts } from '../ports/host.ts';

/** Readers of what systems say about a wireless interface. Text that is something else says "not associated"; nothing throws. */

/** `iw dev wlan0 link` of Linux: "Not connected.", or the access point, then indented facts. */
export function parseIwLink(text: string, interfaceName: string): WirelessFacts {
  return {
    interface: interfaceName,
    associated: /^Connected to [0-9a-f]{2}:/mu.test(text),
    ssid: /^\s+SSID: (.+)$/mu.exec(text)?.[1] ?? null,
    signalDbm: numberIn(/^\s+signal: (-?\d{1,3}) dBm/mu.exec(text)?.[1]),
    frequencyMhz: numberIn(/^\s+freq: (\d{3,6})(?:\.\d+)?$/mu.exec(text)?.[1]),
  };
}

/**
 * `/proc/net/wireless` (wireless extensions): status and link quality of each interface; quality 0 means no association. Levels are dBm where
 * the driver says so by a negative number.
 */
export function parseProcWirelessLevels(text: string): WirelessFacts[] {
  return [...text.matchAll(/^[ \t]*([^\s|]+):[ \t]+[0-9a-f]{4}[ \t]+(-?\d+)\.?[ \t]+(-?\d+)\.?/gmu)].map(
    ([, name = '', quality, level]): WirelessFacts => ({
      interface: name,
      associated: Number(quality) > 0,
      ssid: null,
      signalDbm: Number(level) < 0 && Number(quality) > 0 ? Number(level) : null,
      frequencyMhz: null,
    }),
  );
}

/** `networksetup -getairportnetwork en0` of macOS. */
export function parseAirportNetwork(text: string, interfaceName: string): WirelessFacts {
  const ssid = /^Current (?:Wi-Fi|AirPort) Network: (.+)$/mu.exec(text)?.[1] ?? null;
  return { interface: interfaceName, associated: ssid !== null, ssid, signalDbm: null, frequencyMhz: null };
}

/**
 * `netsh wlan show interfaces` of Windows: `name : value` lines, names translated but for SSID and BSSID, one block for each interface. The
 * first line of a block is the interface's name.
 */
export function parseWlanInterfaces(text: string): WirelessFacts[] {
  return text.split(/\r?\n\s*\r?\n/u).flatMap((block): WirelessFacts[] => {
    const rows = [...block.matchAll(/^[ \t]+(\S[^:\r\n]*?)[ \t]*: (.*?)\r?$/gmu)];
    const name = rows[0]?.[2];
    if (name === undefined || rows.length < 3) return [];
    const ssid = rows.find((row) => row[1] === 'SSID')?.[2] ?? null;
    return [
      { interface: name, associated: ssid !== null && ssid !== '', ssid: ssid === '' ? null : ssid, signalDbm: null, frequencyMhz: null },
    ];
  });
}

function numberIn(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}
