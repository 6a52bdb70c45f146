import type { Observation, ObservationOf } from '../model/observation.ts';
import type { ClientView, JudgedPath, PathCertificate, PathFaultName } from '../model/observations/certificate-paths.ts';
import type { Facts } from './facts.ts';

type Received = ObservationOf<'tls.certificates-received'>;
export type Paths = ObservationOf<'tls.paths-judged'>;

/** The paths of a chain, as far as they were judged. */
export function pathsOf(facts: Facts, received: Received): Paths | null {
  return facts.of('tls.paths-judged').find(({ connection }) => connection === received.connection) ?? null;
}

/** Clients of a kind, as far as they were judged. */
export function viewOf(paths: Paths | null, client: ClientView['client']): ClientView | null {
  return paths?.clients.find((view) => view.client === client) ?? null;
}

/** Kinds of clients that find a path, and that do not. */
export function clientsOf(paths: Paths | null): { accepting: readonly string[]; refusing: readonly string[] } {
  const kinds = (wanted: boolean): string[] =>
    (paths?.clients ?? []).filter(({ accepts }) => accepts === wanted).map(({ client }) => client);
  return { accepting: kinds(true), refusing: kinds(false) };
}

/** Paths whose signatures hold. */
export function signedPaths(paths: Paths): readonly JudgedPath[] {
  return paths.paths.filter(({ faults }) => !faults.some(({ fault }) => fault === 'signature-wrong'));
}

/** The chain is known up to a root, sent or fetched, that no store trusts. */
export function reachesUntrustedRoot(received: Received, paths: Paths | null): boolean {
  if (paths === null) return received.certificates.some((certificate) => certificate.selfSigned);
  return signedPaths(paths).some(({ end }) => end === 'root');
}

/** The authority that a chain ends at, by name: of the best path, whatever else was sent. */
export function authorityAbove(received: Received, paths: Paths | null): string | null {
  const [path] = paths === null ? [] : signedPaths(paths);
  const last = paths?.certificates[path?.certificates.at(-1) ?? -1];
  return last?.issuer ?? received.certificates.at(-1)?.issuer ?? null;
}

/** What shows that nothing is missing below the root, and that no store here trusts it. */
export function untrustedRootReached(facts: Facts): readonly Observation[] {
  const judged = facts.of('tls.paths-judged');
  if (judged.length > 0) return judged.filter((paths) => signedPaths(paths).some(({ end }) => end === 'root'));
  return facts
    .of('tls.certificates-received')
    .filter((received) => received.followUp === undefined && reachesUntrustedRoot(received, null));
}

/** What shows that browsers know the root: nothing is missing on the way to it, and nobody made it up. */
export function knownToBrowsers(facts: Facts): readonly Observation[] {
  return facts.of('tls.paths-judged').filter((paths) => viewOf(paths, 'mozilla')?.accepts === true);
}

/** What shows that an issuer that was not sent completes the chain. */
export function completedByFetch(facts: Facts): readonly Observation[] {
  return facts.of('tls.paths-judged').filter((paths) => viewOf(paths, 'fetching')?.accepts === true);
}

/**
 * The certificate above the leaf that is too weak, where every path to the store's anchors that holds otherwise runs through such a one. Null where
 * one path is strong, or none holds anyway.
 */
export function weakOnEveryPath(paths: Paths, store: string | null): (PathCertificate & { weakKey: boolean }) | null {
  const isWeakness = (fault: PathFaultName): boolean => fault === 'weak-key' || fault === 'weak-signature';
  const sound = paths.paths.filter(
    ({ stores, faults }) =>
      stores.some((one) => one === store) && faults.every(({ fault, improper }) => improper === true || isWeakness(fault)),
  );
  const weaknesses = sound.map((path) => {
    // What is trusted by itself is trusted as it is.
    const found = path.faults.find(({ at, fault }) => at > 0 && at < path.certificates.length - 1 && isWeakness(fault));
    const certificate = found === undefined ? undefined : paths.certificates[path.certificates[found.at] ?? -1];
    return certificate === undefined ? null : { ...certificate, weakKey: found?.fault === 'weak-key' };
  });
  return weaknesses.includes(null) ? null : (weaknesses[0] ?? null);
}
