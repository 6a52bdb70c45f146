/** What client and server of a recording agree on. */
export const serverAddress = '10.9.0.1';
export const serverAddress6 = 'fd09::1';
export const clientLink = 'wire0';
export const zoneName = 'shop.example';
