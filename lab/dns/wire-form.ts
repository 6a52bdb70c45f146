import { isIPv4 } from 'node:net';
import { type RecordType, recordTypes } from './record.ts';

/** A name in wire form, uncompressed and in canonical (lower) case: RFC 1035 section 3.1, RFC 4034 section 6.2. */
export function encodeName(name: string): Buffer {
  const labels = name === '' || name === '.' ? [] : name.toLowerCase().split('.');
  const parts = labels.map((label) => {
    if (label.length === 0 || label.length > 63) throw new RangeError(`label of ${label.length} octets in ${name}`);
    return Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

/** Sorts names as RFC 4034 section 6.1 wants: label by label from the right, as octets. */
export function compareNames(left: string, right: string): number {
  const a = left === '' ? [] : left.split('.').reverse();
  const b = right === '' ? [] : right.split('.').reverse();
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const order = Buffer.compare(Buffer.from(a[index]!, 'latin1'), Buffer.from(b[index]!, 'latin1'));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Record data in wire form, for the types the lab's zones use. Throws on data it cannot read: a scenario's mistake. */
export function encodeData(type: RecordType, data: string): Buffer {
  const fields = data.split(/\s+/);
  switch (type) {
    case 'A':
    case 'AAAA':
      return encodeAddress(data);
    case 'NS':
    case 'CNAME':
      return encodeName(data);
    case 'MX':
      return Buffer.concat([uint16(Number(fields[0])), encodeName(fields[1] ?? '')]);
    case 'TXT':
      return encodeText(data);
    case 'CAA': {
      // RFC 8659 section 4.1: flags, length of the tag, tag, value.
      const [flags = '', tag = '', ...value] = fields;
      const text = Buffer.from(value.join(' ').replaceAll('"', ''), 'ascii');
      return Buffer.concat([Buffer.from([Number(flags), tag.length]), Buffer.from(tag, 'ascii'), text]);
    }
    case 'SOA':
      return Buffer.concat([
        encodeName(fields[0] ?? ''),
        encodeName(fields[1] ?? ''),
        ...fields.slice(2, 7).map((field) => uint32(Number(field))),
      ]);
    case 'DS':
      return Buffer.concat([
        uint16(Number(fields[0])),
        Buffer.from([Number(fields[1]), Number(fields[2])]),
        Buffer.from(fields.slice(3).join(''), 'hex'),
      ]);
    case 'DNSKEY':
      return Buffer.concat([
        uint16(Number(fields[0])),
        Buffer.from([Number(fields[1]), Number(fields[2])]),
        Buffer.from(fields.slice(3).join(''), 'base64'),
      ]);
    case 'NSEC':
      return Buffer.concat([encodeName(fields[0] ?? ''), typeBitmap(fields.slice(1) as RecordType[])]);
    case 'HTTPS':
      return encodeService(fields);
    case 'RRSIG':
      throw new TypeError('RRSIG data is made by the signer');
  }
}

/** IPv4 as 4, IPv6 as 16 octets. */
export function encodeAddress(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const left = groups(head);
  const right = groups(tail);
  const all = tail === undefined ? left : [...left, ...new Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return Buffer.concat(all.map((group) => uint16(Number.parseInt(group, 16))));
}

/** Character strings of at most 255 octets (RFC 1035 section 3.3.14), given in double quotes. */
function encodeText(data: string): Buffer {
  const strings = [...data.matchAll(/"([^"]*)"/g)].map(([, text]) => Buffer.from(text ?? '', 'latin1'));
  return Buffer.concat(strings.map((text) => Buffer.concat([Buffer.from([text.length]), text])));
}

/** RFC 9460 section 2.2, with the parameters `alpn` (1), `port` (3), `ipv4hint` (4) and `ipv6hint` (6), given in that order. */
function encodeService(fields: readonly string[]): Buffer {
  const [priority, target, ...parameters] = fields;
  const encoded = parameters.map((parameter) => {
    const [key = '', value = ''] = parameter.split('=');
    const items = value.split(',');
    const name = (item: string): Buffer => Buffer.concat([Buffer.from([item.length]), Buffer.from(item)]);
    const known: Record<string, [number, Buffer]> = {
      alpn: [1, Buffer.concat(items.map(name))],
      port: [3, uint16(Number(value))],
      ipv4hint: [4, key === 'ipv4hint' ? Buffer.concat(items.map(encodeAddress)) : Buffer.alloc(0)],
      ipv6hint: [6, key === 'ipv6hint' ? Buffer.concat(items.map(encodeAddress)) : Buffer.alloc(0)],
    };
    const found = known[key];
    if (!found) throw new TypeError(`service parameter ${key}`);
    return Buffer.concat([uint16(found[0]), uint16(found[1].length), found[1]]);
  });
  return Buffer.concat([uint16(Number(priority)), encodeName(target === '.' ? '' : (target ?? '')), ...encoded]);
}

/** RFC 4034 section 4.1.2; all types of the lab are in window 0. */
function typeBitmap(types: readonly RecordType[]): Buffer {
  const numbers = types.map((type) => recordTypes[type]);
  const bitmap = Buffer.alloc((Math.max(...numbers) >> 3) + 1);
  for (const number of numbers) bitmap[number >> 3]! |= 0x80 >> (number & 7);
  return Buffer.concat([Buffer.from([0, bitmap.length]), bitmap]);
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
