import type { CertificateSpec, OddBehavior } from './change.ts';
import { changesOf } from './changes-of.ts';
import type { Scenario } from './scenario.ts';

/** What every network needs. */
export const standingCertificates: Record<'site' | 'other' | 'origin', CertificateSpec> = {
  site: {},
  other: { names: ['edge.hosting.example', '*.edge.hosting.example'] },
  origin: { names: ['origin.shop.example', 'www.shop.example', 'shop.example'] },
};

/** Every certificate these scenarios serve. */
export function certificateSpecs(scenarios: readonly Scenario[]): CertificateSpec[] {
  const own = scenarios.flatMap(({ changes }) => [
    ...changesOf(changes, 'site').flatMap((site) => [
      site.certificate,
      ...Object.values(site.certificateAt ?? {}),
      site.defaultCertificate,
    ]),
    ...changesOf(changes, 'odd').map(({ behavior }) => securedBy(behavior)),
  ]);
  return [...Object.values(standingCertificates), ...own.filter((spec) => spec !== undefined)];
}

/** The certificate an odd server stands behind, if any. */
export function securedBy(behavior: OddBehavior): CertificateSpec | undefined {
  if ('script' in behavior) return behavior.script.secure;
  if ('hello' in behavior) return behavior.hello.secure;
  if ('request' in behavior) return behavior.request.secure;
  return undefined;
}
