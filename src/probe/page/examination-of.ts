import type { HttpAnswer } from '../http.ts';
import type { DocumentFacts } from '../page.ts';
import { isProxied } from '../proxy/choice.ts';
import type { Target } from '../target.ts';
import type { OpenConnection } from '../tcp.ts';
import type { BesideHandshakes } from '../tls-addresses.ts';
import { isInterrupted, type WalkContext } from '../walk-context.ts';

/** An examination under way. */
export interface Examining {
  /** The first requests are on their way. */
  asked: Promise<void>;
  ended: Promise<void>;
}

type TakeSecured = BesideHandshakes['take'];

/** Begins it, with the way to take secured connections to other addresses that are open already; null for none. */
export type Examine = (takeSecured: TakeSecured | null) => Examining;

/**
 * The examination of a document that arrived; null for what is no page: other statuses and methods, parts of a document, something else than HTML.
 *
 * @param connection it came over, to be used again and then closed; null when that cannot be used for anything else
 */
export function examinationOf(
  context: WalkContext,
  target: Target,
  method: string,
  answer: HttpAnswer,
  document: DocumentFacts,
  connection: OpenConnection | null,
): Examine | null {
  const { options, recorder, ports } = context;
  const body = recorder.seen('http.body-received')[0];
  const isPage = method === 'GET' && answer.status === 200 && document.isHtml && body?.end === 'complete';
  if (!isPage || answer.body === null || options.page === 'none') return null;
  const content = answer.body;
  const receivedAtMs = ports.clock.nowMs();
  const isReusable =
    body.framing !== 'until-close' && !answer.headers.some((field) => /^connection$/i.test(field.name) && /\bclose\b/i.test(field.value));
  const page = { target, body: content, address: answer.server.address, port: answer.server.port };
  const policies = answer.headers.filter((field) => field.name.toLowerCase() === 'content-security-policy').map((field) => field.value);
  const run = async (takeSecured: TakeSecured | null, onAsked: () => void): Promise<void> => {
    if (!isReusable) connection?.connection.destroy();
    if (isInterrupted(context)) {
      connection?.connection.destroy();
      return;
    }
    const [{ examinePage }, { compareAddresses }] = await Promise.all([import('./examination.ts'), import('./comparison.ts')]);
    const examined = examinePage(
      context,
      {
        target,
        text: document.text,
        policies,
        connection: isReusable ? connection : null,
        receivedAtMs,
      },
      onAsked,
    );
    // Behind a proxy the addresses are the proxy's business.
    await Promise.all([examined, isProxied(context) ? undefined : compareAddresses(context, page, takeSecured)]);
  };
  return (takeSecured) => {
    let onAsked = (): void => {};
    const asked = new Promise<void>((resolve) => {
      onAsked = resolve;
    });
    const ended = run(takeSecured, onAsked);
    return { asked: Promise.race([asked, ended]), ended };
  };
}
