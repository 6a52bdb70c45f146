import type { JudgedPath, PathCertificate, PathFaultName } from '../model/observations/certificate-paths.ts';
import type { CertificateFacts } from '../model/observations/tls.ts';
import type { Evidence, WalkReport } from '../model/walk-report.ts';
import { firstEvidence } from './case.ts';
import { clientNames } from './client-names.ts';
import { columnsOf, fitted, padded } from './columns.ts';
import { escapeForTerminal } from './escape.ts';
import { blank, type Line, paragraph } from './layout.ts';
import type { Tone } from './style.ts';
import { day, listed } from './wording.ts';

/** The chain of certificates drawn from the leaf upwards, with dates, keys and what breaks it. */

type Paths = Extract<Evidence, { kind: 'tls.paths-judged' }>;

const indentColumns = 10;
const whereColumns = 9;
const mostNameColumns = 44;

/** One certificate of the picture. */
interface Row {
  where: string;
  name: string;
  about: string;
  tone: Tone;
}

/**
 * The chain as lines, indented for a label; empty when no certificate was seen.
 *
 * @param mostPaths paths drawn at most, those that hold first
 */
export function chainPicture(report: WalkReport, columns: number, mostPaths: number): Line[] {
  const paths = firstEvidence(report, 'tls.paths-judged');
  const received = firstEvidence(report, 'tls.certificates-received');
  if (paths !== null) {
    const drawn = worthDrawing(paths).slice(0, mostPaths);
    return [
      ...drawn.flatMap((path, index) => [...(index === 0 ? [] : [[blank(indentColumns)]]), ...draw(rowsOf(paths, path), columns)]),
      ...clientLines(paths, columns),
    ];
  }
  return draw(
    (received?.certificates ?? []).map((one, index) => rowOf(one, `sent ${index}`, [])),
    columns,
  );
}

/** Paths whose signatures hold; all others only where there are none. */
function worthDrawing({ paths }: Paths): readonly JudgedPath[] {
  const signed = paths.filter(({ faults }) => !faults.some(({ fault }) => fault === 'signature-wrong'));
  return signed.length === 0 ? paths : signed;
}

function rowsOf({ certificates }: Paths, path: JudgedPath): Row[] {
  const rows = path.certificates.flatMap((index, at) => {
    const certificate = certificates[index];
    if (certificate === undefined) return [];
    const faults = path.faults.filter((one) => one.at === at && one.improper !== true).map(({ fault }) => faultWords[fault]);
    const isTrusted = path.end === 'anchor' && at === path.certificates.length - 1;
    return [
      rowOf(
        certificate,
        whereOf(certificate),
        [...(isTrusted ? [`trusted by ${listed(path.stores.map((store) => storeNames[store]))}`] : []), ...faults],
        faults.length > 0,
      ),
    ];
  });
  if (path.end === 'anchor') return rows;
  const [last] = path.certificates.slice(-1).map((index) => certificates[index]);
  const lack = path.end === 'root' ? 'its own issuer, and trusted by no store here' : `no issuer at hand: ${last?.issuer ?? ''}`;
  return [...rows, { where: '-', name: '', about: lack, tone: 'bad' }];
}

const storeNames = { system: 'this host', mozilla: "Mozilla's list", given: '--ca' } as const;

function whereOf({ from, sentAt }: PathCertificate): string {
  return from === 'sent' ? `sent ${sentAt ?? ''}` : from;
}

function rowOf(
  certificate: Pick<CertificateFacts, 'subject' | 'notBefore' | 'notAfter' | 'keyType' | 'keyBits'>,
  where: string,
  remarks: readonly string[],
  isBad = false,
): Row {
  const key = `${certificate.keyType.toUpperCase()}${certificate.keyBits === null ? '' : ` ${certificate.keyBits}`}`;
  const dates = `${day(certificate.notBefore)} to ${day(certificate.notAfter)}`;
  return { where, name: certificate.subject, about: [`${dates}, ${key}`, ...remarks].join(', '), tone: isBad ? 'bad' : 'plain' };
}

function draw(rows: readonly Row[], columns: number): Line[] {
  const nameColumns = Math.min(mostNameColumns, Math.max(0, ...rows.map(({ name }) => columnsOf(escapeForTerminal(name))))) + 2;
  const left = columns - indentColumns - whereColumns;
  // On a narrow screen what is said of a certificate goes below its name.
  const isNarrow = left - nameColumns < 40;
  return rows.flatMap(({ where, name, about, tone }): Line[] => {
    const lead: Line = [blank(indentColumns), { text: padded(where, whereColumns), tone: 'faint' }];
    const text = escapeForTerminal(about);
    if (name === '') return [[...lead, { text: fitted(text, left), tone }]];
    const named = padded(fitted(escapeForTerminal(name), isNarrow ? left : nameColumns - 1), isNarrow ? 0 : nameColumns);
    if (!isNarrow) return [[...lead, { text: named, tone: 'plain' }, { text: fitted(text, left - nameColumns), tone }]];
    return [[...lead, { text: named, tone: 'plain' }], ...paragraph(text, columns, { indent: indentColumns + whereColumns, tone })];
  });
}

/** Which clients see what, where they differ or none accepts. */
function clientLines({ clients }: Paths, columns: number): Line[] {
  return [true, false].flatMap((accepts) => {
    const some = clients.filter((view) => view.accepts === accepts);
    if (some.length === 0) return [];
    const names = some.map(({ client, code }) => `${clientNames[client]}${code === null ? '' : ` (${code})`}`);
    return paragraph(`${accepts ? 'accepted by' : 'refused by'} ${listed(names, names.length)}`, columns, {
      indent: indentColumns,
      tone: accepts ? 'good' : 'bad',
    });
  });
}

const faultWords: Readonly<Record<PathFaultName, string>> = {
  'signature-wrong': 'SIGNATURE WRONG',
  malformed: 'MALFORMED',
  expired: 'EXPIRED',
  'not-yet-valid': 'NOT YET VALID',
  'date-malformed': 'DATE MALFORMED',
  'not-an-authority': 'NO AUTHORITY',
  'may-not-sign': 'KEY MUST NOT SIGN CERTIFICATES',
  'too-long': 'TOO MANY AUTHORITIES BELOW',
  'not-for-servers': 'NOT FOR SERVERS',
  'name-not-permitted': 'LIMITED TO OTHER NAMES',
  'name-excluded': 'EXCLUDES THIS NAME',
  'constraint-unsupported': 'LIMITED IN A WAY NOBODY CHECKS',
  'unknown-critical-extension': 'UNKNOWN CRITICAL EXTENSION',
  'curve-unnamed': 'CURVE WITHOUT A NAME',
  'weak-key': 'WEAK KEY',
  'weak-signature': 'WEAK SIGNATURE',
  'criticality-wrong': 'criticality wrong',
  'key-identifier-missing': 'key identifier missing',
  'serial-number-invalid': 'serial number invalid',
  'version-old': 'old version',
  'usage-not-stated': 'usage not stated',
  'authority-as-leaf': 'an authority as leaf',
  'common-name-not-listed': 'common name not listed',
  'name-malformed': 'name malformed',
  'wildcard-too-wide': 'wildcard too wide',
  'constraint-malformed': 'constraint malformed',
  'issuer-address-malformed': "issuer's address malformed",
  'key-unusual': 'unusual key',
  'extension-misplaced': 'extension misplaced',
};
