import { isPublicName } from '../model/host-name.ts';
import type { TlsCertificatesReceived } from '../model/observations/tls.ts';
import { check } from './check-request.ts';
import type { FollowUp } from './follow-up.ts';
import { knownAnswers } from './known-answers.ts';
import { isProxied } from './proxy/choice.ts';
import type { WalkContext } from './walk-context.ts';

/** Certificates of the request's own connection that are outside of their time by this host's clock. */
function outOfTime({ recorder }: WalkContext): readonly TlsCertificatesReceived[] {
  return recorder.seen('tls.certificates-received').filter(({ certificates, judgedAt, followUp }) => {
    const nowMs = Date.parse(judgedAt);
    const isOut = certificates.some(({ notBefore, notAfter }) => nowMs < Date.parse(notBefore) || nowMs > Date.parse(notAfter));
    return isOut && followUp === undefined;
  });
}

/**
 * A certificate is expired or not yet valid: what time is it elsewhere? The server that sent it tells by its Date field, over TLS that proves
 * nothing and plainly, and others tell independently of it.
 */
export const clockCheck: FollowUp = {
  name: 'clock-check',
  isWanted: (context) => !isProxied(context) && outOfTime(context).length > 0,
  async run(context) {
    const [target] = context.recorder.seen('target.parsed');
    const [received] = outOfTime(context);
    if (target === undefined || received === undefined || isProxied(context)) return;
    const { server } = received;
    const { hostname, port } = new URL(target.url);
    const urls = [`https://${hostname}${port === '' ? '' : `:${port}`}/`, ...(port === '' ? [`http://${hostname}/`] : [])];
    const others = context.options.publicResolvers && isPublicName(target.host) ? knownAnswers : [];
    await Promise.all([
      ...urls.map((url) => check(context, { asked: 'target', url, address: server.address })),
      ...others.map((one) => check(context, one)),
    ]);
  },
};
