/** Digests (SHA-256) of the root's key-signing keys. Source: IANA, https://data.iana.org/root-anchors/root-anchors.xml. */
export const rootAnchors: readonly { keyTag: number; digestHex: string }[] = [
  { keyTag: 20326, digestHex: 'e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d' },
  { keyTag: 38696, digestHex: '683d2d0acb8c9b712a1948b27f741219298d0a450d612c483af444a4c0fb2b16' },
];

/** Digest type of SHA-256. */
export const rootAnchorDigestType = 2;
