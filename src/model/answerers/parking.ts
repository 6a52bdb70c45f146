import type { Answerer } from './answerer.ts';

/** Who shows a page for names nobody serves. */
export const parkings: readonly Answerer[] = [
  {
    id: 'sedo',
    name: 'Sedo parking',
    role: 'parking',
    sources: ['https://sedo.com/us/park-domains/'],
    pages: [{ says: 'parked', contains: ['sedoparking.com'] }],
  },
  {
    id: 'parkingcrew',
    name: 'ParkingCrew',
    role: 'parking',
    sources: ['https://www.parkingcrew.com/'],
    pages: [{ says: 'parked', contains: ['parkingcrew.net'] }],
  },
  {
    id: 'bodis',
    name: 'Bodis parking',
    role: 'parking',
    sources: ['https://www.bodis.com/'],
    pages: [{ says: 'parked', contains: ['window.park = '] }],
  },
  {
    id: 'godaddy-parking',
    name: 'GoDaddy parking',
    role: 'parking',
    sources: ['https://www.godaddy.com/help/what-is-a-parked-domain-27026'],
    pages: [
      { says: 'parked', contains: ['This Web page is parked', 'GoDaddy'] },
      { says: 'parked', contains: ['img1.wsimg.com/parking-lander/'] },
    ],
  },
  {
    id: 'registrar-sale',
    name: 'a domain seller',
    role: 'parking',
    sources: ['https://www.hugedomains.com/', 'https://www.afternic.com/'],
    pages: [
      { says: 'parked', contains: ['www.hugedomains.com/domain_profile.cfm'] },
      { says: 'parked', contains: ['www.afternic.com/forsale/'] },
      { says: 'parked', contains: ['This domain is for sale', 'Buy this domain'] },
    ],
  },
  {
    id: 'cpanel',
    name: 'cPanel hosting',
    role: 'parking',
    sources: ['https://docs.cpanel.net/knowledge-base/web-services/the-default-web-page/'],
    pages: [
      { says: 'default-page', contains: ['/cgi-sys/defaultwebpage.cgi'] },
      { says: 'default-page', contains: ['If you feel you have reached this page in error, please contact the web site owner', 'cPanel'] },
      { says: 'maintenance', contains: ['This Account has been suspended.'], isErrorAlways: true },
    ],
  },
  {
    id: 'plesk',
    name: 'Plesk hosting',
    role: 'parking',
    sources: ['https://docs.plesk.com/en-US/obsidian/administrator-guide/'],
    headers: [{ name: 'x-powered-by', value: /^PleskLin$|^PleskWin$/i }],
    pages: [{ says: 'default-page', contains: ['Domain Default page', 'Plesk'] }],
  },
];
