import type { Proof } from '../scenario/scenario.ts';
import { certificateFact } from './certificate.ts';
import { connectOutcome, fileText, ipOutput, neighborState, pingAnswered, questionOutcome, requestOutcome } from './experiment.ts';
import { countTraffic, isTrafficProof, type Records } from './traffic.ts';

/** One proof and what the lab saw. */
export interface CheckedProof {
  proof: Proof;
  held: boolean;
  seen: string;
}

/**
 * Checks every proof of a scenario. What the walk's own traffic left behind is read first, so that the lab's experiments cannot add to it; they run
 * after that, all at once.
 */
export async function checkProofs(proofs: readonly Proof[], records: Records): Promise<CheckedProof[]> {
  const counted: CheckedProof[] = [];
  for (const proof of proofs) {
    if (!isTrafficProof(proof)) continue;
    const count = await countTraffic(proof, records);
    const most = 'atMost' in proof ? proof.atMost : undefined;
    const least = proof.atLeast ?? (most === undefined ? 1 : 0);
    counted.push({ proof, held: count >= least && count <= (most ?? count), seen: String(count) });
  }
  const tried = proofs.filter((proof) => !isTrafficProof(proof)).map((proof) => experiment(proof, records));
  return [...counted, ...(await Promise.all(tried))];
}

async function experiment(proof: Proof, { namespaces }: Records): Promise<CheckedProof> {
  const judged = (held: boolean, seen: string): CheckedProof => ({ proof, held, seen });
  if ('neighbor' in proof) {
    const state = await neighborState(namespaces, proof.at, proof.neighbor);
    return judged(proof.state.includes(state), state);
  }
  if ('ping' in proof) {
    const answered = await pingAnswered(proof.ping, proof.bytes ?? 64);
    return judged(answered === proof.answered, answered ? 'answered' : 'silent');
  }
  if ('connect' in proof) {
    const outcome = await connectOutcome(proof.connect, proof.port);
    return judged(outcome === proof.outcome, outcome);
  }
  if ('question' in proof) {
    const { outcome, data } = await questionOutcome(proof.question);
    const complete = (proof.data ?? []).every((wanted) => data.includes(wanted));
    return judged(outcome === proof.outcome && complete, [outcome, ...data].join(' '));
  }
  if ('certificate' in proof) {
    const seen = await certificateFact(proof);
    return judged(seen.held, seen.text);
  }
  if ('request' in proof) {
    const { status, header } = await requestOutcome(proof.request);
    const [name, pattern] = proof.header ?? [];
    const held = status === proof.status && (name === undefined || new RegExp(pattern ?? '').test(header[name] ?? ''));
    return judged(held, `${status}${name === undefined ? '' : ` ${name}: ${header[name]}`}`);
  }
  if ('file' in proof) {
    const text = fileText(proof.file);
    return judged(new RegExp(proof.matches, 'm').test(text), text.trim());
  }
  if ('ip' in proof) {
    const text = await ipOutput(namespaces, proof.at, proof.ip);
    return judged(new RegExp(proof.matches, 'm').test(text), text.trim());
  }
  throw new TypeError('not an experiment');
}
