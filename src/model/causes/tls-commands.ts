/** One handshake with the address in question; what it prints is picked from by what follows. */
export const handshake: string = 'openssl s_client -host {address} -port {port} -servername {host}{authorities} -showcerts </dev/null';

/** The same, without the library's remarks, for piping the certificate on. */
export const leaf: string = `${handshake} 2>/dev/null | openssl x509 -noout`;

/** Subject, issuer and validity of every certificate sent (lines `s:`, `i:`, `v:`; OpenSSL 3), and the verdict. */
export const chain: string = `${handshake} 2>/dev/null | grep -E ' (s|i|v):|Verify return code'`;
