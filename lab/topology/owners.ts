/**
 * Whose the practice internet's networks are, as the file behind `WIREWALK_OWNERS`: numbers and addresses are those for documentation (RFC 5398,
 * RFC 5737, RFC 3849). Links bear addresses of either side, as in the real one: transit answers the provider under the provider's address.
 */
export const owners: string = `
192.0.2.0/24         AS64500 Access Example
2001:db8:1::/48      AS64500 Access Example
2001:db8:2::/48      AS64500 Access Example
198.51.100.0/24      AS64501 Transit Example
2001:db8:3::/48      AS64501 Transit Example
2001:db8:4::/48      AS64501 Transit Example
198.51.100.4/30      AS64502 Hosting Example
2001:db8:4:1::/64    AS64502 Hosting Example
203.0.113.0/24       AS64502 Hosting Example
2001:db8:113::/48    AS64502 Hosting Example
`;
