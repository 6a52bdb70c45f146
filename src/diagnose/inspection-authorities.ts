import type { CertificateFacts } from '../model/observations/tls.ts';

/** A product that opens TLS on the way and makes certificates of its own on the fly, known by how it names its authority. */
export interface InspectionProduct {
  product: string;
  /** Over the issuer's distinguished name, RFC 4514 text. */
  issuer: RegExp;
  /** Where the name is documented. */
  source: string;
}

/**
 * Products and the names their authorities bear as installed. A name proves nothing by itself: whoever makes a certificate writes it. It counts only
 * for an authority that no public list trusts. Surveys: Durumeric et al., "The Security Impact of HTTPS Interception" (NDSS 2017); Cloudflare's
 * MITMEngine; Chromium's list of misconfigured inspection software (ssl_error_assistant.asciipb).
 */
const products: readonly InspectionProduct[] = [
  {
    product: 'FortiGate',
    issuer: /CN=(FortiGate CA|Fortinet_CA_(SSL|Untrusted)|FG[A-Z0-9]{8,20})(,|$)/,
    source: 'Fortinet, FortiOS Administration Guide, SSL inspection',
  },
  { product: 'Zscaler', issuer: /O=Zscaler/i, source: 'Zscaler, About SSL inspection certificates' },
  { product: 'Netskope', issuer: /CN=(ca|certadmin)[^,]*(goskope|netskope)|O=Netskope/i, source: 'Netskope, Certificates' },
  {
    product: 'Cisco Umbrella',
    issuer: /CN=Cisco (Umbrella|Secure Access) (Root|Primary SubCA|Secondary SubCA)/i,
    source: 'Cisco, Manage certificates, Umbrella',
  },
  { product: 'Blue Coat ProxySG', issuer: /O=Blue Coat/i, source: 'Durumeric et al. 2017' },
  { product: 'Forcepoint', issuer: /O=(Forcepoint|Websense)/i, source: 'Durumeric et al. 2017' },
  { product: 'Sophos', issuer: /CN=Sophos[ _](SSL )?CA|O=Sophos/i, source: 'Sophos, TLS inspection' },
  {
    product: 'Cloudflare Gateway',
    issuer: /CN=(Gateway CA - Cloudflare Managed|Cloudflare for Teams ECC Certificate Authority)/i,
    source: 'Cloudflare, User-side certificates',
  },
  { product: 'Barracuda', issuer: /O=Barracuda/i, source: 'Durumeric et al. 2017' },
  { product: 'WatchGuard', issuer: /O=WatchGuard(_Technologies)?/i, source: 'Durumeric et al. 2017' },
  {
    product: 'SonicWall',
    issuer: /CN=SonicWALL Firewall DPI-SSL|O=HTTPS Management Certificate for SonicWALL/i,
    source: 'SonicWall, DPI-SSL',
  },
  { product: 'Untangle', issuer: /O=Untangle/i, source: 'Durumeric et al. 2017' },
  { product: 'Menlo Security', issuer: /O=Menlo Security/i, source: 'Menlo Security, SSL inspection' },
  { product: 'iboss', issuer: /O=iboss/i, source: 'iboss, SSL decryption' },
  { product: 'Securly', issuer: /CN=\*\.securly\.com|O=Securly/i, source: 'Securly, SSL certificate' },
  { product: 'Kaspersky', issuer: /CN=Kaspersky [^,]*Root Certificate/i, source: 'Durumeric et al. 2017' },
  { product: 'Avast', issuer: /CN=avast! Web\/Mail Shield Root|CN=Avast Web\/Mail Shield/i, source: 'Durumeric et al. 2017' },
  { product: 'AVG', issuer: /CN=AVG [^,]*(Root|Shield)/i, source: 'Durumeric et al. 2017' },
  { product: 'ESET', issuer: /CN=ESET SSL Filter CA/i, source: 'Durumeric et al. 2017' },
  { product: 'Bitdefender', issuer: /CN=Bitdefender [^,]*(CA|Net-Defender)/i, source: 'Durumeric et al. 2017' },
  { product: 'Dr.Web', issuer: /CN=Dr\.Web (SpIDer Gate|for)/i, source: 'Durumeric et al. 2017' },
  { product: 'AdGuard', issuer: /CN=AdGuard Personal CA/i, source: 'AdGuard, HTTPS filtering' },
  { product: 'Net Nanny', issuer: /O=ContentWatch/i, source: 'Durumeric et al. 2017' },
  { product: 'Qustodio', issuer: /CN=Qustodio CA/i, source: 'Durumeric et al. 2017' },
  { product: 'Superfish', issuer: /O=Superfish/i, source: 'CISA alert TA15-051A' },
  { product: 'eDellRoot', issuer: /CN=(eDellRoot|DSDTestProvider)/i, source: 'CERT/CC VU#870761 and VU#925497' },
  { product: 'mitmproxy', issuer: /CN=mitmproxy/i, source: 'mitmproxy, About certificates' },
  { product: 'Burp Suite', issuer: /CN=PortSwigger CA|O=PortSwigger/i, source: "PortSwigger, Installing Burp's CA certificate" },
  {
    product: 'Fiddler',
    issuer: /CN=DO_NOT_TRUST_FiddlerRoot|OU=Created by http:\/\/www\.fiddler2\.com/i,
    source: 'Telerik, Fiddler root certificate',
  },
  { product: 'Charles Proxy', issuer: /CN=Charles Proxy (CA|Custom Root)/i, source: 'Charles, SSL certificates' },
  {
    product: 'OWASP ZAP',
    issuer: /O=(OWASP|ZAP) Root CA|CN=(OWASP Zed Attack Proxy|Zed Attack Proxy) Root CA/i,
    source: 'ZAP, Server certificates',
  },
];

/** The product whose authority issued one of the certificates, by its name, and where that name is documented; null when none is known. */
export function inspectionProductOf(certificates: readonly Pick<CertificateFacts, 'issuer'>[]): InspectionProduct | null {
  return products.find(({ issuer }) => certificates.some((one) => issuer.test(one.issuer))) ?? null;
}
