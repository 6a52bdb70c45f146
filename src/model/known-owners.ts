import type { AddressOwner } from './observations/route.ts';

/**
 * Autonomous systems whose business is to serve other people's sites, by number. `cdn`: edges in front of sites; `cloud`: machines of the large
 * clouds; `hosting`: rented machines and web space. Source: the names that the
 * table of owners gives these numbers.
 */
const sorts: Readonly<Record<NonNullable<AddressOwner['sort']>, readonly number[]>> = {
  cdn: [
    13335,
    132892,
    209242,
    395747, // Cloudflare
    54113, // Fastly
    12222,
    16625,
    18680,
    18717,
    20940,
    21342,
    24319,
    26008,
    32787,
    33905,
    34164,
    35994, // Akamai
    15133,
    22822, // Edgio
    60068, // CDN77
    200325, // Bunny
    19551, // Imperva
    30148, // Sucuri
    199524, // Gcore
  ],
  cloud: [
    14618,
    16509, // Amazon
    15169,
    19527,
    396982, // Google
    8068,
    8069,
    8075, // Microsoft
    31898, // Oracle
    36351, // IBM
    37963,
    45102, // Alibaba
    45090,
    132203, // Tencent
    55990,
    136907, // Huawei
  ],
  hosting: [
    14061, // DigitalOcean
    24940,
    213230, // Hetzner
    16276, // OVH
    20473, // Vultr
    63949, // Linode
    12876, // Scaleway
    16265,
    28753,
    60781, // Leaseweb
    51167, // Contabo
    8560, // IONOS
    26496, // GoDaddy
    46606, // Bluehost, HostGator
    47583, // Hostinger
    2635, // Automattic
    53831, // Squarespace
    58182, // Wix
    197540, // netcup
    29802, // Hivelocity
    27257, // Webair
  ],
};

const sortOf: ReadonlyMap<number, AddressOwner['sort']> = new Map(
  (Object.entries(sorts) as [NonNullable<AddressOwner['sort']>, readonly number[]][]).flatMap(([sort, numbers]) =>
    numbers.map((number) => [number, sort] as const),
  ),
);

/** What kind of company announces addresses under this number; null where it is no known one. */
export function ownerSort(asNumber: number): AddressOwner['sort'] {
  return sortOf.get(asNumber) ?? null;
}
